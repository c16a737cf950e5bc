/**
 * The two ends of a time span as people type them: `2025`, `2025-03`, `2025-03-01`, `2025-03-01T12:00Z`, or so long ago:
 * `90d`, `12w`, `6h`. All are in UTC but times that name an offset. A first end begins where the year, month or day does
 * that it names, a last end takes the whole of it in.
 */
import { ScopeError } from './scope-error.ts';

export interface SpanTexts {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** ISO 8601, UTC; `from` is inside, `to` is not. An end that is absent is open. */
export interface Span {
  readonly from?: string;
  readonly to?: string;
}

/** `now` in epoch milliseconds. Throws ScopeError. */
export function readSpan(texts: SpanTexts, now: number): Span {
  const from = texts.from === undefined ? undefined : readEnd('--from', texts.from, now);
  const to = texts.to === undefined ? undefined : readEnd('--to', texts.to, now);
  if (from !== undefined && to !== undefined && from.begin >= to.end) {
    const order = `--from ${shown(texts.from)} is not before --to ${shown(texts.to)}`;
    throw new ScopeError(`${order}: expected the earlier time in --from`);
  }
  return {
    ...(from !== undefined && { from: isoOf(from.begin) }),
    ...(to !== undefined && { to: isoOf(to.end) }),
  };
}

export const A_TIME =
  'a month such as 2025-03, a day such as 2025-03-01, a time such as 2025-03-01T12:00Z, or so long ago: 90d, 12w, 6h';

/** Of what was named, in epoch milliseconds: where it begins, and where the next such thing does. */
interface Named {
  readonly begin: number;
  readonly end: number;
}

/** CloudTrail began in November 2013: whoever names an earlier year has mistyped it. */
const FIRST_YEAR = 2013;

function readEnd(flag: string, text: string, now: number): Named {
  const problem = (why: string) => new ScopeError(`${flag} ${shown(text)}: ${why}`);
  const named = readAgo(text, now) ?? readDate(text) ?? readTime(text);
  if (named === undefined) throw problem(`expected ${A_TIME}`);
  if (typeof named === 'string') throw problem(named);
  if (named.begin > now) throw problem(`lies in the future; expected a time up to now, ${isoOf(now)}`);
  if (named.begin < Date.UTC(FIRST_YEAR, 0)) {
    throw problem(`expected a time in ${FIRST_YEAR} or later: there was no CloudTrail before`);
  }
  return named;
}

const HOUR_MS = 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

function readAgo(text: string, now: number): Named | string | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (UNITS_MS[unit] ?? 0);
  if (unit === '') return undefined;
  if (milliseconds === 0) return 'expected at least 1 hour, day or week';
  return { begin: now - milliseconds, end: now - milliseconds };
}

function readDate(text: string): Named | string | undefined {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const at = (more: readonly [number, number, number]) =>
    Date.UTC(Number(year) + more[0], Number(month ?? 1) - 1 + more[1], Number(day ?? 1) + more[2]);
  const begin = at([0, 0, 0]);
  // Date takes the 30th of February for the 2nd of March.
  if (!isoOf(begin).startsWith(text)) return 'there is no such date';
  if (day !== undefined) return { begin, end: at([0, 0, 1]) };
  return { begin, end: month === undefined ? at([1, 0, 0]) : at([0, 1, 0]) };
}

const TIME = /^(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?(.*)$/i;
const ZONE = /^(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/i;

function readTime(text: string): Named | string | undefined {
  const [, day = '', hour, minute, second = '00', zone = ''] = TIME.exec(text) ?? [];
  if (hour === undefined) return undefined;
  if (zone === '')
    return 'expected Z behind the time, or an offset such as +02:00: which zone it is in is not said';
  const dayNamed = readDate(day);
  if (!ZONE.test(zone)) return undefined;
  if (dayNamed === undefined || typeof dayNamed === 'string') return dayNamed;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^(...):?/, '$1:');
  const begin = Date.parse(`${day}T${hour}:${minute}:${second}${offset}`);
  return { begin, end: begin };
}

/** Without milliseconds, as CloudTrail writes times. */
export function isoOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

function shown(text: string | undefined): string {
  return JSON.stringify(text);
}
