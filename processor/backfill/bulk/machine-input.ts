/**
 * What the state machine of a deployment is started with, and how much it hands to one call of the function: whoever describes the
 * machine and whoever starts it spell this alike.
 */

/** Where log files are read from: one map run each, one after the other. */
export type MachineSource =
  /** A listing of the log bucket, which lies in the machine's account and region. */
  | { readonly from: 'listing'; readonly prefix: string }
  /** A list of ours in the backfill bucket: CSV of bucket and URL-encoded key. */
  | { readonly from: 'manifest'; readonly key: string }
  /** `manifest.json` of S3 Inventory, in the backfill bucket. */
  | { readonly from: 'inventory'; readonly key: string };

export interface MachineInput {
  /** The run's id, which goes to the function with each batch. */
  readonly run: string;
  /** That the log files are in. */
  readonly bucket: string;
  /** What the keys of results begin with, without the slash at its end. */
  readonly results: string;
  /** At least one. */
  readonly sources: readonly MachineSource[];
  /** How many of them are done, which the machine counts on. */
  readonly done: 0;
}

/** Log files that one call of the function is handed. */
export const FILES_A_BATCH = 100;

/** How often a batch is called again with what is not done of it. */
export const MOST_ROUNDS = 20;

/** As many map runs as AWS tells of at once (Developer Guide, "Service quotas": DescribeMapRun); also far from the longest history. */
export const MOST_SOURCES = 100;
