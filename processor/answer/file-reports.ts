/** The reports of an invocation's files, for its answer: the first of them, as many as can be answered at all. */
import type { FileReport } from '../file/file-report.ts';

export interface FileReports {
  /** In the order in which the files were done. */
  readonly reports: readonly FileReport[];
  readonly leftOut: number;
}

export interface CollectedReports extends FileReports {
  add(report: FileReport): void;
}

/** A prefix may hold a hundred thousand files: all of their reports are in the log, and no more are held than `maxBytes`. */
export function collectReports(maxBytes: number): CollectedReports {
  const reports: FileReport[] = [];
  let room = maxBytes;
  let leftOut = 0;
  return {
    reports,
    get leftOut() {
      return leftOut;
    },
    add(report) {
      if (room > 0) room -= Buffer.byteLength(JSON.stringify(report));
      if (room > 0) reports.push(report);
      else leftOut++;
    },
  };
}
