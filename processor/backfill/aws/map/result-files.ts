/**
 * What a map run has left of its batches (AWS Step Functions Developer Guide, "ResultWriter (Map)"): a manifest that names files of JSON
 * lines. A batch that succeeded is there with its output, all others with everything that is known of them. Lines are read as they
 * come. Files of batches that were never begun are passed over: they tell nothing of log files.
 */
import * as z from 'zod';
import { jsonIn, narrow } from '../../../narrow.ts';
import type { BulkWork, TaskResult } from '../bulk-engine.ts';
import { BulkError } from '../bulk-error.ts';

const FILES = z.array(z.object({ Key: z.string() }));
const MANIFEST = z.object({ ResultFiles: z.object({ SUCCEEDED: FILES, FAILED: FILES }) });

const ITEM = z.union([z.object({ UrlEncodedKey: z.string() }), z.object({ Key: z.string() })]);
const BATCH = z.object({ Items: z.array(ITEM) });

const OUTPUT = z.object({
  /** Of all its rounds, in arrays within arrays, the last ones last. */
  sums: z.array(z.unknown()),
  remaining: z.array(BATCH),
  problems: z.array(z.object({ disposition: z.string(), problem: z.string() })),
});

const FAILED = z.object({
  Input: z.optional(z.string()),
  Status: z.string(),
  Error: z.optional(z.string()),
  Cause: z.optional(z.string()),
});

const KEYED = z.looseObject({ key: z.string() });

/** `name` is that of the manifest, in the run's part of the bucket. Throws CallError, BulkError. */
export async function* readResults(
  work: BulkWork,
  name: string,
  round: number,
): AsyncGenerator<readonly TaskResult[]> {
  const manifest = narrow(MANIFEST, jsonIn((await work.bucket.read(name)) ?? ''))?.data;
  if (manifest === undefined) throw broken(work, name, 'expected a manifest of results of Step Functions');
  const { SUCCEEDED, FAILED: failed } = manifest.ResultFiles;
  for (const { Key } of failed) yield* linesOf(work, Key, round, failedBatch);
  for (const { Key } of SUCCEEDED) yield* linesOf(work, Key, round, doneBatch);
}

type ReadBatch = (value: unknown, round: number) => readonly TaskResult[] | undefined;

async function* linesOf(
  work: BulkWork,
  key: string,
  round: number,
  read: ReadBatch,
): AsyncGenerator<readonly TaskResult[]> {
  const { bucket } = work;
  if (!key.startsWith(bucket.prefix)) throw broken(work, key, 'it is not of this run');
  const name = key.slice(bucket.prefix.length);
  for await (const line of lines(await bucket.open(name), () => broken(work, name, TOO_LONG))) {
    const found = read(jsonIn(line), round);
    if (found === undefined) throw broken(work, name, `a line of it is no batch: ${line.slice(0, 100)}`);
    yield found;
  }
}

/** Of the same log file the last sums count. What has none was not done. */
function doneBatch(value: unknown, round: number): readonly TaskResult[] | undefined {
  const output = narrow(OUTPUT, value)?.data;
  if (output === undefined) return undefined;
  const answers = new Map<string, unknown>();
  for (const sums of output.sums.flat(Number.POSITIVE_INFINITY)) {
    const keyed = narrow(KEYED, sums)?.data;
    if (keyed !== undefined) answers.set(keyed.key, keyed);
  }
  const [{ problem = 'it was not done in time' } = {}] = output.problems;
  const left = output.remaining.flatMap(({ Items }) => Items.map(keyOf)).filter((key) => !answers.has(key));
  return [
    ...[...answers].map(([key, answer]) => ({ key, round, answer })),
    ...left.map((key) => ({ key, round, problem })),
  ];
}

/** Where AWS leaves the input out, nobody knows which log files it was. */
function failedBatch(value: unknown, round: number): readonly TaskResult[] | undefined {
  const failed = narrow(FAILED, value)?.data;
  if (failed === undefined) return undefined;
  const items = narrow(BATCH, jsonIn(failed.Input ?? ''))?.data?.Items ?? [];
  const problem = problemOf(failed);
  return items.map((item) => ({ key: keyOf(item), round, problem }));
}

function problemOf({ Status, Error: error, Cause = '' }: z.infer<typeof FAILED>): string {
  if (error === undefined)
    return Status === 'ABORTED' ? 'it was stopped' : `its batch has ended as ${Status}`;
  const thrown = narrow(z.object({ errorMessage: z.string() }), jsonIn(Cause))?.data;
  return error === 'Rejected' ? Cause : `${error}: ${thrown?.errorMessage ?? Cause}`;
}

function keyOf(item: z.infer<typeof ITEM>): string {
  return 'UrlEncodedKey' in item ? decoded(item.UrlEncodedKey) : item.Key;
}

/** What is no such text is a key as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Input and output of a batch have 256 KiB at most, which JSON within JSON makes longer. */
const MAX_LINE = 16 * 1024 * 1024;
const TOO_LONG = `a line of it is longer than ${MAX_LINE} characters`;

async function* lines(
  body: AsyncIterable<unknown> & { destroy(): unknown },
  tooLong: () => Error,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body) {
      const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      if (rest.length > MAX_LINE) throw tooLong();
      yield* parts.filter((line) => line !== '');
    }
    if (rest !== '') yield rest;
  } finally {
    body.destroy();
  }
}

function broken({ bucket }: BulkWork, name: string, why: string): BulkError {
  return new BulkError(`s3://${bucket.bucket}/${bucket.prefix}${name}: ${why}`);
}
