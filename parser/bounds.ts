/**
 * How much of a log file the readers are willing to hold or to decompress.
 */

const MIB = 1024 * 1024;

export interface Bounds {
  /** A larger record is malformed and passed over without being held. */
  readonly maxRecordBytes: number;
  /** A file that decompresses to more is an error. */
  readonly maxFileBytes: number;
}

/**
 * CloudTrail ends a record at 256 KB and a file at 50 MB before compression (user guide, "Quotas in AWS
 * CloudTrail"); the bounds leave room for files that other tools have joined.
 */
export const DEFAULT_BOUNDS: Bounds = { maxRecordBytes: MIB, maxFileBytes: 2048 * MIB };
