/**
 * The one way to what taggers write: where there is a journal, it hears of each write before it is sent, and how it ended.
 * What the journal cannot keep is not written.
 */
import { randomUUID } from 'node:crypto';
import type { Api } from './apis/api.ts';
import { type CallFailure, readFailure } from './calls/call-failure.ts';
import type { Calls } from './calls/calls.ts';
import type { Journal, WriteIntent, WriteResult } from './journal.ts';
import type { CreationEvent } from './ownership/name-event.ts';
import type { Attempt, Tagger, Target } from './taggers/tagger.ts';
import { type TagSet, toObject } from './tags/tag-set.ts';

/** A resource that is to be changed, and what is known of it. */
export interface Told {
  readonly target: Target;
  readonly api: Api;
  /** The creation that the tags name. */
  readonly event: Pick<CreationEvent, 'eventID' | 'eventSource' | 'eventName' | 'eventTime' | 'user'>;
  /** Why it is changed so, in words. @default nothing to say */
  readonly reason?: string;
  /** The tags that are on it. */
  readonly present: TagSet;
  /** What the ledger knows it by. @default its ARN */
  readonly name?: string;
  /** ARN of the resource that it gets them from, where it is a member of one. */
  readonly memberOf?: string;
  /** That the service writes the same on, with the tags that are on them. */
  readonly members?: readonly { readonly target: Target; readonly tags: TagSet }[];
}

interface Writing {
  readonly calls: Calls;
  readonly signal: AbortSignal;
  readonly journal?: Journal;
}

/** Adds the tags. All are of one tagger, account and region; one answer each. */
export function writeTold(
  tagger: Tagger,
  told: readonly Told[],
  tags: TagSet,
  writing: Writing,
): Promise<readonly Attempt<void>[]> {
  const send = (targets: readonly Target[]) => tagger.write(writing.calls, targets, tags, writing.signal);
  return tell(told, { after: tags, removed: [] }, writing, send);
}

/** Takes tags of these keys away, as `writeTold` adds. */
export function removeTold(
  tagger: Tagger,
  told: readonly Told[],
  tags: TagSet,
  writing: Writing,
): Promise<readonly Attempt<void>[]> {
  const send = (targets: readonly Target[]) => tagger.remove(writing.calls, targets, tags, writing.signal);
  return tell(told, { after: new Map(), removed: [...tags.keys()] }, writing, send);
}

interface Change {
  readonly after: TagSet;
  readonly removed: readonly string[];
}

async function tell(
  told: readonly Told[],
  change: Change,
  { journal }: Writing,
  send: (targets: readonly Target[]) => Promise<readonly Attempt<void>[]>,
): Promise<readonly Attempt<void>[]> {
  const targets = told.map(({ target }) => target);
  if (journal === undefined) return send(targets);
  const intents = told.map((each) => intentsOf(each, change));
  try {
    await journal.intend(intents.flat());
  } catch (error) {
    const failure = notKept(error);
    return told.map(() => ({ failure }));
  }
  const answers = await send(targets);
  await journal.end(
    intents.flatMap((ofOne, at) => ofOne.map(({ id }): WriteResult => ({ id, ...failureIn(answers[at]) }))),
  );
  return answers;
}

function failureIn(answer: Attempt<void> | undefined): Pick<WriteResult, 'failure'> {
  return answer !== undefined && 'failure' in answer ? { failure: answer.failure } : {};
}

/** It may be tried again: nothing is wrong with the resource. */
function notKept(error: unknown): CallFailure {
  const { error: name, message } = readFailure(error);
  return { class: 'stopped', error: name, message: `not written, because the journal was not: ${message}` };
}

function intentsOf(told: Told, change: Change): readonly WriteIntent[] {
  const { members = [], target, api, event } = told;
  return [
    intentOf(told, change),
    ...members.map((member) =>
      intentOf({ target: member.target, present: member.tags, memberOf: target.arn, api, event }, change),
    ),
  ];
}

function intentOf(
  { target, api, event, reason = '', present, name, memberOf }: Told,
  { after, removed }: Change,
): WriteIntent {
  const { arn, id, tagId, type, account, region } = target;
  return {
    id: randomUUID(),
    arn,
    resourceId: id,
    ...(tagId !== undefined && { tagId }),
    type,
    account,
    region,
    api: api.name,
    ...(name !== undefined && name !== arn && { name }),
    ...(memberOf !== undefined && { memberOf }),
    event: { id: event.eventID, source: event.eventSource, name: event.eventName, time: event.eventTime },
    creator: event.user,
    ...(reason !== '' && { reason }),
    before: toObject(underKeys([...after.keys(), ...removed], present, api)),
    after: toObject(after),
    ...(removed.length > 0 && { removed }),
  };
}

/** Those of the tags that stand under these keys; where keys are the same in any case, in any spelling. */
function underKeys(keys: readonly string[], tags: TagSet, { keys: { areCaseless } }: Api): TagSet {
  const spelled = (key: string) => (areCaseless ? key.toLowerCase() : key);
  const wanted = new Set(keys.map(spelled));
  return new Map([...tags].filter(([key]) => wanted.has(spelled(key))));
}
