/** What a listing passes over, and what its user should know: nothing goes by without a word. */
import type { NotReadReason } from '../../../parser/log-key.ts';

/** `out-of-scope`: what of the plain branch is, by its own name, of another account, region or time. */
export type SkippedObject = NotReadReason | 'out-of-scope';

export interface ListingListener {
  /** Of each object that is not read, in its place among those that are. */
  readonly onSkipped: (reason: SkippedObject, key: string) => void;
  /** Of each folder that is not looked into, because it holds no log files. */
  readonly onFolder: (reason: NotReadReason) => void;
  /** In words. */
  readonly onNote: (note: string) => void;
}

export const SILENT: ListingListener = { onSkipped: () => {}, onFolder: () => {}, onNote: () => {} };
