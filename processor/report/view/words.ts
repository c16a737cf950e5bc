/** Numbers, days and sizes as reports write them. */
import { dayText } from '../sums/days.ts';
import type { Gap } from '../sums/delivered.ts';
import type { Unit } from './over-time.ts';

/** `12,345` */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** `1 file`, `2 files` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** A part that is not nothing is not called 0 %, nor one that lacks something 100 %. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return '< 0.1 %';
  if (part < whole && percent > 99.9) return '> 99.9 %';
  return `${percent.toLocaleString('en', { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`;
}

const STEP = 1000;
const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `1.5 GB` */
export function bytes(value: number): string {
  let left = value;
  let at = 0;
  for (; left >= STEP && at < SIZES.length - 1; at++) left /= STEP;
  return `${left.toLocaleString('en', { maximumFractionDigits: left < 10 && at > 0 ? 1 : 0 })} ${SIZES[at]}`;
}

/** What was read: `1 kB of records`, `100 bytes compressed, 1 kB of records`; a run keeps only how much it was compressed. */
export function volume({
  compressedBytes,
  bytes: read,
}: {
  readonly compressedBytes: number;
  readonly bytes: number;
}): string {
  const compressed = compressedBytes > 0 || read === 0 ? [`${bytes(compressedBytes)} compressed`] : [];
  return [...compressed, ...(read > 0 ? [`${bytes(read)} of records`] : [])].join(', ');
}

/** `3 h 20 min`, `45 s` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** `2025-03-04`, `2025-03`, `2025`; of a week its first day. */
export function columnText(start: number, unit: Unit): string {
  const text = dayText(start);
  if (unit === 'month') return text.slice(0, 7);
  return unit === 'year' ? text.slice(0, 4) : text;
}

/** `2025-03-04`, or `2025-03-04 to 2025-03-06` */
export function daysText([from, to]: Gap): string {
  return from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`;
}
