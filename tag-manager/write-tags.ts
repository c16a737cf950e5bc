/** Writes tags, those that are alike together; without what a service may not take, where it took them amiss. */
import type { Run } from './run.ts';
import { NO_ANSWER, type Subject } from './subject.ts';
import { withoutDoubt } from './tag-request.ts';
import type { Attempt } from './taggers/tagger.ts';
import type { Adjustment } from './tags/legal-tags.ts';
import type { TagSet } from './tags/tag-set.ts';
import { type Told, writeTold } from './told-writes.ts';
import type { Ended, WriteDecision } from './work-outcomes.ts';

export interface Write {
  readonly subject: Subject;
  readonly decision: WriteDecision;
  /** Those of the decision, without what the service refused. */
  readonly tags: TagSet;
  /** What the service refused of them the first time. */
  readonly adjustments: readonly Adjustment[];
  /** The tags that are there. */
  readonly present: TagSet;
}

interface Written {
  readonly subject: Subject;
  readonly ended: Ended;
}

/** All are of one tagger, account and region. */
export async function writeAll(writes: readonly Write[], run: Run): Promise<readonly Written[]> {
  const groups = Map.groupBy(writes, ({ tags }) => JSON.stringify([...tags]));
  return (await Promise.all([...groups.values()].map((group) => writeGroup(group, run)))).flat();
}

async function writeGroup(group: readonly Write[], run: Run): Promise<readonly Written[]> {
  const [first] = group;
  if (first === undefined) return [];
  const answers: readonly Attempt<void>[] = run.settings.dryRun
    ? group.map(() => ({ value: undefined }))
    : await writeTold(first.subject.tagger, group.map(toldOf), first.tags, run);
  return (await Promise.all(group.map((write, at) => end(write, answers[at] ?? NO_ANSWER, run)))).flat();
}

function toldOf({ subject, decision, present }: Write): Told {
  const { target, api, work, members = [] } = subject;
  const { event, reason } = decision;
  return { target, api, event, reason, present, name: work.name.arn, members };
}

async function end(write: Write, answer: Attempt<void>, run: Run): Promise<readonly Written[]> {
  const { subject, decision, tags, adjustments } = write;
  const { events } = subject.history;
  if ('value' in answer)
    return [{ subject, ended: { kind: 'written', decision, tags, adjustments, events } }];
  const { failure } = answer;
  const mayBeTheTags = failure.class === 'invalid-tags' || failure.class === 'invalid';
  const plainer = mayBeTheTags ? withoutDoubt(tags, subject.api) : undefined;
  if (plainer === undefined)
    return [{ subject, ended: { kind: 'failed', failure, event: decision.event, events } }];
  const more = [...adjustments, ...plainer.adjustments];
  return writeGroup([{ ...write, tags: plainer.tags, adjustments: more }], run);
}
