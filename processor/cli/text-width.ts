/** How many places a text takes on a terminal, and texts made to take so many. */
import stringWidth from 'string-width';

/** Of almost every text, which makes it cheap. */
const PLAIN = /^[\x20-\x7e]*$/;

const CUT = '…';

export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Fits into `width`, without what stands at that end of it. */
export function cut(text: string, width: number, end: 'start' | 'end'): string {
  if (widthOf(text) <= width) return text;
  const kept = PLAIN.test(text)
    ? keptOf([...text], width - 1, end)
    : keptOf(
        Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment),
        width - 1,
        end,
      );
  return end === 'start' ? CUT + kept : kept + CUT;
}

/** As many letters as fit, from the other end on. */
function keptOf(letters: readonly string[], width: number, end: 'start' | 'end'): string {
  let left = width;
  const isKept = (letter: string) => {
    left -= widthOf(letter);
    return left >= 0;
  };
  if (end === 'start') {
    const from = letters.findLastIndex((letter) => !isKept(letter)) + 1;
    return letters.slice(from).join('');
  }
  const to = letters.findIndex((letter) => !isKept(letter));
  return letters.slice(0, to < 0 ? letters.length : to).join('');
}
