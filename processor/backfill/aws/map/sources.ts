/** Where a state machine reads log files from: a listing of its own, an inventory, or the lists that we write. */
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { jsonIn, narrow } from '../../../narrow.ts';
import { type MachineSource, MOST_SOURCES } from '../../bulk/machine-input.ts';
import type { FoundBranch } from '../../scope/find-branches.ts';
import { type Scope, urlOf } from '../../scope/scope.ts';
import type { BulkStart, InventoryPlace } from '../bulk-engine.ts';
import { BulkError } from '../bulk-error.ts';
import { isOwnBucket } from '../own-bucket.ts';
import type { MapJobInput } from './job-input.ts';

/**
 * A map run reads 100,000,000 items at most, of a file of 10 GB (AWS Step Functions Developer Guide, "Service quotas", "ItemReader");
 * a list of ours is written on this machine's disk first.
 */
const MOST_FILES = 10_000_000;

/** Nothing where there is nothing left to do. Throws CallError, BulkError. */
export async function sourcesFor(work: BulkStart): Promise<MapJobInput | undefined> {
  const { isFirst, inventory } = work;
  if (isFirst && inventory !== undefined) {
    return { sources: [{ from: 'inventory', key: inventory }] };
  }
  const listed = isFirst ? listings(work.scope, work.branches) : undefined;
  if (listed !== undefined && (await isOwnBucket(work, listed[0]?.prefix))) return { sources: [...listed] };
  const manifests = await work.writeManifests(MOST_FILES);
  if (manifests.length === 0) return undefined;
  const files = manifests.reduce((sum, manifest) => sum + manifest.files, 0);
  return { files, sources: manifests.map(({ key }) => ({ from: 'manifest', key })) };
}

type ListedSource = Extract<MachineSource, { readonly from: 'listing' }>;

/**
 * Folders that hold all that the scope takes in, and nothing else: `undefined` where it leaves out some of their days, or takes in
 * files that lie in none.
 */
export function listings(
  { prefix, from, to }: Scope,
  branches: readonly FoundBranch[],
): readonly ListedSource[] | undefined {
  const isPlain = branches.some(({ plain }) => plain !== undefined);
  if (from !== undefined || to !== undefined || isPlain || branches.length > MOST_SOURCES) return undefined;
  return branches.map((branch) => ({
    from: 'listing',
    prefix: prefix.startsWith(branch.prefix) ? prefix : branch.prefix,
  }));
}

const INVENTORY = z.object({
  sourceBucket: z.string(),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string() })),
});

const FIELDS = ['Bucket', 'Key'];

/** Gives the key of its manifest. Throws BulkError where the machine cannot read it, or it is of another bucket. */
export async function readInventory(
  url: string,
  { calls, deployment, scope, signal }: InventoryPlace,
): Promise<string> {
  const { bucket, account, region } = deployment;
  const problem = (why: string) => new BulkError(`--inventory ${url}: ${why}`);
  const beginning = urlOf({ bucket, prefix: '' });
  if (!url.startsWith(beginning) || !url.endsWith('/manifest.json')) {
    throw problem(
      `expected ${beginning}…/manifest.json: the state machine reads inventories of the bucket that keeps the runs`,
    );
  }
  const Key = url.slice(beginning.length);
  const command = new GetObjectCommand({ Bucket: bucket, Key, ExpectedBucketOwner: account });
  const callee = { client: S3Client, account: undefined, region };
  const { Body } = await calls.make(callee, signal, (client, options) => client.send(command, options));
  const found = narrow(INVENTORY, jsonIn((await Body?.transformToString()) ?? ''))?.data;
  if (found === undefined) throw problem('it is no manifest of S3 Inventory');
  const { sourceBucket, fileFormat, fileSchema } = found;
  if (sourceBucket !== scope.bucket) {
    throw problem(`it is of the bucket ${sourceBucket}, and the backfill of ${scope.bucket}`);
  }
  if (fileFormat !== 'CSV') throw problem(`expected an inventory as CSV, got ${fileFormat}`);
  const fields = fileSchema.split(',').map((field) => field.trim());
  const missing = FIELDS.filter((field) => !fields.includes(field));
  if (missing.length > 0) throw problem(`it has no ${missing.join(' and no ')}; add it to the inventory`);
  if (fields.includes('IsLatest')) {
    throw problem('it lists all versions of each log file; make one of the current versions alone');
  }
  return Key;
}
