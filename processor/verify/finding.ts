/** What a check says, and the words in which many alike are told at once. */
import type { Unknown } from './answer.ts';

/** `hint`: it works, and could be better, or somebody should look at it. `unknown`: it could not be asked. */
export const FINDING_OUTCOMES = ['ok', 'missing', 'unknown', 'hint'] as const;
export type FindingOutcome = (typeof FINDING_OUTCOMES)[number];

export interface Finding {
  readonly outcome: FindingOutcome;
  /** What was expected and found; it may hold what others chose. */
  readonly message: string;
  /** What to do about it; absent where there is nothing to do. */
  readonly todo?: string;
}

export function ok(message: string): Finding {
  return { outcome: 'ok', message };
}

export function missing(message: string, todo: string): Finding {
  return { outcome: 'missing', message, todo };
}

export function hint(message: string, todo: string): Finding {
  return { outcome: 'hint', message, todo };
}

/** The cause as an answer of AWS gives it; `todo` where something else would help. */
export function unknown(what: string, cause: Pick<Unknown, 'why' | 'todo'>, todo = cause.todo): Finding {
  return { outcome: 'unknown', message: `${what}: ${cause.why}`, todo };
}

/** Shown by name; of hundreds, more would hide the rest. */
const NAMED = 3;

/** `a, b, c and 497 more`. */
export function few(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
}

/** What people call it, of its ARN: what stands behind the last colon or slash. */
export function nameOf(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
}

/** `1 account`, `5 accounts`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
