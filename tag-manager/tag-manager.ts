/**
 * Creations and deletions in, one outcome for each resource of a creation out: read the tags that are there, decide,
 * write. Nothing is thrown for what AWS answers; every resource ends in exactly one outcome.
 */
import type { Creation } from '../parser/event/creation.ts';
import type { Deletion } from '../parser/event/deletion.ts';
import { batchesOf, placeOf } from './batches.ts';
import type { Judged } from './call-children.ts';
import { stopFailure } from './calls/call-failure.ts';
import type { Calls } from './calls/calls.ts';
import type { Denials } from './denials.ts';
import { startFamily } from './family.ts';
import type { Journal } from './journal.ts';
import { findMadeBeside, NOTHING_BESIDE } from './made-beside.ts';
import { eventsOf, keyOf, type NameAgain, type NameWork, worksOf } from './name-work.ts';
import type { Outcome, PassedOverItems, UndoneEvent, UndoneName } from './outcome.ts';
import { MAX_STEPS } from './parents/chain.ts';
import { keepParentReads } from './parents/parent-tags.ts';
import { isMadeFor } from './persons.ts';
import { createPlaces } from './places.ts';
import { inOrder } from './request-outcome.ts';
import type { IsTagged, JudgeAgain, Run } from './run.ts';
import type { Over } from './state.ts';
import type { Ledger } from './store/ledger.ts';
import { createMemory } from './store/memory.ts';
import { doneOf, notBegun, notTried, tagBatch } from './tag-batch.ts';
import { makersOf, requestsOf } from './tag-request.ts';
import type { TaggerFor } from './taggers/taggers.ts';
import type { TagSettings } from './tags/tag-settings.ts';
import { createTurns, type Turn } from './turns.ts';
import { withChildren } from './with-children.ts';

export interface TagManager {
  /**
   * Outcomes in the order of the creations and their resources, and behind these what each call made beside them. Once the
   * signal is aborted nothing more is sent, and what is not dealt with within a second is deferred as `stopped`.
   */
  tag(events: Events, signal: AbortSignal): Promise<Tagged>;
}

/** In any order: those of one name are dealt with together. */
export interface Events {
  readonly creations: readonly Creation[];
  readonly deletions?: readonly Deletion[];
  /** Names of which more is known than when they were decided on. */
  readonly again?: readonly NameAgain[];
  /** Of what bears no tags of ours, and others are made for: kept where the settings ask for persons, and no more. */
  readonly makers?: readonly Creation[];
}

export interface Tagged {
  readonly outcomes: readonly Outcome[];
  /** Deletions and makers that must be brought again. */
  readonly undone: readonly UndoneEvent[];
  /** How many names judged again got other tags. */
  readonly namedAnew: number;
  /** Names that were to be judged again, and could not be. */
  readonly undoneNames: readonly UndoneName[];
  readonly passedOver: readonly PassedOverItems[];
}

export interface TagManagerOptions {
  readonly settings: TagSettings;
  readonly calls: Calls;
  readonly taggerFor: TaggerFor;
  /** @default the memory of this process */
  readonly ledger?: Ledger;
  /** Hears of each write before it is sent; what it cannot keep is not written, and deferred. @default nobody is told */
  readonly journal?: Journal;
  /** Also what was tagged before, and undone, is tagged: somebody asks for it anew. @default false */
  readonly tagsUndone?: boolean;
  /**
   * Bounds the batches of one API, account and region that are between their read and their last write, over all files.
   * Were all of them read before the first is written, time that is up meanwhile would leave nothing done, and so for ever.
   */
  readonly batchesAtOnce: number;
  /** The human behind an ARN, as far as it tells. @default the ARN itself */
  readonly personOfArn?: (arn: string) => string;
  /**
   * Takes names that are to be judged again, for later. Throws where it cannot keep them. @default they are judged when all
   * else is done; while one of them may be later, neither is its parent
   */
  readonly judgeAgain?: JudgeAgain;
  /** Whether a name that is brought without a creation, to be judged again, is tagged at all. @default all are */
  readonly isTagged?: IsTagged;
  /** Whether something of that type may be what others are made for. @default nothing is */
  readonly mayBeParent?: (type: string) => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Where to give up. @default nowhere */
  readonly denials?: Denials;
}

