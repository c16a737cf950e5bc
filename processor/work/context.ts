/** What every task needs to be done. */
import type { LimitFunction } from 'p-limit';
import type { TagManager } from '../../tag-manager/tag-manager.ts';
import type { Archive } from '../archive/archive.ts';
import type { AccountAccess } from '../file/account-access.ts';
import type { FileReport } from '../file/file-report.ts';
import type { LogReader } from '../file/log-reader.ts';
import type { FileProcessor } from '../file/process-file.ts';
import type { Services } from '../file/services.ts';
import type { CallerRow } from '../notification/callers.ts';
import type { Queues } from '../queues/queues.ts';

export interface WorkContext {
  readonly files: FileProcessor;
  readonly resources: ResourceTagger;
  readonly logs: LogReader;
  /** Bounds the files that are open at once. They are begun in the order in which they ask. */
  readonly fileLimit: LimitFunction;
  readonly queues: Queues;
  /** Where what was done is kept; `undefined` where nothing is. */
  readonly archive: Archive | undefined;
  readonly caller: CallerRow;
  /** Nothing is written or handed on, and notifications are acknowledged: a backfill does later what they ask for. */
  readonly dryRun: boolean;
  /** The event as a text, for the failure queue, where the caller does not keep it. */
  readonly eventText: () => string | undefined;
  /** Once aborted, no work is begun, and what waits is over. */
  readonly signal: AbortSignal;
  /** Ends the handing on of what is left, a little after `signal`: then the answer must be given. */
  readonly handOnSignal: AbortSignal;
  readonly onReport: (report: FileReport) => void;
}

/** For single resources that somebody names by hand. */
export interface ResourceTagger {
  readonly tagManager: TagManager;
  readonly accounts: AccountAccess;
  /** Whose resources are tagged. */
  readonly services: Services;
  /** For ARNs that name none: buckets, snapshots. */
  readonly ownAccount: string;
  /** For ARNs that name none; S3 tells where a bucket really is. */
  readonly ownRegion: string;
}
