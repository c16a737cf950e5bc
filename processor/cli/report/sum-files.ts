/** Sums up log files for a report: those on disk in this thread and in others, those of a bucket side by side. */
import { extname } from 'node:path';
import { type FileReport, reportUnread, wasReadingStopped } from '../../file/file-report.ts';
import { type LogFile, localLogFile, localLogFiles } from '../../file/log-file.ts';
import type { FileProcessor } from '../../file/process-file.ts';
import { rowOf } from '../../file/resource-row.ts';
import { csvLine } from '../../report/csv.ts';
import { addReport, addResource, type ReportSums, startSums } from '../../report/sums/sums.ts';
import type { Runtime, ThreadSettings } from '../../runtime/planning-runtime.ts';
import { fewAtOnce } from '../few-at-once.ts';
import { runFile } from '../file-result.ts';
import { eachSideBySide } from '../side-by-side.ts';
import { inThreads } from '../threads/in-threads.ts';
import { errorOf, type ThreadError } from '../threads/messages.ts';
import { createPool, type Pool } from '../threads/pool.ts';
import type { WalkListener } from '../walk-folder.ts';

/** How files are summed up. It can be cloned. */
export interface Summing {
  /** No later day is believed. */
  readonly lastDay: number;
  /** Whether a line of CSV is made of each resource. */
  readonly asCsv: boolean;
}

/** What a thread is given. It can be cloned. */
export interface ReportThreadData extends Summing {
  readonly settings: ThreadSettings;
}

/** What some files came to, in a form that crosses from thread to thread. */
export interface Summed {
  readonly sums: ReportSums;
  /** Of all their resources, in the order of the files. */
  readonly csv: string;
  /** Those that could not be read to their end. */
  readonly unreadable: readonly FileReport[];
}

export interface SumOptions extends ReportThreadData {
  readonly files: FileProcessor;
  readonly signal: AbortSignal;
}

/** Beside this file also where both are bundled, and end in `.mjs`. */
const WORKER = new URL(`./report-thread${extname(import.meta.url)}`, import.meta.url);

/** Batch by batch, in their order. Throws what `paths` throws. */
export async function* sumPaths(
  paths: AsyncIterable<readonly string[]>,
  { files, settings, lastDay, asCsv, signal }: SumOptions,
): AsyncGenerator<Summed> {
  const data: ReportThreadData = { settings, lastDay, asCsv };
  const here = (batch: readonly string[]) => sumBatch(batch, files, data, signal);
  const pool: Pool<ReportThreadData, string, Summed> = createPool(WORKER, { signal });
  pool.begin(data);
  try {
    for await (const each of inThreads(pool, paths, { here, signal })) {
      yield each.ok ? each.result : unreadable(each.item, each.error, data);
    }
  } finally {
    await pool.stop();
  }
}

/** Those of a bucket or standard input, file by file. Throws PathError. */
export async function* sumLogFiles(
  path: string,
  runtime: Runtime,
  {
    listener,
    signal,
    ...summing
  }: Summing & { readonly listener: WalkListener; readonly signal: AbortSignal },
): AsyncGenerator<Summed> {
  const sum = (file: LogFile) => sumAll([file], runtime.files, summing, signal);
  for await (const together of eachSideBySide(path, runtime, { listener, signal }, sum)) yield* together;
}

/** Files whose reading was broken off are left out, as if they had not been begun. */
export function sumBatch(
  paths: readonly string[],
  files: FileProcessor,
  summing: Summing,
  signal: AbortSignal,
): Promise<Summed> {
  return sumAll(localLogFiles(paths), files, summing, signal);
}

async function sumAll(
  logs: Iterable<LogFile>,
  files: FileProcessor,
  { lastDay, asCsv }: Summing,
  signal: AbortSignal,
): Promise<Summed> {
  const sums = startSums(lastDay);
  const broken: FileReport[] = [];
  const csv: string[] = [];
  await fewAtOnce(logs, signal, async (file, at) => {
    csv[at] = '';
    const result = await runFile(file, files, signal);
    if (wasReadingStopped(result, signal)) return;
    const { report, outcomes } = result;
    addReport(sums, report);
    if (!report.complete) broken.push(report);
    for (const outcome of outcomes) {
      const row = rowOf(report.file, outcome);
      addResource(sums, row);
      if (asCsv) csv[at] += csvLine(row);
    }
  });
  return { sums, csv: csv.join(''), unreadable: broken };
}

/** A file that ended its thread. */
function unreadable(path: string, error: ThreadError, { lastDay }: Summing): Summed {
  const report = reportUnread(localLogFile(path), errorOf(error));
  const sums = startSums(lastDay);
  addReport(sums, report);
  return { sums, csv: '', unreadable: [report] };
}
