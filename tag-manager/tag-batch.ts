/**
 * One batch of names: their events go to the ledger, the tags of their resources are read, the rules of ownership
 * decide, and what is to be written is written. Each creation ends in one outcome for its resource; a deletion that could
 * not be dealt with is named.
 */
import { together } from './batches.ts';
import { type CallFailure, isTransient, readFailure } from './calls/call-failure.ts';
import { putBack, withMembers } from './members.ts';
import { eventsOf, keyOf, type NameWork } from './name-work.ts';
import type { Outcome, PassedOverItems, UndoneEvent, UndoneName } from './outcome.ts';
import type { Decision } from './ownership/claim.ts';
import { decide } from './ownership/rules.ts';
import type { Run } from './run.ts';
import { isOpen, type Open, type Over, type State } from './state.ts';
import type { Settled } from './store/ledger.ts';
import { claimOf, existingTags, type Subject, serviceTimeOf, subjectOf } from './subject.ts';
import type { TagRequest } from './tag-request.ts';
import type { Attempt } from './taggers/tagger.ts';
import type { TagSet } from './tags/tag-set.ts';
import { nameWhoIsBehind } from './who-is-behind.ts';
import { type Ended, outcomesOf, type Written } from './work-outcomes.ts';
import { type Write, writeAll } from './write-tags.ts';

export interface Done {
  readonly outcomes: ReadonlyMap<TagRequest, Outcome>;
  readonly undone: readonly UndoneEvent[];
  /** Names judged again that got other tags. */
  readonly namedAnew: number;
  readonly undoneNames: readonly UndoneName[];
  readonly passedOver: readonly PassedOverItems[];
}

/** As often as others may come to know more while we write. */
const MAX_ROUNDS = 5;

export async function tagBatch(works: readonly NameWork[], run: Run): Promise<readonly Over[]> {
  let states: readonly State[] = await Promise.all(works.map((work) => record(work, run)));
  for (let round = 0; round < MAX_ROUNDS && states.some(isOpen); round++) {
    const named = await nameWhoIsBehind(states.filter(isOpen), run);
    states = [
      ...[...states, ...named].filter((state) => !isOpen(state)),
      ...(await decideAll(named.filter(isOpen), run)),
    ];
  }
  return states.map((state) =>
    isOpen(state) ? { work: state.work, ended: OVERTAKEN, passedOver: state.history.passedOver } : state,
  );
}

const OVERTAKEN: Ended = {
  kind: 'not-recorded',
  failure: {
    class: 'busy',
    error: 'Overtaken',
    message: `others tagged the same name ${MAX_ROUNDS} times meanwhile`,
  },
};

/** Without its ledger nothing is decided: an earlier event that it knows would be passed over. */
async function record(work: NameWork, { ledger, signal }: Run): Promise<State> {
  try {
    const history = await ledger.record(work.name, eventsOf(work), signal);
    return { work, history, told: history };
  } catch (error) {
    return { work, ended: { kind: 'not-recorded', failure: readFailure(error) } };
  }
}

/** One round for all names that are not over. */
async function decideAll(open: readonly Open[], run: Run): Promise<readonly State[]> {
  const deleted: Promise<State>[] = [];
  const subjects: Subject[] = [];
  for (const state of open) {
    const subject = subjectOf(state, run);
    if ('ended' in subject) deleted.push(tell(state, subject.ended, run));
    else subjects.push(subject);
  }
  const batches = together(
    subjects,
    ({ api, target }) => [api.name, target.account, target.region].join(' '),
    ({ tagger }) => tagger.maxTargets,
  );
  const settled = await Promise.all(batches.map((batch) => tagSubjects(batch, run)));
  return [...(await Promise.all(deleted)), ...settled.flat()];
}

