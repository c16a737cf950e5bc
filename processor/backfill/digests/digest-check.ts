/**
 * Whether log files of a branch are what CloudTrail delivered, by its digests. Days are read as files of theirs are asked for, in
 * the order of keys; a few are held, whatever the span.
 *
 *     file of 2025/03/01 ─▶ digests of 2025/03/01 (of each hour) and of 2025/03/02 (of the last one) ─▶ hash, or a reason
 */
import { readLogKey } from '../../../parser/log-key.ts';
import { dayAt, daysOf, folderOf, nextDay } from '../scope/days.ts';
import type { FoundBranch } from '../scope/find-branches.ts';
import { pagesOf } from '../scope/folders.ts';
import type { Scope } from '../scope/scope.ts';
import {
  type ChainProblem,
  createChains,
  type DayOfDigests,
  type DigestSource,
  isDigest,
  readDay,
} from './digest-days.ts';
import type { DigestReason } from './digest-reasons.ts';

/** What CloudTrail says of a log file. */
type Claim =
  | { readonly kind: 'hash'; readonly sha256: string }
  | { readonly kind: 'none'; readonly reason: FileReason; readonly detail: string };

/** With what became known on the way to it: whoever keeps what is said of the file keeps these with it. */
export type Claimed = Claim & { readonly problems: readonly DigestProblems[] };

export type FileReason = Extract<
  DigestReason,
  'not-in-digest' | 'no-digest' | 'digest-invalid' | 'not-yet' | 'outside-trail'
>;

/** What no single file is to blame for. */
export type DigestProblems = ChainProblem | MissingFile;

export interface MissingFile {
  readonly reason: 'missing-file';
  /** Its key. */
  readonly detail: string;
}

export interface DigestCheck {
  /** To be asked for each file when it is begun, in the order of their keys. Throws CallError. */
  claim(key: string): Promise<Claimed>;
  /** After the last file: what else the digests tell. Throws CallError. */
  end(): Promise<readonly DigestProblems[]>;
}

