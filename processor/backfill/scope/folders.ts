/** What lies in a folder, without what lies in its folders: page by page, as S3 lists it. */
import type { ListedObject, ListObjects } from '../../file/bucket-listing.ts';

export interface FolderPage {
  readonly objects: readonly ListedObject[];
  /** Whole paths; each ends in a slash. */
  readonly folders: readonly string[];
}

/** `prefix` is a folder, or the beginning of names in one. Throws what listing throws. */
export async function* foldersIn(
  prefix: string,
  list: ListObjects,
  signal: AbortSignal,
  startAfter?: string,
): AsyncGenerator<FolderPage> {
  const query = { prefix, delimiter: '/', startAfter } as const;
  for (let token: string | undefined; ; ) {
    const { objects, prefixes, next } = await list({ ...query, token }, signal);
    yield { objects, folders: prefixes };
    if (next === undefined) return;
    token = next;
  }
}

/** The folder that a key, or the beginning of a key, stands in: empty for the bucket itself. */
export function folderAbove(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
