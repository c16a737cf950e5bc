/** What alerts are sent for, a row each: in words, and what to do about it. docs/monitoring.md shows them. */
import type { FailureClass } from '../../tag-manager/calls/call-failure.ts';

export type AlertClass = FailureClass | 'log-denied' | 'log-unreadable' | 'role-refused';

export interface AlertRow {
  /** Begins the subject. */
  readonly title: string;
  readonly whatToDo: string;
}

const REPLAY = 'Then bring it again with `auto-tagger replay` from the failure queue.';

const LATER =
  'Nothing, if it is rare: it was tried again and again, and the cause is one that passes. If it goes on, look at the log of the function.';

const passing = (title: string): AlertRow => ({ title, whatToDo: LATER });

export const ALERTS = {
  denied: {
    title: 'access denied',
    whatToDo: `Let the function, or its role in that account, tag what is named (\`auto-tagger policy\` prints the policy), and look for a service control policy that denies it. ${REPLAY}`,
  },
  'too-many-tags': {
    title: 'too many tags',
    whatToDo: `The resource has as many tags as its service takes. Remove some that nobody needs. ${REPLAY}`,
  },
  'invalid-tags': {
    title: 'tags refused',
    whatToDo: `The service or a tag policy of the organization refuses our tags: make their keys or values as it prescribes, by the settings. ${REPLAY}`,
  },
  invalid: {
    title: 'call refused',
    whatToDo: `The service refuses the call. Look at the resource; if nothing is wrong with it, report a fault of auto-tagger. ${REPLAY}`,
  },
  unsupported: {
    title: 'cannot be tagged',
    whatToDo:
      'The service cannot tag it, there or in this state. Leave it out by EXCLUDE_EVENTS, or report a fault of auto-tagger.',
  },
  unknown: {
    title: 'unknown error',
    whatToDo: `auto-tagger does not know this error. Look it up in the documentation of the service, and report it. ${REPLAY}`,
  },
  'not-found': passing('not found'),
  throttled: passing('throttled'),
  busy: passing('service busy'),
  conflict: passing('conflict'),
  network: passing('network trouble'),
  'broken-answer': passing('answer of somebody else'),
  'clock-skew': passing('clock differs'),
  credentials: passing('no credentials'),
  stopped: passing('no time left'),
  'log-denied': {
    title: 'log files cannot be read',
    whatToDo:
      'Nothing of these log files is tagged. Let the function read the bucket, and decrypt with its key: its role, the policy of the bucket and that of the key must all allow it. The files come again by themselves for some hours; then they are in the failure queue.',
  },
  'log-unreadable': {
    title: 'a log file is broken or missing',
    whatToDo:
      'Nothing of this log file is tagged. See whether it is there and whole; an archived one must be restored. Then bring it again with `auto-tagger replay` from the failure queue.',
  },
  'role-refused': {
    title: 'an account lets us not in',
    whatToDo:
      'Nothing of this account is tagged. Deploy the role of MEMBER_ROLE_NAME in it, with a trust policy that names the role of the function and the external id. Then bring its log files again.',
  },
} as const satisfies Readonly<Record<AlertClass, AlertRow>>;

/** The table as docs/monitoring.md shows it. */
export function alertsTable(): string {
  const rows = Object.entries<AlertRow>(ALERTS).map(
    ([name, { title, whatToDo }]) => `| \`${name}\` | ${title} | ${whatToDo} |`,
  );
  return ['| class | in words | what to do |', '| --- | --- | --- |', ...rows].join('\n');
}

/** How everything is stopped at once. Alarms say it too. */
export function howToStop(functionName: string): string {
  return `To stop auto-tagger at once: aws lambda put-function-concurrency --function-name ${functionName} --reserved-concurrent-executions 0 (for longer, set the parameter Running of its stack to no). Nothing is lost: what comes meanwhile waits in the queues, or among the dead letters.`;
}

if (import.meta.main) console.log(alertsTable());
