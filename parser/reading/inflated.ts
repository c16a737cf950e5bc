/** A small file that was decompressed before it is read, together with others. */

export interface Inflated {
  readonly document: Buffer;
  readonly compressedBytes: number;
  /** The file by itself, compressed, where its document is none as CloudTrail writes it. */
  readonly again: () => AsyncIterable<Uint8Array>;
}
