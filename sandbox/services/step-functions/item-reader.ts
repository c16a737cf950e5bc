/** Where the items of a distributed map come from (Developer Guide, "ItemReader (Map)"). */
import { gunzipSync } from 'node:zlib';
import type { World } from '../../world.ts';
import { csvRows } from '../csv.ts';
import { bucketNamed } from '../s3/bucket.ts';
import { keysWith } from '../s3/list-objects.ts';
import { objectIn } from '../s3/objects.ts';
import type { ItemReader } from './definition.ts';
import { filled } from './paths.ts';
import { StatesError } from './states-error.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

type Item = Readonly<Record<string, unknown>>;

/** Throws StatesError. */
export function readItems(reader: ItemReader, input: unknown, world: World, place: Place): readonly Item[] {
  const { Bucket, Prefix, Key } = filled(reader.Parameters, { input }) as Readonly<Record<string, string>>;
  const action = reader.Resource.split(':').at(-1);
  if (action === 'listObjectsV2') return listed(Bucket, Prefix, world, place);
  const content = contentOf(Bucket, Key, world);
  const { InputType, CSVHeaders } = reader.ReaderConfig ?? {};
  if (action === 'getObject' && InputType === 'MANIFEST') return inventoried(content, world);
  if (action === 'getObject' && InputType === 'CSV' && CSVHeaders !== undefined)
    return rows(content, CSVHeaders);
  throw failed(`the sandbox does not know ${JSON.stringify(reader)}`);
}

/** "Step Functions only supports listing objects in Amazon S3 buckets that are in both the same account and the same Region". */
function listed(
  name: string | undefined,
  prefix = '',
  world: World,
  { account, region }: Place,
): readonly Item[] {
  const bucket = bucketNamed(world, name ?? '');
  if (bucket?.account !== account || bucket.region !== region)
    throw failed(`${name}: The bucket is not accessible`);
  return keysWith(bucket, prefix).map(({ key, LastModified, ETag, Size }) => ({
    Etag: ETag,
    Key: key,
    LastModified: LastModified.getTime() / 1000,
    Size,
    StorageClass: 'STANDARD',
  }));
}

function contentOf(name: string | undefined, key: string | undefined, world: World): Buffer {
  const bucket = bucketNamed(world, name ?? '');
  const object = bucket && objectIn(bucket, key ?? '');
  if (object === undefined) throw failed(`${name}/${key}: The specified key does not exist.`);
  return object.body;
}

interface InventoryManifest {
  readonly destinationBucket: string;
  readonly fileFormat: string;
  readonly fileSchema: string;
  readonly files: readonly { readonly key: string }[];
}

function inventoried(content: Buffer, world: World): readonly Item[] {
  const { destinationBucket, fileFormat, fileSchema, files } = JSON.parse(
    content.toString(),
  ) as InventoryManifest;
  if (fileFormat !== 'CSV') throw failed(`an inventory as ${fileFormat} is not read`);
  const bucket = destinationBucket.split(':').at(-1);
  const names = fileSchema.split(',').map((name) => name.trim());
  return files.flatMap(({ key }) => rows(gunzipSync(contentOf(bucket, key, world)), names));
}

function rows(content: Buffer, names: readonly string[]): readonly Item[] {
  return csvRows(content).map((values) =>
    Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])),
  );
}

function failed(why: string): StatesError {
  return new StatesError('States.ItemReaderFailed', why);
}
