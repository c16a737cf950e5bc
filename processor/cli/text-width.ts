/** How many places a text takes on a terminal, and texts made to take so many. */
import { eastAsianWidth } from 'get-east-asian-width';

/** Of almost every text, which makes it cheap. */
const PLAIN = /^[\x20-\x7e]*$/;

const CUT = '…';

export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return lettersOf(text).reduce((sum, letter) => sum + placesOf(letter), 0);
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Fits into `width`, without what stands at that end of it. */
export function cut(text: string, width: number, end: 'start' | 'end'): string {
  if (widthOf(text) <= width) return text;
  const kept = keptOf(lettersOf(text), width - 1, end);
  return end === 'start' ? CUT + kept : kept + CUT;
}

let segmenter: Intl.Segmenter | undefined;

/** As readers see them: with their accents. */
function lettersOf(text: string): readonly string[] {
  if (PLAIN.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Accents, and what only joins or chooses others, take no place of their own. */
const SHOWN = /[^\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]/u;

/** Flags, and signs that are drawn as pictures: wide, whatever they begin with. */
const PICTURE = /^\p{RI}{2}$|\ufe0f/u;

function placesOf(letter: string): number {
  const at = letter.search(SHOWN);
  if (at < 0) return 0;
  return PICTURE.test(letter) ? 2 : eastAsianWidth(letter.codePointAt(at) ?? 0);
}

/** As many letters as fit, from the other end on. */
function keptOf(letters: readonly string[], width: number, end: 'start' | 'end'): string {
  let left = width;
  const isKept = (letter: string) => {
    left -= placesOf(letter);
    return left >= 0;
  };
  if (end === 'start') {
    const from = letters.findLastIndex((letter) => !isKept(letter)) + 1;
    return letters.slice(from).join('');
  }
  const to = letters.findIndex((letter) => !isKept(letter));
  return letters.slice(0, to < 0 ? letters.length : to).join('');
}