/** All are of one tagger, account and region. */
async function tagSubjects(subjects: readonly Subject[], run: Run): Promise<readonly State[]> {
  const [first] = subjects;
  if (first === undefined) return [];
  const targets = subjects.map(({ target }) => target);
  const read = await first.tagger.read(run.calls, targets, run.signal);
  const decided = await Promise.all(
    subjects.map(async (subject, at) => {
      const existing = existingTags(subject, read[at], run);
      if ('failure' in existing) return { subject, failure: existing.failure };
      return { ...(await decideOn(subject, existing.value, run)), present: tagsIn(read[at]) };
    }),
  );
  const states: State[] = [];
  const writes: Write[] = [];
  for (const each of decided) {
    if ('failure' in each) {
      states.push({
        work: each.subject.work,
        passedOver: each.subject.history.passedOver,
        ended: {
          kind: 'failed',
          failure: each.failure,
          event: undefined,
          events: each.subject.history.events,
        },
      });
    } else if (each.decision.action === 'write') {
      const { subject, decision, present } = each;
      writes.push({ subject, decision, tags: decision.tags, adjustments: [], present });
    } else if (each.decision.action !== 'ask') {
      states.push(
        await settle(
          each.subject,
          { kind: 'left', decision: each.decision, events: each.subject.history.events },
          run,
        ),
      );
    }
  }
  const written = await writeAll(writes, run);
  return [
    ...states,
    ...(await Promise.all(written.map(({ subject, ended }) => settle(subject, ended, run)))),
  ];
}

/** As the service told them. */
function tagsIn(read: Attempt<TagSet> | undefined): TagSet {
  return read !== undefined && 'value' in read ? read.value : new Map();
}

type Decided =
  | { readonly subject: Subject; readonly decision: Decision }
  | { readonly subject: Subject; readonly failure: CallFailure };

async function decideOn(subject: Subject, existing: TagSet, run: Run): Promise<Decided> {
  const decision = decide(claimOf(subject, existing, subject.canAsk ? 'askable' : 'unknown', run));
  if (decision.action !== 'ask') return beforeTheWrite(subject, decision, run);
  const asked = await serviceTimeOf(subject, run);
  if ('failure' in asked) return { subject, failure: asked.failure };
  return beforeTheWrite(subject, decide(claimOf(subject, existing, asked.value, run)), run);
}

async function beforeTheWrite(subject: Subject, decision: Decision, run: Run): Promise<Decided> {
  const awaits = awaitsOf(decision);
  if (awaits !== undefined) return { subject, failure: awaits };
  const failure = await keepWhatIsWritten(subject, decision, run);
  if (failure !== undefined) return { subject, failure };
  const whole = await withMembers(subject, decision, run);
  return 'failure' in whole ? { subject, failure: whole.failure } : { subject: whole.value, decision };
}

/**
 * Whom the makers of its parents tell of does not follow from its own record: the ledger keeps it before it is written. Who
 * comes after us, should we come no further, would take it for a person's correction.
 */
async function keepWhatIsWritten(
  { work }: Subject,
  decision: Decision,
  { ledger, settings, signal }: Run,
): Promise<CallFailure | undefined> {
  if (decision.action !== 'write' || settings.dryRun) return undefined;
  const { event } = decision;
  if (event.behind === undefined || event.behind.person === event.person) return undefined;
  try {
    await ledger.record(work.name, [event], signal);
    return undefined;
  } catch (error) {
    return readFailure(error);
  }
}

/** Its tags are not written, nor said to be right, while it may still come to be known who is behind them. */
function awaitsOf(decision: Decision): CallFailure | undefined {
  if (decision.action !== 'write' && decision.action !== 'settled') return undefined;
  const parent = 'behind' in decision.event ? decision.event.behind?.awaits : undefined;
  if (parent === undefined) return undefined;
  const message = `it was made for ${parent}, and nobody has told yet who made that`;
  return { class: 'busy', error: 'ParentNotKnown', message };
}

/** The ledger learns of it; it may say that all is to be decided again. */
async function settle(subject: Subject, ended: Ended, run: Run): Promise<State> {
  const { work, history } = subject;
  const failure = await putBack(subject, ended, run);
  if (failure !== undefined && ended.kind !== 'failed')
    return {
      work,
      ended: { kind: 'failed', failure, event: undefined, events: history.events },
      passedOver: history.passedOver,
    };
  callMembers(subject, ended, run);
  return tell(subject, withEarlierRound(ended, subject.wrote), run);
}

/** What has been put back may have been overtaken by what was told of a member meanwhile, or by the service itself. */
function callMembers({ work, members = [] }: Subject, ended: Ended, { family, settings }: Run): void {
  if (ended.kind !== 'written' || members.length === 0 || settings.dryRun) return;
  const { partition } = work;
  const names = members.map(({ target: { account, arn } }) => ({ account, arn, partition }));
  family.members.set(keyOf(work.name), names);
}

