/** An inventory of a bucket as S3 leaves it (Amazon S3 User Guide, "Amazon S3 Inventory list"): keys are URL-encoded. */
import { gzipSync } from 'node:zlib';
import type { Sandbox } from '../../sandbox/sandbox.ts';

export interface InventoryToPut {
  /** Where it is left. */
  readonly bucket: string;
  readonly sourceBucket: string;
  readonly keys: readonly string[];
}

/** Gives the key of its manifest, of which `facts` change what they name. */
export function putInventory(
  sandbox: Sandbox,
  { bucket, sourceBucket, keys }: InventoryToPut,
  facts: object = {},
): string {
  const data = 'inventory/data/1.csv.gz';
  const rows = keys.map(
    (key) => `"${sourceBucket}","${encodeURIComponent(key)}","100","2026-01-01T00:00:00.000Z"\n`,
  );
  sandbox.putObject(bucket, data, gzipSync(rows.join('')));
  const manifest = {
    sourceBucket,
    destinationBucket: `arn:aws:s3:::${bucket}`,
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size, LastModifiedDate',
    files: [{ key: data }],
    ...facts,
  };
  const key = 'inventory/manifest.json';
  sandbox.putObject(bucket, key, JSON.stringify(manifest));
  return key;
}
