/**
 * How much was created when, by service: by day as long as there are few enough days and services to be kept, then by
 * month. Which of them does not depend on the order.
 */
import { FIRST_DAY, monthOf } from './days.ts';

/** Plain data, so that it crosses from thread to thread. */
export interface Periods {
  readonly max: number;
  /** No later day is believed. */
  readonly lastDay: number;
  unit: 'day' | 'month';
  readonly byService: Map<string, Map<number, number>>;
  /** Pairs of a service and a day or month. */
  cells: number;
  /** Before CloudTrail was, or still to come. */
  outside: number;
}

/** Ten years of 27 services by day; some 10 MB. */
export const MAX_CELLS = 100_000;

export function startPeriods(lastDay: number, max = MAX_CELLS): Periods {
  return { max, lastDay, unit: 'day', byService: new Map(), cells: 0, outside: 0 };
}

export function countOn(periods: Periods, service: string, day: number): void {
  if (day >= FIRST_DAY && day <= periods.lastDay) add(periods, service, inUnit(periods, day), 1);
  else periods.outside++;
}

/** Adds those of `more`, which stays as it is. */
export function addPeriods(periods: Periods, more: Periods): void {
  periods.outside += more.outside;
  if (more.unit === 'month') coarsen(periods);
  for (const [service, counts] of more.byService) {
    for (const [at, number] of counts) {
      add(periods, service, more.unit === 'day' ? inUnit(periods, at) : at, number);
    }
  }
}

function inUnit({ unit }: Periods, day: number): number {
  return unit === 'day' ? day : monthOf(day);
}

/** All of AWS are some 400. */
const MAX_SERVICES = 1_000;

const BEYOND = 'services beyond the first 1,000';

function add(periods: Periods, name: string, at: number, number: number): void {
  const { byService } = periods;
  const service = byService.has(name) || byService.size < MAX_SERVICES ? name : BEYOND;
  const counts = byService.get(service) ?? new Map<number, number>();
  if (counts.size === 0) byService.set(service, counts);
  const known = counts.get(at);
  if (known === undefined) periods.cells++;
  counts.set(at, (known ?? 0) + number);
  if (periods.cells > periods.max) coarsen(periods);
}

/** Services and months are bounded already. */
function coarsen(periods: Periods): void {
  if (periods.unit === 'month') return;
  periods.unit = 'month';
  periods.cells = 0;
  for (const [service, counts] of periods.byService) {
    const months = new Map<number, number>();
    for (const [day, number] of counts) months.set(monthOf(day), (months.get(monthOf(day)) ?? 0) + number);
    periods.byService.set(service, months);
    periods.cells += months.size;
  }
}
