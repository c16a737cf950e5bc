/**
 * Which creations the user wants tagged: patterns for account, region, service, event and creator, to include
 * and to exclude. A pattern is literal text in any case of letters, in which `*` stands for anything.
 */
import type { Creation } from '../../parser/event/creation.ts';

/** What each filter looks at; it matches when any of the texts does. */
const SUBJECTS = {
  account: ({ account }: Creation) => [account],
  region: ({ resources }: Creation) => resources.map(({ region }) => region),
  service: ({ eventSource }: Creation) => [eventSource.replace('.amazonaws.com', '')],
  event: ({ eventName, resources }: Creation) => [eventName, ...resources.map(({ row }) => row.eventName)],
  creator: ({ creator }: Creation) => [creator.name, creator.person, creator.arn ?? ''],
} as const;

export type FilterName = keyof typeof SUBJECTS;

export const FILTER_NAMES = Object.keys(SUBJECTS) as readonly FilterName[];

/** Lists of patterns; an absent or empty list filters nothing. */
export type Patterns = Readonly<Partial<Record<FilterName, readonly string[]>>>;

export interface FilterOptions {
  readonly include: Patterns;
  readonly exclude: Patterns;
}

/** Which filter leaves a creation out, in words; `undefined` where none does. */
export type Filter = (creation: Creation) => string | undefined;

export function compileFilter({ include, exclude }: FilterOptions): Filter {
  const included = compile(include);
  const excluded = compile(exclude);
  return (creation) => {
    const missed = included.find(({ matches }) => !matches(creation));
    if (missed !== undefined) return `its ${missed.name} is not included`;
    const hit = excluded.find(({ matches }) => matches(creation));
    return hit === undefined ? undefined : `its ${hit.name} is excluded`;
  };
}

function compile(patterns: Patterns) {
  return FILTER_NAMES.flatMap((name) => {
    const texts = patterns[name] ?? [];
    if (texts.length === 0) return [];
    const wildcards = texts.map(compileWildcard);
    const matches = (creation: Creation) =>
      SUBJECTS[name](creation).some((text) => wildcards.some((isMatch) => isMatch(text)));
    return [{ name, matches }];
  });
}

/**
 * No regular expression: creators choose their names, and one that is long and made for it would keep `.*a.*b`
 * busy for hours. Taking the first place of each part is enough, since what follows it may be anything.
 */
function compileWildcard(pattern: string): (text: string) => boolean {
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
