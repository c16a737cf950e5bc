/**
 * Text that others chose (keys, names, messages), made safe for a terminal and for a log line: what could steer the
 * terminal, end the line or turn the direction of the text around is written out as `\u009b`.
 */

/** C0, DEL and C1 controls; line and paragraph separators; marks and overrides of direction (Unicode Standard Annex 9). */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** All but what most texts consist of, which is found ten times as fast. */
const SUSPICIOUS = /[^ -~]/;

/** The same text on one line, every such character escaped. */
export function printable(text: string): string {
  return SUSPICIOUS.test(text) ? text.replace(UNPRINTABLE, escaped) : text;
}

/**
 * One line of JSON that parses to the same value. `JSON.stringify` alone leaves DEL, C1 controls, separators and marks
 * of direction as they are; in its output they occur only inside strings, where an escape means the same.
 */
export function printableJson(value: unknown): string {
  return printable(JSON.stringify(value) ?? 'null');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
