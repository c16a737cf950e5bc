/**
 * Why a record creates nothing for us, one row each. Some are found by the processor; all are counted in reports under
 * these names. docs/command-line.md shows the rows.
 */

interface ReasonRow {
  /** Of the record, for people. */
  readonly meaning: string;
  /** What the call created stays untagged although nothing seems wrong with the call: somebody should know. */
  readonly isWarning: boolean;
}

export const IGNORED_REASONS = {
  'not-in-catalogue': { isWarning: false, meaning: 'is no event that creates something we tag' },
  'failed-call': { isWarning: false, meaning: 'is of a call that failed, or of a dry run' },
  deletion: { isWarning: false, meaning: 'is of a call that deletes something whose name can be used again' },
  'no-resource': { isWarning: true, meaning: 'names nothing that was created' },
  'response-omitted': {
    isWarning: true,
    meaning:
      'came without its response, which CloudTrail leaves out when it is too large: the ids stood in it',
  },
  'may-be-update': {
    isWarning: false,
    meaning:
      'is of a call that creates or updates (`Put…`), and does not tell which it did; `UPSERTS=tag` tags it all the same',
  },
  'untagged-parent': {
    isWarning: false,
    meaning:
      'is of a call that made what bears no tags of ours, such as a stack: it tells who is behind what is made for that',
  },
  invalid: {
    isWarning: true,
    meaning:
      'says what it may not: an ARN of another type, account or region, an id that is none, an unknown region',
  },
  'no-creator': { isWarning: false, meaning: 'says nothing of who made the call' },
  'filtered-out': {
    isWarning: false,
    meaning: 'is left out by a filter, or is of a service that `SERVICES` leaves out',
  },
  'no-role': {
    isWarning: false,
    meaning:
      'is of an account that we cannot tag in: no role is named for it, or AWS does not let us assume it',
  },
  'account-differs': {
    isWarning: false,
    meaning:
      'is of another account than its folder `AWSLogs/<account>/` or its event, or the folders name several',
  },
  'account-unknown': {
    isWarning: false,
    meaning:
      'lies in a file in no folder `AWSLogs/<account>/`; only the function refuses those, and `replay` of its queue',
  },
  'done-before': { isWarning: false, meaning: 'was dealt with by an earlier invocation' },
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type IgnoredReason = keyof typeof IGNORED_REASONS;

export interface Ignored {
  readonly kind: 'ignored';
  readonly reason: IgnoredReason;
  /** What in the record led there, for `--explain`. */
  readonly detail: string;
  /** The service that is not to be tagged, by IAM prefix, where that is why. */
  readonly serviceLeftOut?: string;
}

export function ignored(reason: IgnoredReason, detail: string): Ignored {
  return { kind: 'ignored', reason, detail };
}
