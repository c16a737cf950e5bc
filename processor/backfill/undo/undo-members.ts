/**
 * Resources that a service writes the tags of another one on, and takes them from. What they bore stays: what the run has
 * written on them is undone as theirs, and what others wrote there is nobody's business here.
 */
import { CallError, type CallFailure, readFailure } from '../../../tag-manager/calls/call-failure.ts';
import { readMembers } from '../../../tag-manager/members.ts';
import type { Attempt, Target } from '../../../tag-manager/taggers/tagger.ts';
import type { TagSet } from '../../../tag-manager/tags/tag-set.ts';
import { removeTold, writeTold } from '../../../tag-manager/told-writes.ts';
import type { KeyChanges } from './undo-keys.ts';
import type { Undoable, Undoing } from './undoable.ts';

interface Member {
  readonly target: Target;
  readonly tags: TagSet;
}

export interface MembersBefore {
  /** As they are now. */
  readonly read: readonly Member[];
  /** What they bore before this undo, or an earlier one that was killed, touched them. */
  readonly before: readonly Member[];
}

/** None of resources whose tags stay on them. */
export async function readMembersBefore(
  { tagger, target, resource }: Undoable,
  undoing: Undoing,
): Promise<Attempt<MembersBefore>> {
  const read = await readMembers({ tagger, target }, undoing);
  if ('failure' in read) return read;
  const before = read.value.map((member): Member => {
    const known = resource.members.get(member.target.arn);
    if (known === undefined) return member;
    const others = [...member.tags].filter(([key]) => !known.keys.includes(key));
    return { ...member, tags: new Map([...others, ...Object.entries(known.tags)]) };
  });
  return { value: { read: read.value, before } };
}

/** Makes them what they were under the keys that were changed; tells what kept it from that. */
export async function putMembersBack(
  each: Undoable & { readonly changes: KeyChanges; readonly members: MembersBefore },
  undoing: Undoing,
): Promise<CallFailure | undefined> {
  const { changes, members, resource } = each;
  const keys = new Set([
    ...changes.restore.keys(),
    ...changes.remove.keys(),
    ...[...resource.members.values()].flatMap((known) => known.keys),
  ]);
  for (const member of members.before) {
    try {
      await putBack(member, keys, each, undoing);
    } catch (error) {
      const failure = readFailure(error);
      if (failure.class !== 'not-found') return failure;
    }
  }
  return undefined;
}

async function putBack(
  { target, tags }: Member,
  keys: ReadonlySet<string>,
  { tagger, api, event, target: group }: Undoable,
  undoing: Undoing,
): Promise<void> {
  const present = succeeded((await tagger.read(undoing.calls, [target], undoing.signal))[0]);
  const told = { target, api, event, present, memberOf: group.arn };
  const missing = new Map([...tags].filter(([key, value]) => keys.has(key) && present.get(key) !== value));
  if (missing.size > 0) succeeded((await writeTold(tagger, [told], missing, undoing))[0]);
  const extra = new Map([...present].filter(([key]) => keys.has(key) && !tags.has(key)));
  if (extra.size > 0) succeeded((await removeTold(tagger, [told], extra, undoing))[0]);
}

function succeeded<Value>(answer: Attempt<Value> | undefined): Value {
  if (answer === undefined) throw new Error('the tagger gave no answer');
  if ('failure' in answer) throw new CallError(answer.failure, undefined);
  return answer.value;
}
