/** Lists of objects in CSV, as services read them. */

/** The cells of each line. Those in quotes hold no quotes or commas themselves: keys are URL-encoded. */
export function csvRows(content: Buffer): readonly (readonly string[])[] {
  const lines = content
    .toString()
    .split(/\r?\n/)
    .filter((line) => line !== '');
  return lines.map((line) => line.split(',').map((cell) => cell.replace(/^"(.*)"$/, '$1')));
}
