/** Log files that were read, for whoever asks what became of one. Nothing is passed over because of them. */

/** A log file that was read to its end, and all that it created dealt with. */
export interface FileSeen {
  readonly bucket: string;
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  /** Records, creations, and resources by their outcome. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Files {
  /** Throws CallError. */
  put(file: FileSeen, signal: AbortSignal): Promise<void>;
  /** `undefined` for one that was never put, or has expired. Throws CallError. */
  get(bucket: string, key: string, signal: AbortSignal): Promise<FileSeen | undefined>;
}
