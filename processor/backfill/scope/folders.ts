/** What lies below a prefix, and in a folder without what lies in its folders: page by page, as S3 lists it. */
import type { ListObjects, ListPage, ListQuery } from '../../file/bucket-listing.ts';

/** All pages, one after the other. Throws what listing throws. */
export async function* pagesOf(
  list: ListObjects,
  query: Omit<ListQuery, 'token'>,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  for (let token: string | undefined; ; ) {
    const page = await list({ ...query, token }, signal);
    yield page;
    if (page.next === undefined) return;
    token = page.next;
  }
}

/** `prefix` is a folder, or the beginning of names in one. Throws what listing throws. */
export function foldersIn(
  prefix: string,
  list: ListObjects,
  signal: AbortSignal,
  startAfter?: string,
): AsyncGenerator<ListPage> {
  return pagesOf(list, { prefix, delimiter: '/', startAfter }, signal);
}

/** The folder that a key, or the beginning of a key, stands in: empty for the bucket itself. */
export function folderAbove(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
