/**
 * JSON as CloudTrail's Gson writes it: one line, ASCII, with the five characters that HTML minds escaped in strings.
 */

/** Compact JSON in ASCII. */
export function writeGson(value: unknown): string {
  // Outside strings JSON has none of these characters, so all that are found lie in strings.
  return JSON.stringify(value).replace(/[<>&='\u007f-\uffff]/g, toUnicodeEscape);
}

function toUnicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