export interface DigestCheckOptions extends Omit<DigestSource, 'bucket'> {
  readonly branch: FoundBranch;
  /** What is listed of it: of others nobody asks. */
  readonly scope: Scope;
  /** Files up to this key have been dealt with before, and all that became known with them has been told. */
  readonly after?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface EndedDay {
  readonly day: number;
  /** Keys that were asked for. */
  readonly seen: ReadonlySet<string>;
}

const OUTSIDE: Claim = { kind: 'none', reason: 'outside-trail', detail: 'CloudTrail names no file so' };

export function createDigestCheck(options: DigestCheckOptions): DigestCheck {
  if (options.branch.plain !== undefined) {
    return { claim: async () => ({ ...OUTSIDE, problems: [] }), end: async () => [] };
  }
  const { branch, scope, after, now } = options;
  const source = { ...options, bucket: scope.bucket };
  const chains = createChains();
  const days = new Map<number, Promise<DayOfDigests>>();
  let newest: Promise<unknown> = Promise.resolve();
  const begin = firstDay(options);
  // The first file of a day tells of the digests of this day and the next.
  let followed = after === undefined || begin === undefined ? Number.NEGATIVE_INFINITY : nextDay(begin);
  let at = begin;
  let told: { readonly day: number; readonly problem: DigestProblems }[] = [];
  let asked = new Set<string>();
  const ended: EndedDay[] = [];
  let closing: Promise<void> = Promise.resolve();

  /** Days are read one after the other, so that chains can be followed; a later one waits for those before it. */
  function load(day: number): Promise<DayOfDigests> {
    const known = days.get(day);
    if (known !== undefined) return known;
    const loading = newest.then(async () => {
      const read = await readDay(folderOf(day), source);
      const problems = chains.follow(read.digests);
      if (day > followed) told.push(...problems.map((problem) => ({ day: nextDay(day, -1), problem })));
      followed = Math.max(day, followed);
      return read;
    });
    days.set(day, loading);
    newest = loading.catch(() => days.delete(day)); // whoever waits for it hears of it, and the next one tries again
    return loading;
  }

  /** What the digests say of the files of a day: those of its last hour are named on the next. */
  async function about(day: number): Promise<readonly DayOfDigests[]> {
    return Promise.all([load(day), load(nextDay(day))]);
  }

  /** All of the day were asked for that are there. */
  async function close({ day, seen }: EndedDay): Promise<void> {
    const folder = `${branch.prefix}${folderOf(day)}/`;
    const named = (await about(day)).flatMap(({ hashes }) => [...hashes.keys()]);
    const missing = new Set(
      named.filter((key) => key.startsWith(folder) && key.startsWith(scope.prefix) && !seen.has(key)),
    );
    if (after?.startsWith(folder))
      for (const key of await listed(folder)) if (key <= after) missing.delete(key);
    for (const key of missing) {
      told.push({ day: nextDay(day), problem: { reason: 'missing-file', detail: key } });
    }
  }

  /** Of the day that was broken off in: nobody knows any more which files were asked for. */
  async function listed(folder: string): Promise<readonly string[]> {
    const pages = await Array.fromAsync(pagesOf(options.list, { prefix: folder }, options.signal));
    return pages.flatMap(({ objects }) => objects.map(({ key }) => key));
  }

  /** What the files of a day are the first to tell; what comes of later ones is left to those. */
  function takeTold(day: number): readonly DigestProblems[] {
    const taken = told.filter((each) => each.day <= day);
    told = told.filter((each) => each.day > day);
    return taken.map(({ problem }) => problem);
  }

  /** Days between two files have none: what digests name there is missing. What fails is tried again by who comes next. */
  function closeUpTo(day: number): Promise<void> {
    at ??= day;
    for (; at < day; at = nextDay(at)) {
      ended.push({ day: at, seen: asked });
      asked = new Set();
    }
    const next = () => closeEnded(day);
    closing = closing.then(next, next);
    return closing;
  }

  async function closeEnded(before: number): Promise<void> {
    for (let first = ended[0]; first !== undefined && first.day < before; first = ended[0]) {
      await close(first);
      days.delete(first.day);
      ended.shift();
    }
  }

  return {
    async claim(key) {
      const day = dayAt(key.slice(branch.prefix.length));
      const log = readLogKey(key);
      if (day === undefined || !key.startsWith(branch.prefix) || log.kind !== 'log') {
        return { ...OUTSIDE, problems: [] };
      }
      const closed = closeUpTo(day);
      if (day === at) asked.add(key);
      await closed;
      const both = await about(day);
      const sha256 = both.map(({ hashes }) => hashes.get(key)).find((hash) => hash !== undefined);
      const claim: Claim =
        sha256 !== undefined ? { kind: 'hash', sha256 } : whyNone(Date.parse(log.deliveredAt), both, now());
      return { ...claim, problems: takeTold(day) };
    },
    async end() {
      await closeUpTo(nextDay(lastDay(options)));
      return takeTold(Number.POSITIVE_INFINITY);
    },
  };
}

/** Of what is listed; without an end, that of the first file. */
function firstDay({ branch: { prefix, years }, scope, after }: DigestCheckOptions): number | undefined {
  if (after !== undefined) return dayAt(after.slice(prefix.length));
  const { first } = daysOf(scope);
  const begin = `${years[0]}/01/01`;
  return first === undefined ? undefined : dayAt(first > begin ? first : begin);
}

function lastDay({ branch: { years }, scope, now }: DigestCheckOptions): number {
  const { last = '9' } = daysOf(scope);
  const [end = ''] = [last, `${years.at(-1)}/12/31`, folderOf(now())].sort();
  return dayAt(end) ?? 0;
}

/** CloudTrail writes a digest an hour after the one before, and takes its time (it names no limit). */
const NOT_YET_MS = 3 * 3_600_000;

function whyNone(deliveredAt: number, days: readonly DayOfDigests[], now: number): Claim {
  const none = (reason: FileReason, detail: string) => ({ kind: 'none', reason, detail }) as const;
  const digests = days.flatMap(({ digests }) => digests);
  const covering = digests
    .filter(isDigest)
    .find(({ begin, end }) => deliveredAt >= begin - MINUTE_MS && deliveredAt <= end);
  const invalid = digests.find((each) => !isDigest(each) && isWithinHourOf(each.key, deliveredAt));
  if (invalid !== undefined) return none('digest-invalid', `${invalid.key} cannot be believed`);
  if (covering !== undefined) return none('not-in-digest', `${covering.key} does not name it`);
  if (now - deliveredAt < NOT_YET_MS) return none('not-yet', 'its digest is still to come');
  return none('no-digest', `no digest covers ${new Date(deliveredAt).toISOString()}`);
}

/** Names of log files have no seconds. */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** By its name: what else it says does not count. */
function isWithinHourOf(key: string, time: number): boolean {
  const [, date = '', hour, minute, second] =
    /_(\d{8})T(\d\d)(\d\d)(\d\d)Z(?:_backfill)?\.json\.gz$/.exec(key) ?? [];
  const end = Date.parse(`${date.replace(/^(....)(..)(..)$/, '$1-$2-$3')}T${hour}:${minute}:${second}Z`);
  return time <= end && time >= end - HOUR_MS - MINUTE_MS;
}
