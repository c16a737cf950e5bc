/**
 * The digests of one day's folder, read and judged: which log files they name, which hours they cover, and whether each
 * follows the one before it in its chain. A trail has a chain of its own in each region; several may write to one bucket.
 */
import type { Readable } from 'node:stream';
import { readLogKey } from '../../../parser/log-key.ts';
import type { ListObjects } from '../../file/bucket-listing.ts';
import type { LogReader } from '../../file/log-reader.ts';
import { pagesOf } from '../scope/folders.ts';
import type { Branch } from '../scope/place.ts';
import {
  type Digest,
  type DigestProblem,
  type PublicKeyOf,
  type ReadDigest,
  readDigest,
} from './digest-file.ts';

export interface DayOfDigests {
  /** Hashes of the branch's log files by their keys. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly digests: readonly ReadDigest[];
}

export interface DigestSource {
  readonly bucket: string;
  readonly branch: Branch;
  readonly list: ListObjects;
  readonly logs: Pick<LogReader, 'getObject'>;
  readonly publicKeyOf: PublicKeyOf;
  readonly signal: AbortSignal;
}

/** Digests of a day that are read at once: there are 24 of a trail. */
const AT_ONCE = 8;

/** A digest is small; what somebody has put in its place need not be. */
const MAX_COMPRESSED_BYTES = 4 * 1024 * 1024;

/** `day` as folders spell it: `2025/03/01`. Throws CallError. */
export async function readDay(day: string, source: DigestSource): Promise<DayOfDigests> {
  const { branch, list, signal } = source;
  const prefix = `${digestsOf(branch)}${day}/`;
  const keys: { readonly key: string; readonly size: number }[] = [];
  for await (const { objects } of pagesOf(list, { prefix }, signal)) {
    keys.push(...objects.filter(({ key }) => readLogKey(key).kind === 'digest'));
  }
  const digests: ReadDigest[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    digests.push(...(await Promise.all(keys.slice(at, at + AT_ONCE).map((each) => read(each, source)))));
  }
  return { hashes: hashesOf(digests, branch), digests };
}

/** Where the digests of a branch are: beside its log files. */
export function digestsOf({ prefix }: Branch): string {
  return prefix.replace(/\/CloudTrail\/([^/]+\/)$/, '/CloudTrail-Digest/$1');
}

async function read(
  { key, size }: { readonly key: string; readonly size: number },
  source: DigestSource,
): Promise<ReadDigest> {
  const { bucket, logs, publicKeyOf, signal } = source;
  if (size > MAX_COMPRESSED_BYTES) return { key, problem: 'broken', detail: `it has ${size} bytes` };
  const { Body, Metadata = {} } = await logs.getObject({ bucket, key }, undefined, signal);
  const body = Buffer.concat(await Array.fromAsync(Body as Readable));
  return readDigest({ bucket, key, body, signature: Metadata.signature }, publicKeyOf);
}

/** A digest vouches for the files of its own account and region alone: the key that it is signed with is that of a region. */
function hashesOf(digests: readonly ReadDigest[], { prefix }: Branch): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const digest of digests) {
    if (!isDigest(digest)) continue;
    for (const [key, hash] of digest.hashes) if (key.startsWith(prefix)) hashes.set(key, hash);
  }
  return hashes;
}

export function isDigest(read: ReadDigest): read is Digest {
  return !('problem' in read);
}

export interface ChainProblem {
  readonly reason: 'missing-digest' | DigestProblem['problem'];
  readonly detail: string;
}

/** Follows the chains from day to day, in order. */
export function createChains() {
  const last = new Map<string, Digest>();
  return {
    follow(digests: readonly ReadDigest[]): readonly ChainProblem[] {
      return digests.flatMap((each): readonly ChainProblem[] => {
        if (!isDigest(each)) return [{ reason: each.problem, detail: `${each.key}: ${each.detail}` }];
        if (each.key.endsWith('_backfill.json.gz')) return []; // written later, beside the chain
        const chain = chainOf(each.key);
        const before = last.get(chain);
        last.set(chain, each);
        return followsProblem(each, before);
      });
    },
  };
}

/** What was before the first digest that is looked at is not known. */
function followsProblem({ key, previous }: Digest, before: Digest | undefined): readonly ChainProblem[] {
  if (before === undefined || previous === undefined) return [];
  if (previous.key !== before.key) {
    return [{ reason: 'missing-digest', detail: `${previous.key}, which ${key} names as the one before it` }];
  }
  if (previous.sha256 === before.sha256 && previous.signature === before.signature) return [];
  return [{ reason: 'missing-digest', detail: `${previous.key} is not the one that ${key} names` }];
}

/** `…_trail_eu-west-1_20250301T130000Z.json.gz`: all but the time tells the trail. */
function chainOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).replace(/_\d{8}T\d{6}Z.*$/, '');
}
