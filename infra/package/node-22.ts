/** What Node 24 has, we use, and Node 22 has not. It goes before all other code of the package. */

const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

/** Enough of ECMAScript 2025, "RegExp.escape", for texts that stand outside of classes and after other characters. */
RegExp.escape ??= (text: string) => text.replace(SYNTAX, '\\$&').replaceAll('-', '\\x2d');
