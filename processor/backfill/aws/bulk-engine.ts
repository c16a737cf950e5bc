/**
 * What carries a run out in AWS: jobs that go on by themselves, whoever watches. An engine begins them, asks how far they are,
 * stops them, and reads what became of each log file. All else is the same for all engines, and not theirs: what a run is about,
 * manifests, the folder that it ends as, what is said to the user.
 *
 *     start ─▶ jobs in AWS ─▶ the function, which writes what it does below `runs/<id>/` of the backfill bucket
 *     ask   ─▶ until all are over ─▶ results ─▶ the run's folder
 *
 * Whoever begins a job keeps it in the run's folder before, and its id after: where a kill comes between, the job is begun once
 * more under the same token, for which AWS gives the job that there is.
 */
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import type { FoundBranch } from '../scope/find-branches.ts';
import type { Scope } from '../scope/scope.ts';
import type { Deployment } from './deployment.ts';
import type { JobList } from './job-list.ts';
import type { Manifest } from './manifest.ts';
import type { RunBucket } from './run-bucket.ts';

export interface BulkWork {
  /** Of the run. */
  readonly id: string;
  readonly scope: Scope;
  readonly deployment: Deployment;
  readonly calls: Calls;
  readonly bucket: RunBucket;
  /** The jobs that were begun, by whatever process: `engine.json`. */
  readonly jobs: JobList;
  readonly signal: AbortSignal;
}

export interface BulkStart extends BulkWork {
  /** Of the whole scope. */
  readonly branches: readonly FoundBranch[];
  /** Nothing of the run has been begun before. */
  readonly isFirst: boolean;
  /** Of an S3 inventory, where the log files are read from it in the first round, and not listed: what `readInventory` gave. */
  readonly inventory?: string | undefined;
  /**
   * Lists the log files of the scope that are in no result yet, and writes them into the bucket: nothing where there are none. Of
   * log files that are done nothing is held, however many they are.
   */
  writeManifests(mostFiles: number): Promise<readonly Manifest[]>;
}

export type InventoryPlace = Pick<BulkWork, 'calls' | 'deployment' | 'scope' | 'signal'>;

/** How far the jobs are, all together. */
export interface BulkProgress {
  /** Nothing goes on any more. */
  readonly isOver: boolean;
  /** In AWS's own words: `Active`; of several jobs, of those that are not over. */
  readonly state: string;
  /** Log files, as far as AWS counts them. */
  readonly done: number;
  readonly failed: number;
  readonly total: number | undefined;
  /** The jobs of the last round ended by themselves: each of their log files has a result. Only where all is over. */
  readonly isWhole: boolean;
  /** Why a job ended otherwise than by itself, in words. */
  readonly problems: readonly string[];
}

/** What became of one log file, as a job tells it. */
export interface TaskResult {
  readonly key: string;
  /** Of its job. */
  readonly round: number;
  /** What the function answered, as it is: `FileSums` as text (Batch), or as an object. Absent where it was not done. */
  readonly answer?: unknown;
  /** Why it was not done, in words. */
  readonly problem?: string;
}

export interface BulkEngine {
  readonly kind: 'bulk';
  /** What invokes the function, by its name in AWS. */
  readonly service: string;
  /**
   * Checks that log files can be read from an S3 inventory, by its URL; gives the key of its manifest. Absent where the engine reads
   * none. Throws CallError, BulkError.
   */
  readInventory?(url: string, place: InventoryPlace): Promise<string>;
  /**
   * Begins jobs of the present round: where a kill left some without an id, these and no others, else for all that is left to do.
   * Throws CallError.
   */
  start(work: BulkStart): Promise<void>;
  /** Throws CallError. */
  ask(work: BulkWork): Promise<BulkProgress>;
  /** Asks AWS to end what goes on; what is under way ends by itself. Throws CallError. */
  stop(work: BulkWork): Promise<void>;
  /** Of all jobs, in the order in which they were begun; a log file may come in several. Throws CallError, BulkError. */
  results(work: BulkWork): AsyncGenerator<readonly TaskResult[]>;
}
