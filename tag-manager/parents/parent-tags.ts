/**
 * Who made a parent, as its own tags say: what auto-tagger wrote on it, perhaps years ago, or somebody has corrected since.
 * Only where the ledger does not know the parent is it asked. Parents bear hundreds of children: each is read once in a while.
 */
import type { Parent } from '../../parser/parents/parent.ts';
import type { Partition } from '../../parser/partition.ts';
import { isTransient } from '../calls/call-failure.ts';
import type { Calls } from '../calls/calls.ts';
import { keepLeastRecent, type LeastRecent } from '../calls/least-recent.ts';
import { looksOurs } from '../ownership/ours.ts';
import type { Attempt } from '../taggers/tagger.ts';
import type { TaggerFor } from '../taggers/taggers.ts';
import type { TagSet } from '../tags/tag-set.ts';
import type { TagSettings } from '../tags/tag-settings.ts';

/** What asking who made parents wants of a run. */
export interface ParentAsking {
  readonly calls: Calls;
  readonly taggerFor: TaggerFor;
  readonly settings: TagSettings;
  /** What was read of parents a moment ago. */
  readonly parentReads: ParentReads;
  /** The human behind an ARN, as far as it tells. */
  readonly personOfArn: (arn: string) => string;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** By the name of the parent. Make one for each process. */
export type ParentReads = LeastRecent<string, ParentRead>;

interface ParentRead {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly tags: Promise<Attempt<TagSet>>;
}

/** That is the parents of one file, nearly always. One takes about 2 KB. */
const MAX_READS = 1_000;

/** A batch takes less. What is written on a parent meanwhile is known from the ledger, by the event. */
const KEPT_MS = 60_000;

export function keepParentReads(): ParentReads {
  return keepLeastRecent(MAX_READS);
}

/**
 * Empty where it bears none of ours, is no more, or may not be read: then the parent is not known. What trying again can
 * help is a failure, which is not kept.
 */
export function readParentTags(
  parent: Parent,
  partition: Partition,
  run: Pick<ParentAsking, 'calls' | 'taggerFor' | 'parentReads' | 'signal' | 'now'>,
): Promise<Attempt<TagSet>> {
  const key = `${parent.account} ${parent.arn}`;
  const known = run.parentReads.find(key);
  if (known !== undefined && run.now() - known.at < KEPT_MS) return known.tags;
  const read: ParentRead = { at: run.now(), tags: readTags(parent, partition, run) };
  run.parentReads.put(key, read);
  void read.tags.then((tags) => {
    if ('failure' in tags && run.parentReads.find(key) === read)
      run.parentReads.put(key, { ...read, at: -Infinity });
  });
  return read.tags;
}

async function readTags(
  { arn, resourceType: type, resource, account, region }: Parent,
  partition: Partition,
  { calls, taggerFor, signal }: Pick<ParentAsking, 'calls' | 'taggerFor' | 'signal'>,
): Promise<Attempt<TagSet>> {
  if (resource === undefined) return NO_TAGS;
  const target = { arn, id: resource.id, type, partition, account, region };
  const [read = NO_TAGS] = await taggerFor(resource.api).read(calls, [target], signal);
  return 'failure' in read && !isTransient(read.failure) ? NO_TAGS : read;
}

const NO_TAGS: Attempt<TagSet> = { value: new Map() };

/**
 * Of tags that look ours: what stands under a key that gives the person and nothing else, else who is behind `CreatedBy`,
 * as far as that tells.
 */
export function personInTags(
  tags: TagSet,
  { settings, now, personOfArn }: Pick<ParentAsking, 'settings' | 'now' | 'personOfArn'>,
): string | undefined {
  const { keys, templates } = settings;
  if (!looksOurs({ existing: tags, keys, now: now() })) return undefined;
  const ofPerson = [...templates].filter(([, { person }]) => person === 'whole').map(([key]) => key);
  const [named] = [...ofPerson, keys.createdBy].flatMap((key) => tags.get(key) || []);
  return named?.startsWith('arn:') ? personOfArn(named) : named;
}
