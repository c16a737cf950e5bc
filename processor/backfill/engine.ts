/**
 * What carries a run out, of one of two kinds: in this process, which tells the run's folder of each log file as it goes; or in
 * AWS, where it goes on by itself and is asked afterwards what became of each (`aws/bulk-engine.ts`).
 */
import type { Outcome, UndoneWork } from '../../tag-manager/outcome.ts';
import type { ListObjects } from '../file/bucket-listing.ts';
import type { FileReport } from '../file/file-report.ts';
import type { LogFile } from '../file/log-file.ts';
import type { FileObserver } from '../file/process-file.ts';
import type { Totals } from '../file/totals.ts';
import type { LogFileRef } from '../log-file-ref.ts';
import type { BulkEngine } from './aws/bulk-engine.ts';
import type { OpenFiles } from './local/file-line.ts';
import type { RunWriter } from './run/run-writer.ts';
import type { FoundBranch } from './scope/find-branches.ts';
import type { Scope } from './scope/scope.ts';

/** What became of one log file. */
export interface FileDone {
  readonly report: FileReport;
  readonly outcomes: readonly Outcome[];
  readonly undone: readonly UndoneWork[];
}

/** Hears how the run goes. */
export interface EngineListener {
  /** Of each file that is done; it counts once all before it are. */
  readonly onFile: (done: FileDone, bytes: number) => void;
  /** All files of the branch have been begun. */
  readonly onBranch: (branch: FoundBranch) => void;
  /** The rest of a branch cannot be listed; the others are gone on with. */
  readonly onProblem: (branch: FoundBranch, error: unknown) => void;
}

export interface EngineWork {
  readonly run: RunWriter;
  readonly scope: Scope;
  readonly branches: readonly FoundBranch[];
  readonly list: ListObjects;
  /** Aborted when nothing more shall be begun. What is not done by then is not in the run's checkpoint. */
  readonly signal: AbortSignal;
  readonly listener: EngineListener;
  readonly files: FileWork;
}

/** How one file is read and tagged here. */
export interface FileWork {
  readonly logFile: (ref: LogFileRef, branch: FoundBranch) => LogFile;
  /** Once all files of a branch have been begun: what digests tell at its end. Throws CallError; then the branch is not done. */
  readonly endBranch?: (branch: FoundBranch) => Promise<Totals['digests']>;
  readonly process: (
    file: LogFile,
    signal: AbortSignal,
    onRead: NonNullable<FileObserver['onRead']>,
  ) => Promise<FileDone>;
  /** What is left of it, as messages for `replay`. */
  readonly leftOver: (done: FileDone) => readonly object[];
  /** Whether nothing can be read any more: then the run is stopped, and the file does not count. */
  readonly endsRun: (done: FileDone) => boolean;
  readonly openFiles: OpenFiles;
}

export interface LocalEngine {
  readonly kind: 'here';
  /** Resolves when everything is done, or the signal is aborted and what was under way has ended. */
  carryOut(work: EngineWork): Promise<void>;
}

export type Engine = LocalEngine | BulkEngine;
