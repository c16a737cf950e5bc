/**
 * Creations in, one outcome for each of their resources out: read the tags that are there, decide, write.
 * Nothing is thrown for what AWS answers; every resource ends in exactly one outcome.
 */
import pLimit, { type LimitFunction } from 'p-limit';
import type { Creation } from '../parser/event/creation.ts';
import { type CallFailure, isTransient, readFailure } from './calls/call-failure.ts';
import type { Clients } from './calls/clients.ts';
import { TimeUpError } from './calls/stop.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import { decide } from './ownership/ownership.ts';
import { requestsOf, type TagRequest, withoutDoubt } from './tag-request.ts';
import type { Attempt, Tagger, Target } from './taggers/tagger.ts';
import type { Taggers } from './taggers/taggers.ts';
import type { TagSet } from './tags/tag-set.ts';
import type { TagSettings } from './tags/tag-settings.ts';

export interface TagManager {
  /**
   * Outcomes in the order of the creations and their resources. Once time is up no further call is begun: what
   * is left is deferred.
   */
  tag(creations: readonly Creation[], isTimeUp?: () => boolean): Promise<readonly Outcome[]>;
}

export interface TagManagerParts {
  readonly settings: TagSettings;
  readonly clients: Clients;
  readonly taggers: Taggers;
  /** Bounds the calls under way at once, over all files. */
  readonly limit: LimitFunction;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export function createTagManager(parts: TagManagerParts): TagManager {
  const batchLimit = pLimit(parts.limit.concurrency);
  return {
    async tag(creations, isTimeUp = () => false) {
      const requests = creations.flatMap((creation) => requestsOf(creation, parts.settings));
      const run: Run = { ...parts, batchLimit, written: new Map(), isTimeUp };
      const outcomes = new Map<TagRequest, Outcome>();
      for (const round of rounds(requests)) {
        for (const [request, outcome] of await tagRound(round, run)) outcomes.set(request, outcome);
      }
      return requests.flatMap((request) => outcomes.get(request) ?? []);
    },
  };
}

interface Run extends TagManagerParts {
  /**
   * Bounds the batches that are between their read and their last write. Were all of them read before the first is
   * written, time that is up meanwhile would leave nothing done, and so for ever.
   */
  readonly batchLimit: LimitFunction;
  /** The tags of resources that this run has written, by ARN: reading them back at once may show the old ones. */
  readonly written: Map<string, TagSet>;
  readonly isTimeUp: () => boolean;
}

type Answer = readonly [TagRequest, Outcome];

/**
 * Several events of one resource are dealt with one after the other, the earliest first, each seeing what the
 * one before it wrote: round n holds the n-th event of every resource.
 */
function rounds(requests: readonly TagRequest[]): TagRequest[][] {
  const inRounds: TagRequest[][] = [];
  for (const events of Map.groupBy(requests, ({ target }) => target.arn).values()) {
    events.sort((a, b) => Date.parse(a.creation.eventTime) - Date.parse(b.creation.eventTime));
    for (const [round, request] of events.entries()) {
      inRounds[round] ??= [];
      inRounds[round].push(request);
    }
  }
  return inRounds;
}

/**
 * Requests to one tagger in one account and region go together, in batches. Those that stand first in the file are
 * begun first: when time is up, the file is done up to a record, and can be gone on with from there.
 */
async function tagRound(requests: readonly TagRequest[], run: Run): Promise<Answer[]> {
  const groups = Map.groupBy(requests, ({ resource, target }) =>
    [resource.row.tagger, target.account, target.region].join(' '),
  );
  const batches = [...groups.values()].flatMap((group) => {
    const tagger = run.taggers[group[0]?.resource.row.tagger ?? 'ec2'];
    return chunks(group, tagger.maxTargets).map((batch) => ({ batch, tagger, index: firstIndex(batch) }));
  });
  batches.sort((a, b) => a.index - b.index);
  const answers = batches.map(({ batch, tagger }) => run.batchLimit(() => tagBatch(batch, tagger, run)));
  return (await Promise.all(answers)).flat();
}

function firstIndex(batch: readonly TagRequest[]): number {
  return Math.min(...batch.map(({ creation }) => creation.index));
}

async function tagBatch(batch: readonly TagRequest[], tagger: Tagger, run: Run): Promise<Answer[]> {
  const targets = batch.map(({ target }) => target);
  const read = await inTime(run, targets, () => tagger.read(run.clients, targets));
  const answers: Answer[] = [];
  const writes: Write[] = [];
  for (const [at, request] of batch.entries()) {
    const answer = read[at] ?? { error: new Error('the tagger gave no answer') };
    const existing = run.written.get(request.target.arn) ?? ('value' in answer ? answer.value : undefined);
    if (existing === undefined) {
      answers.push([
        request,
        failed(request, readFailure('error' in answer ? answer.error : undefined), run),
      ]);
      continue;
    }
    const decision = decide({ ...claimOf(request, run), existing });
    if (decision.action === 'write') writes.push({ request, existing, tags: decision.tags });
    else answers.push([request, outcomeOf(request, decision.outcome, decision.reason)]);
  }
  return [...answers, ...(await writeAll(writes, tagger, run))];
}

/** Waits for a free place, then begins the calls, if there is time left for them. */
function inTime<Value>(
  { limit, isTimeUp }: Run,
  targets: readonly Target[],
  calls: () => Promise<readonly Attempt<Value>[]>,
): Promise<readonly Attempt<Value>[]> {
  return limit(() => (isTimeUp() ? targets.map(() => ({ error: new TimeUpError() })) : calls()));
}

function claimOf({ creation, resource, tags }: TagRequest, { settings, now }: Run) {
  return {
    wanted: tags,
    keys: settings.keys,
    naming: resource.row.naming,
    createdAt: resource.createdAt,
    requestTags: creation.requestTags,
    onExisting: settings.onExisting,
    now: now(),
  };
}

interface Write {
  readonly request: TagRequest;
  readonly existing: TagSet;
  readonly tags: TagSet;
}

/** Resources that get the same tags are written in one call. */
async function writeAll(writes: readonly Write[], tagger: Tagger, run: Run): Promise<Answer[]> {
  const groups = [...Map.groupBy(writes, ({ tags }) => JSON.stringify([...tags])).values()];
  return (await Promise.all(groups.map((group) => writeGroup(group, tagger, run)))).flat();
}

async function writeGroup(group: readonly Write[], tagger: Tagger, run: Run): Promise<Answer[]> {
  const tags = group[0]?.tags ?? new Map();
  const targets = group.map(({ request }) => request.target);
  const results = run.settings.dryRun
    ? targets.map(() => ({ value: undefined }))
    : await inTime(run, targets, () => tagger.write(run.clients, targets, tags));
  const answers: Answer[] = [];
  for (const [at, write] of group.entries()) {
    const { request, existing } = write;
    const result = results[at] ?? { error: new Error('the tagger gave no answer') };
    if ('value' in result) {
      run.written.set(request.target.arn, new Map([...existing, ...tags]));
      answers.push([request, outcomeOf(request, run.settings.dryRun ? 'would-tag' : 'tagged')]);
      continue;
    }
    const failure = readFailure(result.error);
    const plainer = failure.class === 'invalid' ? withoutDoubt(request, tags) : undefined;
    if (plainer === undefined) answers.push([request, failed(request, failure, run)]);
    else
      for (const [, outcome] of await writeAgain(plainer, write, tagger, run))
        answers.push([request, outcome]);
  }
  return answers;
}

function writeAgain(request: TagRequest, { existing }: Write, tagger: Tagger, run: Run): Promise<Answer[]> {
  return writeGroup([{ request, existing, tags: request.tags }], tagger, run);
}

/** "Not found" means gone only when the event is old enough for the resource to have come into being. */
function failed(request: TagRequest, failure: CallFailure, { now }: Run): Outcome {
  if (failure.class !== 'not-found') {
    return outcomeOf(request, isTransient(failure) ? 'deferred' : 'failed', failure.class, failure);
  }
  const ageSeconds = (now() - Date.parse(request.creation.eventTime)) / 1000;
  return ageSeconds < request.resource.row.graceSeconds
    ? outcomeOf(request, 'deferred', 'not found: it may still be being created', failure)
    : outcomeOf(request, 'gone', 'not found: it was deleted', failure);
}

function outcomeOf(request: TagRequest, outcome: OutcomeName, reason = '', failure?: CallFailure): Outcome {
  const { creation, resource, tags, adjustments } = request;
  return { outcome, creation, resource, tags, adjustments, reason, failure };
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
