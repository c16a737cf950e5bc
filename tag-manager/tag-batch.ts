/**
 * One batch of requests to one tagger: their tags are read, the rules of ownership decide, and what is to be written is
 * written. Each request ends in one outcome.
 */
import type { Batch } from './batches.ts';
import type { Calls } from './calls/calls.ts';
import type { Outcome } from './outcome.ts';
import { type Decision, decide } from './ownership/ownership.ts';
import { isWithinGrace, outcomeOf, outcomeOfFailure } from './request-outcome.ts';
import { type TagRequest, withoutDoubt } from './tag-request.ts';
import type { Attempt, Tagger } from './taggers/tagger.ts';
import type { TagSet } from './tags/tag-set.ts';
import type { TagSettings } from './tags/tag-settings.ts';

/** What the batches of one `tag` share. */
export interface Run {
  readonly settings: TagSettings;
  readonly calls: Calls;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The tags of resources that this run has written, by ARN: reading them back at once may show the old ones. */
  readonly written: Map<string, TagSet>;
}

export interface Settled {
  readonly request: TagRequest;
  readonly outcome: Outcome;
}

export async function tagBatch({ tagger, requests }: Batch, run: Run): Promise<readonly Settled[]> {
  const targets = requests.map(({ target }) => target);
  const read = await tagger.read(run.calls, targets, run.signal);
  const settled: Settled[] = [];
  const writes: Write[] = [];
  for (const [at, request] of requests.entries()) {
    const existing = existingTags(request, read[at], run);
    if ('failure' in existing) {
      settled.push({ request, outcome: outcomeOfFailure(request, existing.failure, run.now()) });
      continue;
    }
    const decision = decideOn(request, existing.value, run);
    if (decision.action === 'write')
      writes.push({ request, wish: request, existing: existing.value, tags: decision.tags });
    else settled.push({ request, outcome: outcomeOf(request, decision.outcome, decision.reason) });
  }
  return [...settled, ...(await writeAll(writes, tagger, run))];
}

/**
 * What this run has written counts, whatever was read. Shortly after the event the tags of the creating request may not
 * show yet; later, what does not show was taken away since.
 */
function existingTags(
  request: TagRequest,
  read: Attempt<TagSet> = NO_ANSWER,
  { written, now }: Run,
): Attempt<TagSet> {
  const known = written.get(request.target.arn);
  if (known !== undefined) return { value: known };
  if ('failure' in read) return read;
  const own = isWithinGrace(request, now()) ? Object.entries(requestTagsOf(request)) : [];
  return { value: inOurSpelling(new Map([...own, ...read.value]), request) };
}

/** Where a key is the same in any case, writing ours would change a tag that somebody wrote in another. */
function inOurSpelling(existing: TagSet, { api, tags }: TagRequest): TagSet {
  if (!api.keys.areCaseless) return existing;
  const ours = new Map([...tags.keys()].map((key) => [key.toLowerCase(), key]));
  return new Map([...existing].map(([key, value]) => [ours.get(key.toLowerCase()) ?? key, value]));
}

const NO_ANSWER = {
  failure: { class: 'unknown', error: 'Error', message: 'the tagger gave no answer' },
} as const;

/** What the request set on this very resource. */
function requestTagsOf({ creation, resource }: TagRequest): Readonly<Record<string, string>> {
  return resource.requestTags ?? creation.requestTags;
}

function decideOn(request: TagRequest, existing: TagSet, run: Run): Decision {
  const { creation, resource, tags } = request;
  const { keys, onExisting } = run.settings;
  const { origin } = creation;
  const requestTags = requestTagsOf(request);
  const { row, createdAt } = resource;
  const claim = { existing, wanted: tags, keys, naming: row.naming, origin, createdAt, requestTags };
  return decide({ ...claim, onExisting, now: run.now() });
}

interface Write {
  readonly request: TagRequest;
  /** The request as it is made now: without what the service refused of it the first time. */
  readonly wish: TagRequest;
  readonly existing: TagSet;
  readonly tags: TagSet;
}

/** Resources that get the same tags are written together. */
async function writeAll(writes: readonly Write[], tagger: Tagger, run: Run): Promise<readonly Settled[]> {
  const groups = Map.groupBy(writes, ({ tags }) => JSON.stringify([...tags]));
  const settled = [...groups.values()].map((group) =>
    writeGroup(group, group[0]?.tags ?? new Map(), tagger, run),
  );
  return (await Promise.all(settled)).flat();
}

async function writeGroup(
  group: readonly Write[],
  tags: TagSet,
  tagger: Tagger,
  run: Run,
): Promise<readonly Settled[]> {
  const targets = group.map(({ request }) => request.target);
  const { dryRun } = run.settings;
  const answers = dryRun
    ? targets.map(() => ({ value: undefined }))
    : await tagger.write(run.calls, targets, tags, run.signal);
  const settled = group.map((write, at) => settle(write, answers[at] ?? NO_ANSWER, tagger, run));
  return (await Promise.all(settled)).flat();
}

async function settle(
  { request, wish, existing, tags }: Write,
  answer: Attempt<void>,
  tagger: Tagger,
  run: Run,
): Promise<readonly Settled[]> {
  if ('value' in answer) {
    run.written.set(request.target.arn, new Map([...existing, ...tags]));
    return [{ request, outcome: outcomeOf(wish, run.settings.dryRun ? 'would-tag' : 'tagged') }];
  }
  const { failure } = answer;
  const mayBeTheTags = failure.class === 'invalid-tags' || failure.class === 'invalid';
  const plainer = mayBeTheTags ? withoutDoubt(wish, tags) : undefined;
  if (plainer === undefined) return [{ request, outcome: outcomeOfFailure(wish, failure, run.now()) }];
  return writeGroup([{ request, wish: plainer, existing, tags: plainer.tags }], plainer.tags, tagger, run);
}
