/** An object of the archive that is too large for one call. */
import { randomBytes } from 'node:crypto';
import { type FileReport, reportUnread } from '../../../processor/file/file-report.ts';
import { s3LogFile } from '../../../processor/file/log-file.ts';
import type { LogFileRef } from '../../../processor/log-file-ref.ts';
import type { Outcome } from '../../../tag-manager/outcome.ts';
import type { Deployment } from '../../helpers/deployment.ts';

/** More than one part. */
export const LINES = 300;

/** What a line takes in its object: its text compresses to three quarters. */
export const LINE_BYTES = 21_000;

export interface Large {
  add(lines: number): Promise<void>;
  settle(): Promise<FileReport>;
}

/** Each line has what became of the first resource of a log file. */
export async function beginLarge(
  { runtime }: Deployment,
  ref: LogFileRef,
  signal = new AbortController().signal,
): Promise<Large> {
  const file = s3LogFile(runtime.logs, ref);
  const found: Outcome[] = [];
  await runtime.files.process(file, signal, {
    onOutcomes(outcomes) {
      found.push(...outcomes);
    },
  });
  const [first] = found;
  if (first === undefined || runtime.archive === undefined) throw new Error('there is nothing to archive');
  const archiving = runtime.archive.begin(file, false, signal);
  const { error: _, ...report } = reportUnread(file, undefined);
  return {
    add(lines) {
      const reasons = Array.from({ length: lines }, () => randomBytes(LINE_BYTES).toString('base64'));
      return archiving.add(
        reasons.map((reason) => ({ ...first, outcome: 'failed', failure: undefined, reason })),
      );
    },
    settle: () => archiving.settle({ ...report, complete: true }),
  };
}

export async function archiveLarge(deployment: Deployment, ref: LogFileRef): Promise<FileReport> {
  const large = await beginLarge(deployment, ref);
  for (let lines = 0; lines < LINES; lines += 100) await large.add(100);
  return large.settle();
}
