/**
 * Resources of one API, account and region, made what they were before the run: their tags are read, what is to be done is
 * decided key by key, and done. Each write is in the journal of the undo before it is sent. One outcome each.
 */
import { type CallFailure, isTransient, readFailure } from '../../../tag-manager/calls/call-failure.ts';
import type { Attempt } from '../../../tag-manager/taggers/tagger.ts';
import type { TagSet } from '../../../tag-manager/tags/tag-set.ts';
import { removeTold, type Told, writeTold } from '../../../tag-manager/told-writes.ts';
import { changesFor, type KeyChanges, keyStates } from './undo-keys.ts';
import { type MembersBefore, putMembersBack, readMembersBefore } from './undo-members.ts';
import type { UndoOutcome, UndoOutcomeName } from './undo-outcome.ts';
import { placeOf, type Undoable, type Undoing } from './undoable.ts';

/** What is to be done about one of them. */
interface Change extends Undoable {
  readonly present: TagSet;
  readonly changes: KeyChanges;
  readonly members: MembersBefore;
}

/** All are of one tagger, account and region. Those that were stopped before their end are missing. */
export async function undoBatch(
  batch: readonly Undoable[],
  undoing: Undoing,
): Promise<readonly UndoOutcome[]> {
  const [first] = batch;
  if (first === undefined) return [];
  const { calls, signal } = undoing;
  const targets = batch.map(({ target }) => target);
  const read = await first.tagger.read(calls, targets, signal);
  const looked = await Promise.all(batch.map((each, at) => lookAt(each, read[at], undoing)));
  const todo = looked.flatMap((each) => ('change' in each ? [each.change] : []));
  const over = looked.flatMap((each) => ('outcome' in each ? [each.outcome] : []));
  const done = undoing.dryRun
    ? todo.map((change) => outcomeOf(change, 'would-undo'))
    : await carryOut(todo, undoing);
  return [...over, ...done].filter(({ failure }) => !(signal.aborted && failure?.class === 'stopped'));
}

type Looked = { readonly change: Change } | { readonly outcome: UndoOutcome };

async function lookAt(each: Undoable, read: Attempt<TagSet> | undefined, undoing: Undoing): Promise<Looked> {
  if (read === undefined || 'failure' in read) return { outcome: failed(each, read?.failure ?? NO_ANSWER) };
  const { resource, api } = each;
  const changes = changesFor(keyStates(resource.writes, api), read.value, api);
  const isNothing = changes.restore.size === 0 && changes.remove.size === 0;
  if (isNothing && resource.members.size === 0) return { outcome: nothingLeft(each, changes) };
  const members = await readMembersBefore(each, undoing);
  if ('failure' in members) return { outcome: failed(each, members.failure) };
  return { change: { ...each, present: read.value, changes, members: members.value } };
}

const NO_ANSWER: CallFailure = readFailure(new Error('the tagger gave no answer'));

function nothingLeft(each: Undoable, changes: KeyChanges): UndoOutcome {
  const { begun } = each.resource;
  const isKept = changes.kept.length > 0;
  const outcome = isKept ? (begun ? 'partly-undone' : 'kept') : begun ? 'undone' : 'unchanged';
  return { ...placeOf(each), outcome, ...keysOf(each, changes) };
}

/** What an undo before this one has done of it, and was killed before it could tell, counts as this one's. */
function keysOf(
  { resource: { begun } }: Undoable,
  { restore, remove, kept }: KeyChanges,
): Pick<UndoOutcome, 'restored' | 'removed' | 'kept'> {
  const isKept = new Set(kept.map(({ key }) => key));
  const withBegun = (keys: Iterable<string>, before: readonly string[] = []) => [
    ...new Set([...before.filter((key) => !isKept.has(key)), ...keys]),
  ];
  return {
    restored: withBegun(restore.keys(), begun?.restored),
    removed: withBegun(remove.keys(), begun?.removed),
    kept,
  };
}

async function carryOut(todo: readonly Change[], undoing: Undoing): Promise<readonly UndoOutcome[]> {
  const failures = new Map<Change, CallFailure>();
  const left = () => todo.filter((each) => !failures.has(each));
  await Promise.all(
    todo.map(async (each) => {
      const failure = await keepUndone(each, undoing);
      if (failure !== undefined) failures.set(each, failure);
    }),
  );
  await inGroups(left(), ({ changes }) => withoutValues(changes.remove), removeTold);
  await inGroups(left(), ({ changes }) => changes.restore, writeTold);
  for (const each of left()) {
    const failure = await putMembersBack(each, undoing);
    if (failure !== undefined) failures.set(each, failure);
  }
  return todo.map((each) => {
    const failure = failures.get(each);
    if (failure !== undefined) return failed(each, failure);
    return outcomeOf(each, each.changes.kept.length > 0 ? 'partly-undone' : 'undone');
  });

  /** Those that want the same go together, as many as the tagger takes at once. */
  async function inGroups(
    changes: readonly Change[],
    tagsOf: (change: Change) => TagSet,
    change: typeof writeTold,
  ): Promise<void> {
    const wanting = changes.filter((each) => tagsOf(each).size > 0);
    const groups = Map.groupBy(wanting, (each) => JSON.stringify([...tagsOf(each)]));
    await Promise.all(
      [...groups.values()].map(async (group) => {
        const [first] = group;
        if (first === undefined) return;
        const answers = await change(first.tagger, group.map(toldOf), tagsOf(first), undoing);
        for (const [at, each] of group.entries()) {
          const answer = answers[at];
          if (answer !== undefined && 'failure' in answer) failures.set(each, answer.failure);
        }
      }),
    );
  }
}

function toldOf({ target, api, event, present, members, last }: Change): Told {
  return {
    target,
    api,
    event,
    present,
    members: members.read,
    ...(last.name !== undefined && { name: last.name }),
    ...(last.memberOf !== undefined && { memberOf: last.memberOf }),
  };
}

function withoutValues(tags: TagSet): TagSet {
  return new Map([...tags.keys()].map((key) => [key, '']));
}

/**
 * Before its tags are taken away: were it told afterwards, an event that comes between would tag it again. What a service wrote
 * there because of another resource has no event of its own.
 */
async function keepUndone(
  { last, event, target }: Change,
  { undone, signal }: Undoing,
): Promise<CallFailure | undefined> {
  if (undone === undefined || last.memberOf !== undefined) return undefined;
  const { eventID, eventTime, eventName, user } = event;
  const resource = { id: target.id, region: target.region };
  const name = { account: target.account, arn: last.name ?? target.arn };
  try {
    await undone.put(name, { eventID, eventTime, eventName, user, resource }, signal);
    return undefined;
  } catch (error) {
    return readFailure(error);
  }
}

function outcomeOf(each: Change, outcome: UndoOutcomeName): UndoOutcome {
  return { ...placeOf(each), outcome, ...keysOf(each, each.changes) };
}

function failed(each: Undoable, failure: CallFailure): UndoOutcome {
  const outcome = failure.class === 'not-found' ? 'gone' : isTransient(failure) ? 'deferred' : 'failed';
  return { ...placeOf(each), outcome, restored: [], removed: [], kept: [], failure };
}
