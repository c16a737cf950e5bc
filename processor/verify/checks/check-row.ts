/** One check: what it asks, which calls it takes, and how it judges what was found. */
import type { Facts } from '../facts/facts.ts';
import type { Finding } from '../finding.ts';

/** What to do about something that a deployment makes and that is not there. */
export const GONE =
  'deploy it; if the stack believes that it is there, somebody has deleted it by hand: make it again as the template says';

export interface CheckRow {
  /** `section.check`; what belongs together is shown together. */
  readonly name: `${string}.${string}`;
  /** What it asks, as the documentation says it. */
  readonly asks: string;
  /** IAM actions that it takes of whoever runs it. */
  readonly actions: readonly string[];
  /** Pure; empty where there is nothing to check. */
  check(facts: Facts): readonly Finding[];
}
