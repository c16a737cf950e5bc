/**
 * Modules of Node in bundled code are asked for as `require` does it. Who imports one has Node read all that it exports, and with
 * that load what only some of them need: of node:fs its promises, of these the streams and the line editor; of node:http all of undici.
 */
import { isBuiltin } from 'node:module';

/** As esbuild writes them: `import{a as b}from"node:fs";`, `import c from"fs";`, `import*as d from"fs";`, or two of these. */
const IMPORT =
  /\bimport ?(?:([\w$]+)|([\w$]+),)? ?(?:\*as ([\w$]+)|(\{[^{}]*\}))? ?from ?["']([\w:/]+)["'];/g;

/** The same code, without imports of modules of Node. */
export function askForBuiltins(code: string): string {
  return code.replace(IMPORT, (found, only, first, all, some: string | undefined, name: string) => {
    if (!isBuiltin(name)) return found;
    const module = `process.getBuiltinModule("${name}")`;
    const names = some?.replaceAll(/\s+as\s+/g, ':');
    const taken = [only, first, all, names].filter((each) => each !== undefined);
    return `const ${taken.map((each) => `${each}=${module}`).join(',')};`;
  });
}
