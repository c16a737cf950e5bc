/** A list of log files in the backfill bucket: CSV without a header, `bucket,key`, keys URL-encoded. */

export interface Manifest {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly files: number;
  readonly bytes: number;
}