export function createTagManager(options: TagManagerOptions): TagManager {
  const inPlace = createPlaces(options.batchesAtOnce);
  const turns = createTurns();
  const {
    settings,
    ledger = createMemory(),
    personOfArn = (arn) => arn,
    mayBeParent = () => false,
    isTagged = () => true,
  } = options;
  const parentReads = keepParentReads();
  return {
    tag: (events, signal) => tagAll(events, signal, 0),
  };

  /** `steps` lead from the names that were asked for to these, from parent to child. */
  async function tagAll(
    { creations, deletions = [], again = [], makers = [] }: Events,
    signal: AbortSignal,
    steps: number,
  ): Promise<Tagged> {
    const shared = { ledger, personOfArn, parentReads, mayBeParent, isTagged, family: startFamily(), signal };
    const { calls, now, denials } = options;
    const beside = await findMadeBeside(creations, { calls, now, denials, signal });
    const wanted = creations.map((creation) => {
      const { resources, outcomes } = beside.get(creation) ?? NOTHING_BESIDE;
      return { requests: requestsOf(creation, settings, [...creation.resources, ...resources]), outcomes };
    });
    const requests = wanted.flatMap((each) => each.requests);
    const works = worksOf(
      requests.filter(({ refusal }) => refusal === undefined),
      deletions,
      again,
      settings.asksPerson ? makers.flatMap((maker) => makersOf(maker, settings)) : [],
    );
    const judgedNow = await recordParents(works, { ...options, ...shared });
    const run: Run = { ...options, ...shared, judgedNow };
    const batches = batchesOf(works, options.taggerFor);
    const asked = new Map(works.map((work) => [work, turns.ask(keyOf(work.name))]));
    const done = await Promise.all(
      batches.map((batch) =>
        inTurn(batch, asked, () =>
          inPlace(whereIs(batch), () =>
            signal.aborted
              ? Promise.resolve(notBegun(batch, stopFailure(signal.reason)))
              : unlessDenied(batch, run, options.denials),
          ),
        ),
      ),
    );
    const children = await withChildren(done.flat(), run, async (names) =>
      steps < MAX_STEPS ? tagAll({ creations: [], again: names }, signal, steps + 1) : NOBODY,
    );
    const { outcomes, undone, passedOver, ...names } = doneOf(children.states, run);
    return {
      outcomes: wanted.flatMap((each) => [...inOrder(each.requests, outcomes), ...each.outcomes]),
      undone,
      namedAnew: names.namedAnew + children.namedAnew,
      undoneNames: [...names.undoneNames, ...children.undoneNames],
      passedOver: [...passedOver, ...run.family.passedOver, ...children.passedOver],
    };
  }
}

/** Nobody's person is further away from it. */
const NOBODY: Judged = { namedAnew: 0, undoneNames: [], passedOver: [] };

/**
 * Before anything that was made for them in the same file asks who made them. What fails here is done again, and told, when
 * it is their turn. Gives the names that need not be judged again for their sake.
 */
async function recordParents(
  works: readonly NameWork[],
  { settings, ledger, mayBeParent, signal }: Pick<Run, 'settings' | 'ledger' | 'mayBeParent' | 'signal'>,
): Promise<ReadonlySet<string>> {
  const isAsked = works.some(({ requests }) => requests.some(({ event }) => isMadeFor(event)));
  if (!settings.asksPerson || !isAsked || signal.aborted) return new Set();
  const parents = works.filter(({ requests, makers }) =>
    [...requests, ...makers].some(({ event }) => mayBeParent(event.resource.type)),
  );
  const recorded = await Promise.allSettled(
    parents.map((work) => ledger.record(work.name, eventsOf(work), signal)),
  );
  const areAllRecorded = recorded.every(({ status }) => status === 'fulfilled');
  return new Set(areAllRecorded ? works.map(({ name }) => keyOf(name)) : []);
}

async function unlessDenied(
  batch: readonly NameWork[],
  run: Run,
  denials: Denials | undefined,
): Promise<readonly Over[]> {
  const account = batch[0]?.requests[0]?.creation.account;
  if (denials === undefined || account === undefined) return tagBatch(batch, run);
  const place = { name: whereIs(batch), account };
  const failure = denials.whyStopped(place);
  if (failure !== undefined) return notTried(batch, failure);
  const states = await tagBatch(batch, run);
  denials.add(place, doneOf(states, run).outcomes.values());
  return states;
}

/** All of a batch are in one place. */
function whereIs([first]: readonly NameWork[]): string {
  return first === undefined ? '' : placeOf(first);
}

/** Names that another call works on are waited for before a place is taken, so that nobody waits in a circle. */
async function inTurn(
  batch: readonly NameWork[],
  asked: ReadonlyMap<NameWork, Turn>,
  work: () => Promise<readonly Over[]>,
): Promise<readonly Over[]> {
  const own = batch.flatMap((each) => asked.get(each) ?? []);
  try {
    await Promise.all(own.map(({ begins }) => begins));
    return await work();
  } finally {
    for (const turn of own) turn.end();
  }
}
