/** How a command can end: one row for each exit code. docs/command-line.md shows them. */
import { CallError } from '../../tag-manager/calls/call-failure.ts';

interface EndingRow {
  readonly exitCode: number;
  /** For people. */
  readonly meaning: string;
}

export const ENDINGS = {
  done: { exitCode: 0, meaning: 'everything is done' },
  failed: {
    exitCode: 1,
    meaning:
      'something failed: a file could not be read, a resource could not be tagged, the answer could not be written',
  },
  usage: { exitCode: 2, meaning: 'wrong usage, or a setting that cannot be used' },
  access: {
    exitCode: 4,
    meaning:
      'nothing could be begun: there are no credentials, they have expired, or AWS denies access with them',
  },
  incomplete: {
    exitCode: 5,
    meaning:
      'not complete: some resources are `deferred`, or some records are of accounts without a role (`no-role`)',
  },
  nothing: {
    exitCode: 6,
    meaning: 'nothing found: one of the paths leads to no log files, or nothing is known of what was asked',
  },
  interrupted: { exitCode: 130, meaning: 'stopped before the end, by Ctrl-C, SIGTERM or SIGHUP' },
} as const satisfies Readonly<Record<string, EndingRow>>;

export type Ending = keyof typeof ENDINGS;

export type ExitCode = (typeof ENDINGS)[Ending]['exitCode'];

/** Of several that apply, the one with the lowest exit code; `done` where none does. */
export function lowest(endings: Iterable<Ending>): Ending {
  let found: Ending = 'done';
  for (const each of endings) {
    if (each === 'done') continue;
    if (found === 'done' || ENDINGS[each].exitCode < ENDINGS[found].exitCode) found = each;
  }
  return found;
}

/** What the user can mend by typing something else. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'SettingsError',
  'QueueUrlError',
  'NotCoveredError',
  'PolicyError',
  'ScopeError',
  'VerifyError',
  'OutputError',
  'ExportError',
  'RunError',
  'BulkError',
  'WhoError',
]);

/** Of an error that ended the command. */
export function endingOfError(error: unknown): Ending {
  if (!(error instanceof Error)) return 'failed';
  if (USAGE_ERRORS.has(error.name)) return 'usage';
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof CallError) return isAccess(cause) ? 'access' : 'failed';
  }
  return 'failed';
}

function isAccess({ failure }: CallError): boolean {
  return failure.class === 'credentials' || failure.class === 'denied';
}
