/** Patterns of the user: literal text in any case of letters, in which `*` stands for anything. */

export type Matches = (text: string) => boolean;

/**
 * No regular expression: creators choose their names, and one that is long and made for it would keep `.*a.*b`
 * busy for hours. Taking the first place of each part is enough, since what follows it may be anything.
 */
export function compileWildcard(pattern: string): Matches {
  const [start = '', ...parts] = pattern.toLowerCase().split('*');
  const end = parts.pop();
  return (anyCase) => {
    const text = anyCase.toLowerCase();
    if (end === undefined) return text === start;
    if (!text.startsWith(start)) return false;
    let at = start.length;
    for (const part of parts) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - end.length >= at && text.endsWith(end);
  };
}
