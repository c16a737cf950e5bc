/** What is sent into the backfill bucket, and how much of it at once. */

export interface FileToSend {
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
}

/** No part but the last may be smaller (Amazon S3 User Guide, "Multipart upload limits"): what is, is sent as a whole. */
export const PART_BYTES = 5 * 1024 * 1024;

/** S3 answers once it has all of a part: of four side by side, by a way of 350 KB a second. */
export const SENDING_MS = 60_000;
