/**
 * What a map run leaves of its child workflows in a bucket (Developer Guide, "ResultWriter (Map)"): a manifest, and a file for each
 * status. With COMPACT it holds of those that succeeded the output alone; of the others everything.
 */
import type { World } from '../../world.ts';
import { bucketNamed } from '../s3/bucket.ts';
import { storeObject } from '../s3/objects.ts';
import type { Child } from './child.ts';
import type { MapState } from './definition.ts';
import { filled } from './paths.ts';
import { StatesError } from './states-error.ts';

export interface Written {
  readonly Bucket: string;
  readonly Key: string;
}

const FILES = {
  SUCCEEDED: ['SUCCEEDED'],
  FAILED: ['FAILED', 'ABORTED', 'TIMED_OUT'],
  PENDING: ['PENDING'],
} as const satisfies Readonly<Record<string, readonly Child['status'][]>>;

export function writeResults(
  { ResultWriter: { Parameters, WriterConfig } }: MapState,
  { mapRunArn, children, input }: { mapRunArn: string; children: readonly Child[]; input: unknown },
  world: World,
): Written {
  const { Bucket = '', Prefix = '' } = filled(Parameters, { input }) as Readonly<Record<string, string>>;
  const bucket = bucketNamed(world, Bucket);
  if (bucket === undefined)
    throw new StatesError('States.ResultWriterFailed', `there is no bucket ${Bucket}`);
  const folder = `${Prefix}/${mapRunArn.split(':').at(-1)}`;
  const isLines = WriterConfig?.OutputType === 'JSONL';
  const put = (key: string, text: string) => {
    const body = Buffer.from(text);
    storeObject(bucket, key, body, { lastModified: world.clock.now() });
    return { Key: key, Size: body.length };
  };
  const ResultFiles = Object.fromEntries(
    Object.entries(FILES).map(([name, statuses]) => {
      const all = children.filter(({ status }) => (statuses as readonly string[]).includes(status));
      const rows = all.map((child) => JSON.stringify(rowOf(child, WriterConfig?.Transformation)));
      // The guide names SUCCEEDED_0.json; what it is called with JSON Lines is not published.
      const key = `${folder}/${name}_0.${isLines ? 'jsonl' : 'json'}`;
      const text = isLines ? rows.map((row) => `${row}\n`).join('') : `[${rows.join(',')}]`;
      return [name, rows.length === 0 ? [] : [put(key, text)]];
    }),
  );
  const Key = `${folder}/manifest.json`;
  put(Key, JSON.stringify({ DestinationBucket: Bucket, MapRunArn: mapRunArn, ResultFiles }));
  return { Bucket, Key };
}

function rowOf(child: Child, transformation = 'NONE'): unknown {
  const { status, output, input, name, arn, failure } = child;
  if (status === 'SUCCEEDED' && transformation === 'COMPACT') return output;
  return {
    ExecutionArn: arn,
    Input: JSON.stringify(input),
    InputDetails: { Included: true },
    Name: name,
    Status: status,
    RedriveCount: child.redriveCount,
    ...(status === 'SUCCEEDED' && { Output: JSON.stringify(output), OutputDetails: { Included: true } }),
    ...(failure && { Error: failure.error, Cause: failure.cause }),
  };
}
