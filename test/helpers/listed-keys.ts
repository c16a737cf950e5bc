/** A listing of keys that are in hand, or made as they are asked for, as S3 answers: in pages, with folders rolled up. */
import type { ListObjects, ListQuery } from '../../processor/file/bucket-listing.ts';

/** Keys in order, from one on. */
export type KeysFrom = (key: string) => Iterable<string>;

/** What is asked is counted. Every object has the same size. */
export function listOf(keys: readonly string[] | KeysFrom, pageSize = 1000, size = 1) {
  const keysFrom = typeof keys === 'function' ? keys : fromSorted([...keys].sort());
  const queries: ListQuery[] = [];
  let inFlight = 0;
  let most = 0;
  const list: ListObjects = async (query, signal) => {
    signal.throwIfAborted();
    queries.push(query);
    most = Math.max(most, ++inFlight);
    await new Promise<void>((resolve) => setImmediate(resolve));
    inFlight -= 1;
    const names = [...namesBehind(keysFrom, query).take(pageSize + 1)];
    const page = names.slice(0, pageSize);
    const isFolder = (name: string) => query.delimiter !== undefined && name.endsWith('/');
    return {
      objects: page.filter((name) => !isFolder(name)).map((key) => ({ key, size })),
      prefixes: page.filter(isFolder),
      next: names.length > pageSize ? page.at(-1) : undefined,
    };
  };
  return { list, queries, mostInFlight: () => most };
}

/** Keys, and folders once each; a folder that the listing begins within is not among them. */
function* namesBehind(keysFrom: KeysFrom, { prefix, delimiter, startAfter = '', token }: ListQuery) {
  const after = token ?? startAfter;
  for (let from: string | undefined = prefix > after ? prefix : after; from !== undefined; ) {
    const start: string = from;
    from = undefined;
    for (const key of keysFrom(start)) {
      if (!key.startsWith(prefix)) break;
      const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
      const name = end < 0 ? key : key.slice(0, end + 1);
      if (name > after) yield name;
      if (end < 0) continue;
      from = `${key.slice(0, end)}0`; // the sign behind the slash
      break;
    }
  }
}

function fromSorted(sorted: readonly string[]): KeysFrom {
  return (from) => {
    const index = sorted.findIndex((key) => key >= from);
    return index < 0 ? [] : sorted.slice(index);
  };
}
