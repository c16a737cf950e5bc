/**
 * What was created outside the catalogue, as far as names tell: calls that begin with `Create`, that succeeded, and that
 * no row knows. It answers why something was not tagged.
 */
import { isNamedCreating } from '../../parser/catalogue/catalogue.ts';
import { valuesAt } from '../../parser/path.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import { withoutHost } from './services.ts';

/** How often, by service and call: `logs CreateLogStream`; `others` for what is beyond the first 1,000 names. */
export type OutsideCounts = Readonly<Record<string, number>>;

/** AWS has some thousands of such calls; what a forged log makes up must not fill the memory. */
const MAX_NAMES = 1_000;

/** They make nothing but tags. */
const TAGGING = /^Create(OrUpdate)?Tags$/;

/** `undefined` where the record created nothing, or says so in no proper name. */
export function outsideName(record: CloudTrailRecord): string | undefined {
  const { eventSource, eventName } = record;
  if (typeof eventSource !== 'string' || typeof eventName !== 'string') return undefined;
  if (!isNamedCreating(eventName) || !/^\w{1,128}$/.test(eventName)) return undefined;
  if (!/^[\w.-]{1,128}$/.test(eventSource) || TAGGING.test(eventName)) return undefined;
  const failed = [...valuesAt(record, 'errorCode'), ...valuesAt(record, 'errorMessage')];
  if (failed.some((value) => value !== '')) return undefined;
  return `${withoutHost(eventSource)} ${eventName}`;
}

/** What is beyond `MAX_NAMES` is counted under this one. */
const OTHERS = 'others';

/** Adds to `counts`. */
export function countOutside(counts: Record<string, number>, name: string, number = 1): void {
  const isKept = counts[name] !== undefined || !isFull(counts);
  const key = isKept ? name : OTHERS;
  counts[key] = (counts[key] ?? 0) + number;
}

function isFull(counts: OutsideCounts): boolean {
  return counts[OTHERS] !== undefined || Object.keys(counts).length >= MAX_NAMES;
}

const MAX_SHOWN = 10;

/** The commonest of them, in words; empty where there are none. */
export function outsideText(counts: OutsideCounts): string {
  const { [OTHERS]: others = 0, ...named } = counts;
  const all = Object.entries(named).sort(([, one], [, other]) => other - one);
  if (all.length === 0) return '';
  const shown = all.slice(0, MAX_SHOWN).map(([name, number]) => `${number} ${name}`);
  const rest = all.slice(MAX_SHOWN).reduce((sum, [, number]) => sum + number, others);
  const more = rest === 0 ? '' : `, and ${rest} by other calls`;
  return `created outside the catalogue, and so not tagged: ${shown.join(', ')}${more}`;
}
