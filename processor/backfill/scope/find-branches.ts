/**
 * The accounts and regions below a URL, found folder by folder: what a scope leaves out is not looked into. What is
 * CloudTrail's is one branch for each account and region; whatever else may be a log file, somebody's copies for example, is the
 * plain branch.
 */
import pLimit from 'p-limit';
import { CallError } from '../../../tag-manager/calls/call-failure.ts';
import type { ListObjects } from '../../file/bucket-listing.ts';
import { daysOf } from './days.ts';
import { folderAbove, foldersIn } from './folders.ts';
import { type ListingListener, SILENT } from './listing-listener.ts';
import { type Branch, type Place, placeOf } from './place.ts';
import { createPlainFolders, type PlainFolders } from './plain-folders.ts';
import { wanted } from './pruning.ts';
import { type Scope, urlOf } from './scope.ts';

/** A branch of CloudTrail's, or the plain one, whose name is empty. */
export interface FoundBranch extends Branch {
  /** The folders of years that it has and that the scope may take in, in order; none of the plain branch. */
  readonly years: readonly string[];
  /** Of the plain branch: where its files are. */
  readonly plain?: PlainFolders;
}

/** Requests under way at once: one after the other, an organization of 500 accounts would take minutes. */
const AT_ONCE = 8;

/** Folders of unknown names are looked into this deep below the URL, and so many of them; the rest is plain. */
const MAX_DEPTH = 6;
const MAX_LOOKS = 1_000;

/**
 * In the order of their keys, the plain branch last, where there is one. `chooses` is asked of each folder of an account that the
 * scope takes in: it may leave some out. Throws what listing throws.
 */
export async function* findBranches(
  scope: Scope,
  list: ListObjects,
  signal: AbortSignal,
  listener: ListingListener = SILENT,
  chooses: (account: string) => boolean = () => true,
): AsyncGenerator<FoundBranch> {
  const end = new AbortController();
  const places = pLimit(AT_ONCE);
  const bounded: ListObjects = (query, each) => places(() => list(query, each));
  const context = { scope, list: bounded, signal: AbortSignal.any([signal, end.signal]), listener, chooses };
  try {
    yield* withinWhatIsAllowed(context);
  } finally {
    end.abort(new Error('the search for accounts and regions has ended'));
  }
}

interface SearchContext {
  readonly scope: Scope;
  readonly list: ListObjects;
  readonly signal: AbortSignal;
  readonly listener: ListingListener;
  readonly chooses: (account: string) => boolean;
}

/** Who may list the folder `AWSLogs/` alone, as `auto-tagger policy` grants it, need not name it. */
async function* withinWhatIsAllowed(context: SearchContext): AsyncGenerator<FoundBranch> {
  const { scope, listener } = context;
  let hasBegun = false;
  try {
    for await (const branch of search(context, scope.prefix)) {
      hasBegun = true;
      yield branch;
    }
  } catch (error) {
    if (hasBegun || !(error instanceof CallError) || error.failure.class !== 'denied') throw error;
    if (placeOf(folderAbove(scope.prefix)).kind !== 'outside') throw error;
    const folder = `${scope.prefix.replace(/([^/])$/, '$1/')}AWSLogs/`;
    yield* search(context, folder);
    listener.onNote(
      `${urlOf(scope)} itself may not be listed; what lies below ${folder} is all that was looked at`,
    );
  }
}

async function* search(context: SearchContext, prefix: string): AsyncGenerator<FoundBranch> {
  const { scope, list, signal, listener } = context;
  const plain = createPlainFolders(prefix);
  const isWanted = { account: wanted(scope.accounts), region: wanted(scope.regions) };
  const { first = '0', last = '9' } = daysOf(scope);
  let looks = 0;

  const contentsOf = (folder: string) => foldersIn(prefix.startsWith(folder) ? prefix : folder, list, signal);

  async function* visit(folder: string, place: Place, depth: number): AsyncGenerator<FoundBranch> {
    switch (place.kind) {
      case 'other':
        return listener.onFolder(place.reason);
      case 'branch':
        if (isWanted.region(place.branch.region) && isWanted.account(place.branch.account)) {
          yield* branchAt(place.branch);
        }
        return;
      case 'account':
        if (isWanted.account(place.account) && context.chooses(place.account)) yield* within(folder, depth);
        return;
      case 'trail':
        if (isWanted.account(place.account)) yield* within(folder, depth);
        return;
      case 'outside':
        if (depth > 0 && !mayLook(depth)) return plain.add(folderAbove(folder.slice(0, -1)));
        yield* within(folder, depth);
        if (depth > 0 && !plain.leading.has(folder)) plain.add(folderAbove(folder.slice(0, -1)));
        return;
      default:
        plain.leadsTo(folder);
        yield* within(folder, depth);
    }
  }

  async function* within(folder: string, depth: number): AsyncGenerator<FoundBranch> {
    for await (const { objects, prefixes } of contentsOf(folder)) {
      for (const { key } of objects) plain.addObject(folder, key, listener);
      const begun = prefixes.map((child) => begin(child, depth + 1));
      for (const found of begun) yield* await found();
    }
  }

  /** Accounts are looked into side by side: each holds few regions. Others wait for their turn. */
  function begin(folder: string, depth: number): () => AsyncIterable<FoundBranch> | Promise<FoundBranch[]> {
    const place = placeOf(folder);
    const visited = () => visit(folder, place, depth);
    if (place.kind !== 'account') return visited;
    const found = Array.fromAsync(visited());
    found.catch(() => {}); // it is awaited later, perhaps never
    return () => found;
  }

  function mayLook(depth: number): boolean {
    looks += 1;
    if (looks === MAX_LOOKS + 1) {
      const where = `${urlOf(scope)}: more than ${MAX_LOOKS} folders are not CloudTrail's`;
      listener.onNote(
        `${where}, and the rest of them is listed whole: name the folder that AWSLogs/ lies in`,
      );
    }
    return depth <= MAX_DEPTH && looks <= MAX_LOOKS;
  }

  async function* branchAt(branch: Branch): AsyncGenerator<FoundBranch> {
    const years = await yearsOf(branch);
    const within = years.filter((year) => year >= first.slice(0, 4) && year <= last.slice(0, 4));
    if (within.length > 0) yield { ...branch, years: within };
  }

  async function yearsOf({ prefix: folder }: Branch): Promise<readonly string[]> {
    const named = prefix.startsWith(folder) ? /^(\d{4})\//.exec(prefix.slice(folder.length))?.[1] : undefined;
    if (named !== undefined) return [named];
    const years: string[] = [];
    for await (const { objects, prefixes } of contentsOf(folder)) {
      for (const { key } of objects) plain.addObject(folder, key, listener);
      for (const child of prefixes) {
        const year = /^(\d{4})\/$/.exec(child.slice(folder.length))?.[1];
        if (year === undefined) plain.add(folder);
        else years.push(year);
      }
    }
    return years;
  }

  const root = folderAbove(prefix);
  yield* visit(root, placeOf(root), 0);
  const found = plain.found();
  if (found !== undefined) yield { name: '', account: '', region: '', prefix, years: [], plain: found };
}