/** Tags of ours that stand there because an earlier round of ours wrote them were not there before. */
function withEarlierRound(ended: Ended, wrote: Written | undefined): Ended {
  if (wrote === undefined || ended.kind !== 'left' || ended.decision.action !== 'settled') return ended;
  if (ended.decision.event.eventID !== wrote.decision.event.eventID) return ended;
  return { ...wrote, events: ended.events, isSeen: true };
}

async function tell({ work, told, wrote }: Open, ended: Ended, run: Run): Promise<State> {
  const { ledger, settings, signal } = run;
  const { passedOver } = told;
  const settled = settings.dryRun ? undefined : settledOf(ended);
  if (settled === undefined) return { work, ended, passedOver };
  try {
    const news = await ledger.settle(work.name, told, settled, signal);
    if (news === undefined) return { work, ended, passedOver };
    return { work, history: news, told: news, wrote: ended.kind === 'written' ? ended : wrote };
  } catch (error) {
    return { work, ended: { kind: 'not-recorded', failure: readFailure(error) }, passedOver };
  }
}

/** As the ledger keeps it; `undefined` for what is not over. */
function settledOf(ended: Ended): Settled | undefined {
  switch (ended.kind) {
    case 'written': {
      const { decision, tags: written, isSeen = false } = ended;
      return { outcome: 'tagged', event: decision.event, written, isSeen };
    }
    case 'left': {
      const { decision } = ended;
      if (decision.action === 'keep') return { outcome: 'kept', event: undefined, written: undefined };
      const event = 'tags' in decision.event ? decision.event : undefined;
      return { outcome: 'unchanged', event, written: undefined };
    }
    case 'deleted': {
      const { deletion: event } = ended;
      return event && { outcome: 'deleted', event, written: undefined };
    }
    case 'failed':
    case 'not-recorded':
    case 'untagged':
      return undefined;
  }
}

/** What became of all that the names stand for. */
export function doneOf(states: readonly Over[], run: Run): Done {
  const outcomes = new Map<TagRequest, Outcome>();
  const undone: UndoneEvent[] = [];
  const undoneNames: UndoneName[] = [];
  let namedAnew = 0;
  const passedOver: PassedOverItems[] = [];
  for (const { work, ended, passedOver: [example, ...more] = [] } of states) {
    if (example !== undefined) passedOver.push({ name: work.name.arn, count: 1 + more.length, example });
    for (const [request, outcome] of outcomesOf(work, ended, run))
      outcomes.set(request.asked ?? request, outcome);
    const failed = failureOf(ended);
    if (failed !== undefined) {
      const { arn: name } = work.name;
      for (const event of work.deletions) undone.push({ kind: 'deletion', event, name, ...failed });
      for (const { creation } of work.makers)
        undone.push({ kind: 'maker', event: creation, name, ...failed });
      if (work.isAgain)
        undoneNames.push({ kind: 'name', name: { ...work.name, partition: work.partition }, ...failed });
    } else if (work.isAgain && ended.kind === 'written' && !run.settings.dryRun) namedAnew++;
  }
  return { outcomes, undone, namedAnew, undoneNames, passedOver };
}

/**
 * A deletion matters where it makes another creation the winner, a maker is to be kept and no more, and a name is judged again where
 * its winner may want other tags: then what keeps us from that is its failure. What is no more, if it is young, comes again by its
 * creation.
 */
export function failureOf(ended: Ended): Pick<UndoneName, 'failure' | 'end'> | undefined {
  if (ended.kind !== 'failed' && ended.kind !== 'not-recorded') return undefined;
  const { failure } = ended;
  if (failure.class === 'not-found') return undefined;
  return { failure, end: ended.kind === 'not-recorded' || isTransient(failure) ? 'later' : 'never' };
}

/** What would fail like what was tried before it. */
export function notTried(works: readonly NameWork[], failure: CallFailure): readonly Over[] {
  return works.map((work) => ({
    work,
    ended: { kind: 'failed', failure, event: undefined, events: eventsOf(work) },
  }));
}

/** What was not begun when the time was up. */
export function notBegun(works: readonly NameWork[], failure: CallFailure): readonly Over[] {
  return works.map((work) => ({ work, ended: { kind: 'not-recorded', failure } }));
}
