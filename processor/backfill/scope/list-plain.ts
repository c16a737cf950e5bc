/**
 * The plain branch: files that stand in none of CloudTrail's folders, in the order of their keys. Folders that hold
 * CloudTrail's beside it are gone through one by one, others are listed whole. Days prune nothing there, but what a
 * log file's own name says of its account, region and day counts.
 */
import { whyNotRead } from '../../../parser/log-key.ts';
import type { ListedObject, ListObjects } from '../../file/bucket-listing.ts';
import { foldersIn, pagesOf } from './folders.ts';
import { scopeTest } from './key-in-scope.ts';
import type { ListingListener } from './listing-listener.ts';
import { placeOf } from './place.ts';
import type { PlainFolders } from './plain-folders.ts';
import type { Scope } from './scope.ts';

export interface PlainListing {
  /** What keys begin with. */
  readonly prefix: string;
  readonly scope: Scope;
  /** Only keys behind it. */
  readonly after: string | undefined;
  readonly list: ListObjects;
  readonly signal: AbortSignal;
  readonly listener: ListingListener;
}

/** In pages of some size, none of them empty. Throws what listing throws. */
export async function* listPlain(
  folders: PlainFolders,
  { prefix, scope, after, list, signal, listener }: PlainListing,
): AsyncGenerator<readonly ListedObject[]> {
  const isInScope = scopeTest(scope);

  async function* mixed(folder: string): AsyncGenerator<readonly ListedObject[]> {
    for await (const page of foldersIn(folder, list, signal, beforeNextIn(folder, after))) {
      let objects: ListedObject[] = [];
      for (const entry of inOrder(page.objects, page.prefixes)) {
        if (typeof entry !== 'string') {
          if (after === undefined || compare(entry.key, after) > 0) objects.push(entry);
        } else if (isBehind(entry, after)) {
          yield objects;
          objects = [];
          yield* below(entry);
        }
      }
      yield objects;
    }
  }

  function below(folder: string): AsyncGenerator<readonly ListedObject[]> {
    if (folders.mixed.has(folder)) return mixed(folder);
    return isPlain(folder, folders) ? whole(folder) : NOTHING();
  }

  async function* whole(folder: string): AsyncGenerator<readonly ListedObject[]> {
    const query = { prefix: folder, startAfter: within(folder, after) };
    for await (const { objects } of pagesOf(list, query, signal)) yield objects;
  }

  for await (const page of mixed(prefix)) {
    const files = page.filter(({ key }) => {
      const reason = whyNotRead(key) ?? (isInScope(key) ? undefined : 'out-of-scope');
      if (reason !== undefined) listener.onSkipped(reason, key);
      return reason === undefined;
    });
    if (files.length > 0) yield files;
  }
}

async function* NOTHING(): AsyncGenerator<never> {}

/** In none of CloudTrail's folders, and not on the way to one. In the folder of a region, all but years. */
function isPlain(folder: string, { leading }: PlainFolders): boolean {
  const place = placeOf(folder);
  if (place.kind === 'branch') {
    const below = folder.slice(place.branch.prefix.length);
    return below !== '' && !/^\d{4}\//.test(below);
  }
  return place.kind === 'outside' && !leading.has(folder);
}

/** Where a listing of all below the folder begins; `after` may lie before it. */
function within(folder: string, after: string | undefined): string | undefined {
  return after?.startsWith(folder) ? after : undefined;
}

/**
 * The same where its folders are rolled up: that in which `after` lies is to be among them. (Whether S3 gives a folder of
 * which only some keys are behind is said nowhere.)
 */
function beforeNextIn(folder: string, after: string | undefined): string | undefined {
  const slash = after?.startsWith(folder) ? after.indexOf('/', folder.length) : -1;
  return slash < 0 ? within(folder, after) : after?.slice(0, slash);
}

/** Whether something in the folder may lie behind the key. */
function isBehind(folder: string, after: string | undefined): boolean {
  return after === undefined || after.startsWith(folder) || compare(folder, after) > 0;
}

/** Objects and folders of a page as S3 orders their names together. */
function inOrder(
  objects: readonly ListedObject[],
  folders: readonly string[],
): readonly (ListedObject | string)[] {
  if (folders.length === 0) return objects;
  const nameOf = (entry: ListedObject | string) => (typeof entry === 'string' ? entry : entry.key);
  return [...objects, ...folders].sort((one, other) => compare(nameOf(one), nameOf(other)));
}

/** S3 orders by the bytes of UTF-8, texts by the units of UTF-16: they differ for few, but anybody may use these. */
function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
