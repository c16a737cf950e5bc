/**
 * Creations that were passed over for what looks like our own shortcoming rather than the caller's: what they made
 * stays untagged, and somebody should know. Like ones are counted together, so that a file full of them has few.
 */
import type { IgnoredReason } from '../../parser/event/ignored-reason.ts';

export interface Warning {
  readonly reason: IgnoredReason;
  /** As the record spells it. */
  readonly eventName: string;
  /** In words. */
  readonly detail: string;
  readonly count: number;
  /** The first of them. */
  readonly example: { readonly eventID: string; readonly index: number };
}

/** Different ones that are kept apart, in one file and in the totals; of the rest, each reason is counted as one more. */
export const MAX_WARNINGS = 20;

/** Their counts add up to those of the reasons. */
export interface WarningCounter {
  add(warning: Warning): void;
  readonly warnings: readonly Warning[];
}

export function countWarnings(): WarningCounter {
  const known = new Map<string, Warning>();
  const rest = new Map<IgnoredReason, Warning>();
  return {
    add(warning) {
      const { reason, eventName, detail } = warning;
      const key = JSON.stringify([reason, eventName, detail]);
      if (isRest(warning) || (!known.has(key) && known.size >= MAX_WARNINGS)) {
        rest.set(reason, sum(rest.get(reason), { ...warning, ...REST }));
      } else {
        known.set(key, sum(known.get(key), warning));
      }
    },
    get warnings() {
      return [...known.values(), ...rest.values()];
    },
  };
}

export function mergeWarnings(some: readonly Warning[], more: readonly Warning[]): readonly Warning[] {
  if (more.length === 0) return some;
  const counter = countWarnings();
  for (const warning of [...some, ...more]) counter.add(warning);
  return counter.warnings;
}

/** How many creations they are about. */
export function countOf(warnings: readonly Warning[]): number {
  return warnings.reduce((total, { count }) => total + count, 0);
}

const REST = { eventName: '', detail: 'for other reasons of this kind' };

function isRest({ eventName }: Warning): boolean {
  return eventName === REST.eventName;
}

function sum(known: Warning | undefined, warning: Warning): Warning {
  return known === undefined ? warning : { ...known, count: known.count + warning.count };
}
