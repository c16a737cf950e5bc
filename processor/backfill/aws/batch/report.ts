/**
 * The completion report of a job: a manifest that names files of CSV, of tasks that succeeded and of those that failed. Rows are read as
 * they come. Source: Amazon S3 User Guide, "Examples: S3 Batch Operations completion reports".
 */
import { CsvError, parse } from 'csv-parse';
import * as z from 'zod';
import { jsonIn, narrow } from '../../../narrow.ts';
import { REPORT } from '../../bulk/run-keys.ts';
import type { BulkWork, TaskResult } from '../bulk-engine.ts';
import { BulkError } from '../bulk-error.ts';

const MANIFEST = z.object({
  Format: z.literal('Report_CSV_20180820'),
  Results: z.array(z.object({ Bucket: z.string(), Key: z.string() })),
});

const ROWS_A_BATCH = 1_000;

/** A key of 1,024 bytes, URL-encoded, and a thousand characters of what the function answered, with quotes doubled. */
const MAX_ROW_BYTES = 64 * 1024;

/** Nothing where there is none: of a job of which no task was begun S3 leaves none. Throws CallError, BulkError. */
export async function* readReport(
  { bucket, scope }: BulkWork,
  jobId: string,
  round: number,
): AsyncGenerator<readonly TaskResult[]> {
  const name = `${REPORT}/job-${jobId}/manifest.json`;
  const text = await bucket.read(name);
  if (text === undefined) return;
  for (const { Key } of filesIn(text, `${bucket.bucket}/${bucket.prefix}${name}`)) {
    if (!Key.startsWith(bucket.prefix))
      throw new BulkError(`the report ${name} names ${Key}, which is not of this run`);
    const rows = parse({ relax_column_count: true, max_record_size: MAX_ROW_BYTES });
    const body = await bucket.open(Key.slice(bucket.prefix.length));
    body.on('error', (error) => rows.destroy(error));
    body.pipe(rows);
    let batch: TaskResult[] = [];
    try {
      for await (const row of rows as AsyncIterable<readonly string[]>) {
        const found = taskOf(row, scope.bucket, round);
        if (found === undefined) continue;
        batch.push(found);
        if (batch.length < ROWS_A_BATCH) continue;
        yield batch;
        batch = [];
      }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      throw new BulkError(`s3://${bucket.bucket}/${Key}: it is no report as S3 writes it: ${error.message}`);
    } finally {
      body.destroy();
    }
    if (batch.length > 0) yield batch;
  }
}

function filesIn(text: string, name: string): z.infer<typeof MANIFEST>['Results'] {
  const found = narrow(MANIFEST, jsonIn(text))?.data;
  if (found !== undefined) return found.Results;
  throw new BulkError(`${name}: expected a completion report of S3 Batch Operations (Report_CSV_20180820)`);
}

/** `bucket, key, version, status, …, …, message`: what stands between comes in either order, and says nothing more. */
function taskOf(row: readonly string[], bucket: string, round: number): TaskResult | undefined {
  const [of, encoded = '', , status] = row;
  if (of !== bucket || encoded === '') return undefined;
  const key = decodedKey(encoded);
  const message = row.length > 6 ? (row.at(-1) ?? '') : '';
  if (status === 'succeeded') return { key, round, answer: message };
  return { key, round, problem: message || row.slice(4, 6).join(' ') };
}

/** As in the manifest. What is no such text is a key as it is. */
function decodedKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
