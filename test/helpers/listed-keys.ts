/** A listing of keys that are in hand, as S3 answers: in pages, with folders rolled up. What is asked is counted. */
import type { ListObjects, ListQuery } from '../../processor/file/bucket-listing.ts';

export function listOf(keys: readonly string[], pageSize = 1000) {
  const sorted = [...keys].sort();
  const queries: ListQuery[] = [];
  let inFlight = 0;
  let most = 0;
  const list: ListObjects = async (query, signal) => {
    signal.throwIfAborted();
    queries.push(query);
    most = Math.max(most, ++inFlight);
    await new Promise<void>((resolve) => setImmediate(resolve));
    inFlight -= 1;
    const after = query.token ?? query.startAfter ?? '';
    const names = new Set(
      sorted
        .filter((key) => key.startsWith(query.prefix) && key > after)
        .map((key) => rolledUp(key, query))
        .filter((name) => name > after),
    );
    const page = [...names].slice(0, pageSize);
    const isFolder = (name: string) => query.delimiter !== undefined && name.endsWith('/');
    return {
      objects: page.filter((name) => !isFolder(name)).map((key) => ({ key, size: 1 })),
      prefixes: page.filter(isFolder),
      next: names.size > pageSize ? page.at(-1) : undefined,
    };
  };
  return { list, queries, mostInFlight: () => most };
}

function rolledUp(key: string, { prefix, delimiter }: ListQuery): string {
  const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? key : key.slice(0, end + 1);
}
