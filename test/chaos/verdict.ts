/** What is there at the end, compared with what must be. */
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Tags } from './kinds.ts';
import { type Expected, expectedOf, type Law, OUR_KEYS, underOurKeys } from './oracle.ts';
import type { Counts } from './report.ts';
import type { Story } from './story.ts';

export interface Finding {
  readonly what: 'wrong' | 'lost' | 'foreignTagsLost' | 'deadLettersUnexplained';
  readonly story: Story | undefined;
  readonly expected: unknown;
  readonly got: unknown;
}

export interface Evidence {
  readonly sandbox: Sandbox;
  /** Of the failure queue. */
  readonly letters: readonly unknown[];
  readonly law: Law;
  readonly counts: Counts;
}

export function verdictOf(stories: readonly Story[], evidence: Evidence): readonly Finding[] {
  const { sandbox, letters, law, counts } = evidence;
  const refused = new Set<string>();
  const findings = stories.flatMap((story): readonly Finding[] => {
    const expected = expectedOf(story, law);
    if (story.lives.some(({ isFull }) => isFull)) refused.add(story.arn);
    if (expected === undefined) return [];
    counts.add('resources');
    return compare(story, expected, sandbox.tagsOf(story.arn));
  });
  const unexplained = letters
    .filter((letter) => !isExplained(letter, refused))
    .map(
      (got): Finding => ({
        what: 'deadLettersUnexplained',
        story: undefined,
        expected: 'no such letter',
        got,
      }),
    );
  const all = [...findings, ...unexplained];
  for (const { what } of all) counts.add(what);
  return all;
}

function compare(story: Story, expected: Expected, got: Tags): readonly Finding[] {
  const ours = underOurKeys(got);
  const findings: Finding[] = [];
  if (!expected.ours.some((each) => isSame(each, ours))) {
    const isLost = Object.keys(ours).length === 0;
    findings.push({ what: isLost ? 'lost' : 'wrong', story, expected: expected.ours, got: ours });
  }
  const foreign = Object.fromEntries(Object.entries(got).filter(([key]) => !OUR_KEYS.includes(key)));
  if (!isSame(expected.foreign, foreign)) {
    findings.push({ what: 'foreignTagsLost', story, expected: expected.foreign, got: foreign });
  }
  return findings;
}

interface Letter {
  readonly autoTagger?: {
    readonly arns?: readonly string[];
    readonly names?: readonly { readonly arn: string }[];
  };
}

/** About resources that could not be tagged, and nothing else. */
function isExplained(letter: unknown, refused: ReadonlySet<string>): boolean {
  const { arns = [], names = [] } = (letter as Letter).autoTagger ?? {};
  const about = [...arns, ...names.map(({ arn }) => arn)];
  return about.length > 0 && about.every((arn) => refused.has(arn));
}

function isSame(one: Tags, other: Tags): boolean {
  const text = (tags: Tags) => JSON.stringify(Object.entries(tags).sort());
  return text(one) === text(other);
}
