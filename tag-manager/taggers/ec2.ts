/**
 * Amazon EC2: one `CreateTags` or `DeleteTags` for many ids. It is all or nothing: one id that is gone fails the call for
 * all, and only the error's message says which. So what failed is taken out or narrowed down, and the rest is tried again.
 */
import { apiNamed } from '../apis/apis.ts';
import { CallError, readFailure } from '../calls/call-failure.ts';
import type { Calls } from '../calls/calls.ts';
import { readCall, sendCall } from '../services/service-call.ts';
import type { AnsweredTag } from '../services/template.ts';
import type { TagSet } from '../tags/tag-set.ts';
import { serviceTarget } from './row-tagger.ts';
import { type Attempt, attempt, type Tagger, type Target, tagIdOf } from './tagger.ts';

export const EC2 = 'ec2:CreateTags';

/** A filter of `DescribeTags` takes 200 values; `CreateTags` 1,000 ids, "smaller batches" recommended (EC2 API reference). */
const MAX_TARGETS = 200;

export const ec2Tagger: Tagger = {
  maxTargets: MAX_TARGETS,
  read,
  write: (...change) => changeAll('write', ...change),
  // Without keys `DeleteTags` takes all tags away (EC2 API reference).
  remove: async (calls, targets, tags, signal) =>
    tags.size === 0
      ? targets.map(() => ({ value: undefined }))
      : changeAll('remove', calls, targets, tags, signal),
};

async function read(
  calls: Calls,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<readonly Attempt<TagSet>[]> {
  const api = apiNamed(EC2);
  const described = await attempt(() => readCall(calls, api, api.read, serviceTarget(targets), signal));
  if ('failure' in described) return targets.map(() => described);
  const byId = Map.groupBy(described.value.tags, ({ id }) => id);
  return targets.map((target) => ({ value: tagsIn(byId.get(tagIdOf(target))) }));
}

function tagsIn(tags: readonly AnsweredTag[] = []): TagSet {
  return new Map(tags.map(({ key, value }) => [key, value]));
}

/** Ends at once when there is no time left: then every further call fails unsent. */
async function changeAll(
  does: 'write' | 'remove',
  calls: Calls,
  targets: readonly Target[],
  tags: TagSet,
  signal: AbortSignal,
): Promise<readonly Attempt<void>[]> {
  const answers = new Map<string, Attempt<void>>();
  let batches: readonly Batch[] = [targets];
  while (batches.length > 0) {
    const again: Batch[] = [];
    for (const batch of batches) {
      const { answer, settled, rest } = await change(does, calls, batch, tags, signal);
      for (const target of settled) answers.set(tagIdOf(target), answer);
      again.push(...rest.filter(({ length }) => length > 0));
    }
    batches = again;
  }
  return targets.map((target) => {
    const id = tagIdOf(target);
    return answers.get(id) ?? { failure: readFailure(new Error(`no answer for ${id}`)) };
  });
}

type Batch = readonly Target[];

interface Narrowed {
  /** The targets that the answer is about. */
  readonly settled: Batch;
  /** What is to be tried again, in these batches. */
  readonly rest: readonly Batch[];
}

async function change(
  does: 'write' | 'remove',
  calls: Calls,
  batch: Batch,
  tags: TagSet,
  signal: AbortSignal,
): Promise<Narrowed & { readonly answer: Attempt<void> }> {
  const api = apiNamed(EC2);
  try {
    await sendCall(calls, api, api[does], serviceTarget(batch, tags), signal);
    return { answer: { value: undefined }, settled: batch, rest: [] };
  } catch (error) {
    return { answer: { failure: readFailure(error) }, ...narrowDown(error, batch) };
  }
}

/**
 * Whom an error is about: where the tags are refused, everybody of a type, because tag policies are made for types; else those
 * that its message names; where we are denied, everybody of a type, because who may not tag volumes may tag their instances; where
 * it is about some and does not say which, one half or the other; else all.
 */
function narrowDown(error: unknown, batch: Batch): Narrowed {
  const { class: what } = readFailure(error);
  const types = [...Map.groupBy(batch, typeOf).values()];
  const byType = types.length > 1 ? { settled: [], rest: types } : { settled: batch, rest: [] };
  if (what === 'invalid-tags') return byType;
  const mentioned = idsIn(error);
  const isNamed = (target: Target) => mentioned.has(tagIdOf(target));
  const named = batch.filter(isNamed);
  if (named.length > 0) return { settled: named, rest: [batch.filter((target) => !isNamed(target))] };
  if (what === 'denied') return byType;
  const isAboutSome = what === 'not-found' || what === 'invalid' || what === 'too-many-tags';
  if (!isAboutSome || batch.length === 1) return { settled: batch, rest: [] };
  const middle = Math.ceil(batch.length / 2);
  return { settled: [], rest: [batch.slice(0, middle), batch.slice(middle)] };
}

/** The beginning of an id says what it is of: `i`, `vol`, `snap`. */
function typeOf(target: Target): string {
  const id = tagIdOf(target);
  return id.slice(0, id.lastIndexOf('-'));
}

/** From the whole message of the SDK's error. Ids are taken whole: one of 8 digits may be the beginning of one of 17. */
function idsIn(error: unknown): ReadonlySet<string> {
  const { message } = (error instanceof CallError ? error.cause : error) as Error;
  return new Set(message.match(/[a-z]+(?:-[a-z]+)*-[0-9a-f]+/g));
}
