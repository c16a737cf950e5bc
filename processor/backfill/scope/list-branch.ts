/**
 * The keys of a branch in order, pruned by days: from the day of `from` to the day after that of `to`. A long branch is
 * listed in several parts side by side, ahead of who reads, because S3 gives a thousand keys at a time, and only one
 * page after the other. Nothing is held but pages that are ahead.
 *
 *     2025/03/01 ─▶ page ─▶ page ┊ 2025/03/17 ─▶ page ┊ 2025/04/02 ─▶ page ─▶ …     (one part between two ┊)
 *
 * A part costs at most one page beside those that it fills, and is half a month at least: so a region costs at most two
 * requests a month beside the pages in scope.
 */
import { whyNotRead } from '../../../parser/log-key.ts';
import type { ListedObject, ListObjects } from '../../file/bucket-listing.ts';
import { type Ahead, ONE_PAGE_AHEAD } from './ahead.ts';
import { dayAt, daysBetween, daysOf, folderOf, nextDay } from './days.ts';
import type { FoundBranch } from './find-branches.ts';
import { listInParts, type Part, type PartListing } from './list-in-parts.ts';
import { listPlain } from './list-plain.ts';
import { type ListingListener, SILENT } from './listing-listener.ts';
import type { Scope } from './scope.ts';

export type LogObject = ListedObject;

export interface ListingOptions {
  readonly listener?: ListingListener;
  /** Shared by all branches that are listed at once. @default one page ahead of who reads */
  readonly ahead?: Ahead;
}

/**
 * Log files in the order of their keys, behind the key `after`; the pages have some size, and none is empty. Throws what listing
 * throws, and ends with the signal's reason. Whoever leaves it early ends what is being listed ahead.
 */
export async function* listBranch(
  branch: FoundBranch,
  scope: Scope,
  after: string | undefined,
  list: ListObjects,
  signal: AbortSignal,
  { listener = SILENT, ahead = ONE_PAGE_AHEAD }: ListingOptions = {},
): AsyncGenerator<readonly LogObject[]> {
  if (branch.plain !== undefined) {
    yield* listPlain(branch.plain, { prefix: branch.prefix, scope, after, list, signal, listener });
    return;
  }
  const range = rangeOf(branch, scope, after);
  if (range === undefined) return;
  const { prefix } = range;
  const listing: PartListing = { list: (query, each) => list({ prefix, ...query }, each), signal, ahead };
  for await (const page of listInParts(range.whole, (keys) => partsOf(keys, branch, range), listing)) {
    const files = page.filter(({ key }) => isLogFile(key, branch, listener));
    if (files.length > 0) yield files;
  }
}

interface Range {
  /** What is listed begins with it. */
  readonly prefix: string;
  readonly whole: Part;
  /** The last day that there may be files of, in epoch milliseconds. */
  readonly lastDay: number;
}

/** All between the first and the last day, or year; `undefined` where nothing is. */
function rangeOf({ prefix, years }: FoundBranch, scope: Scope, after: string | undefined): Range | undefined {
  const { first, last } = daysOf(scope);
  const [firstYear = '', lastYear = ''] = [years[0], years.at(-1)];
  const begin = `${prefix}${first?.startsWith(firstYear) ? first : firstYear}/`;
  const startAfter = after !== undefined && after > begin ? after : begin;
  const endsAt = last?.startsWith(lastYear) ? last : lastYear;
  const end = `${prefix}${endsAt}0`; // behind all that the folder holds: the sign that follows the slash
  if (startAfter >= end) return undefined;
  return {
    prefix: scope.prefix.startsWith(prefix) ? scope.prefix : prefix,
    whole: { startAfter, end },
    lastDay: dayAt(endsAt) ?? dayAt(`${lastYear}/12/31`) ?? 0,
  };
}

/** Days of a part: at least half of the longest month, so that no month has more than two begin in it. */
const MIN_DAYS = 16;

/** That a part has about, so that its beginning, which may be asked for in vain, costs little. */
const PAGES_A_PART = 4;

/** Where parts end that begin behind the first page, by how many days that page has covered. */
function partsOf(
  keys: readonly string[],
  { prefix }: FoundBranch,
  { lastDay, whole }: Range,
): readonly Part[] {
  const [firstOfPage, lastOfPage] = [keys[0], keys.at(-1)].map((key = '') => dayAt(key.slice(prefix.length)));
  if (firstOfPage === undefined || lastOfPage === undefined) return [];
  const days = Math.max(MIN_DAYS, PAGES_A_PART * (daysBetween(firstOfPage, lastOfPage) + 1));
  const parts: Part[] = [];
  for (let day = nextDay(lastOfPage, days); day <= lastDay; day = nextDay(day, days)) {
    parts.push({ startAfter: `${prefix}${folderOf(day)}/`, end: whole.end });
  }
  return parts;
}

function isLogFile(key: string, { prefix }: FoundBranch, { onSkipped }: ListingListener): boolean {
  if (!/^\d{4}\//.test(key.slice(prefix.length, prefix.length + 5))) return false; // of the plain branch, which tells of it
  const reason = whyNotRead(key);
  if (reason !== undefined) onSkipped(reason, key);
  return reason === undefined;
}
