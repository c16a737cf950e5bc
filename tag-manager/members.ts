/**
 * Members that a service writes the tags of a resource on too: cache nodes get those of their replication group. What
 * they bore under our keys is read before that and put back after it, so that a node still names who made the node. What
 * the call itself made keeps the tags of the whole.
 */
import { CallError, type CallFailure, readFailure } from './calls/call-failure.ts';
import type { Decision } from './ownership/claim.ts';
import { winnerOf } from './ownership/lives.ts';
import type { CreationEvent } from './ownership/name-event.ts';
import { ask, readOnce, withPersons } from './persons.ts';
import type { Run } from './run.ts';
import type { MemberTags, Subject } from './subject.ts';
import type { Attempt, Target } from './taggers/tagger.ts';
import type { TagSet } from './tags/tag-set.ts';
import { removeTold, writeTold } from './told-writes.ts';
import type { Ended } from './work-outcomes.ts';

/** The subject with its members, where the decision may have come, or will come, to change their tags. */
export async function withMembers(subject: Subject, decision: Decision, run: Run): Promise<Attempt<Subject>> {
  const mayChange = decision.action === 'write' || decision.action === 'settled';
  if (!mayChange || run.settings.dryRun) return { value: subject };
  const read = await readMembers(subject, run);
  return 'failure' in read ? read : { value: { ...subject, members: read.value } };
}

/** Those that are there, with their tags; none where the tags of the resource stay on it alone. */
export async function readMembers(
  { tagger, target }: Pick<Subject, 'tagger' | 'target'>,
  { calls, signal }: Pick<Run, 'calls' | 'signal'>,
): Promise<Attempt<readonly MemberTags[]>> {
  const listed = (await tagger.members?.(calls, target, signal)) ?? { value: [] };
  if ('failure' in listed) return listed;
  const members: MemberTags[] = [];
  for (const member of listed.value) {
    const [read] = await tagger.read(calls, [member], signal);
    if (read === undefined) continue;
    if ('value' in read) members.push({ target: member, tags: read.value });
    else if (read.failure.class !== 'not-found') return read; // one that is being deleted has nothing to lose
  }
  return { value: members };
}

/**
 * Makes the tags of members what they were before the resource was tagged. Doing it again changes nothing: also where an
 * attempt ended half way, what the ledger knows of a member is put back. Tells what kept it from that.
 */
export async function putBack(subject: Subject, ended: Ended, run: Run): Promise<CallFailure | undefined> {
  const { members = [] } = subject;
  const change = members.length === 0 ? undefined : changeOf(ended);
  if (change === undefined) return undefined;
  const { event, written } = change;
  for (const member of members) {
    try {
      await putBackOne(subject, member, event, written, run);
    } catch (error) {
      const failure = readFailure(error);
      if (failure.class !== 'not-found') return failure;
    }
  }
  return undefined;
}

/** A call that failed on its way may have been carried out. */
function changeOf(ended: Ended): { readonly event: CreationEvent; readonly written: TagSet } | undefined {
  if (ended.kind === 'written') return { event: ended.decision.event, written: ended.tags };
  if (ended.kind === 'left' && ended.decision.action === 'settled') {
    const { event } = ended.decision;
    return 'tags' in event ? { event, written: new Map() } : undefined;
  }
  const { failure, event } = ended.kind === 'failed' ? ended : {};
  const isUnclear = failure?.class === 'network' || failure?.class === 'broken-answer';
  return isUnclear && event !== undefined ? { event, written: event.tags } : undefined;
}

async function putBackOne(
  subject: Subject,
  { target, tags }: MemberTags,
  event: CreationEvent,
  written: TagSet,
  run: Run,
): Promise<void> {
  const current = new Map([...tags, ...written]);
  const own = new Map([...tags].filter(([key]) => isOurKey(key, event, run)));
  if (own.size > 0 && !isOfGroup(own, event, run)) return change(subject, target, current, own, event, run);
  const known = await madeBy(target, subject, run);
  if (known !== undefined) return change(subject, target, current, known, event, run);
  const { joined = [] } = event.resource;
  if (!joined.includes(target.id.toLowerCase())) return;
  await change(subject, target, current, new Map(), event, run);
  // Its creation may have come meanwhile, and have taken the tags of the group for those of a later one.
  const late = await madeBy(target, subject, run);
  if (late !== undefined) await change(subject, target, new Map(), late, event, run);
}

/** They came from the group, in an attempt before this. */
function isOfGroup(own: TagSet, event: CreationEvent, { settings: { keys } }: Run): boolean {
  return [keys.createdBy, keys.createdDate].every((key) => own.get(key) === event.tags.get(key));
}

/** The tags of the creation that the ledger knows for the member's, with the person behind it. */
async function madeBy(
  { account, arn }: Target,
  { work: { partition } }: Subject,
  run: Run,
): Promise<TagSet | undefined> {
  const { events } = await run.ledger.record({ account, arn }, [], run.signal);
  const naming = events.find((event) => event.kind === 'creation')?.naming;
  if (naming === undefined) return undefined;
  if (!run.settings.asksPerson) return winnerOf(events, naming)?.tags;
  await ask({ account, arn }, events, run);
  const named = await withPersons(events, { eventsOf: readOnce(run), run, partition });
  return winnerOf(named, naming)?.tags;
}

/** Under our keys these, and none besides. */
async function change(
  { tagger, api, target: group }: Subject,
  target: Target,
  current: TagSet,
  wanted: TagSet,
  event: CreationEvent,
  run: Run,
): Promise<void> {
  const told = { target, api, event, memberOf: group.arn };
  const missing = new Map([...wanted].filter(([key, value]) => current.get(key) !== value));
  if (missing.size > 0)
    succeeded((await writeTold(tagger, [{ ...told, present: current }], missing, run))[0]);
  const extra = new Map([...current].filter(([key]) => isOurKey(key, event, run) && !wanted.has(key)));
  const now = new Map([...current, ...missing]);
  if (extra.size > 0) succeeded((await removeTold(tagger, [{ ...told, present: now }], extra, run))[0]);
}

/** The second marker is written where the first is taken. */
function isOurKey(key: string, { tags }: CreationEvent, { settings }: Run): boolean {
  return tags.has(key) || key === settings.keys.secondMarker;
}

function succeeded(answer: Attempt<void> | undefined): void {
  if (answer !== undefined && 'failure' in answer) throw new CallError(answer.failure, undefined);
}
