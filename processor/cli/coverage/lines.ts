/** Indented lines of text, broken between words where a terminal would break them anywhere. */

export interface Line {
  readonly indent: number;
  readonly text: string;
  /** How much further in it goes on below, where it does not fit. @default 4 */
  readonly hanging?: number;
}

const HANGING = 4;

/** `columns` is the width of the terminal; without one, nothing is broken. */
export function linesText(lines: readonly Line[], columns = Number.POSITIVE_INFINITY): string {
  return lines.map((line) => broken(line, columns)).join('');
}

function broken({ indent, text, hanging = HANGING }: Line, columns: number): string {
  const words = text.split(/(?<! ) (?! )/); // several spaces fill a column, and stay
  const lines: string[] = [];
  let line = `${' '.repeat(indent)}${words.shift() ?? ''}`;
  for (const word of words) {
    if (line.length + 1 + word.length > columns) {
      lines.push(line);
      line = `${' '.repeat(indent + hanging)}${word}`;
    } else {
      line += ` ${word}`;
    }
  }
  return [...lines, line].map((each) => `${each.trimEnd()}\n`).join('');
}
