/** All checks, in the order of the way from a call to its tags; the documentation shows them. Run this file to print its table. */

import type { Grant } from '../policy/document.ts';
import { ACCOUNT_CHECKS } from './checks/accounts.ts';
import type { CheckRow } from './checks/check-row.ts';
import { EVENT_CHECKS } from './checks/events.ts';
import { FUNCTION_CHECKS } from './checks/function.ts';
import { LOG_CHECKS } from './checks/logs.ts';
import { PERMISSION_CHECKS } from './checks/permissions.ts';
import { QUEUE_CHECKS } from './checks/queues.ts';
import { SOURCE_CHECKS } from './checks/sources.ts';
import { ALERT_CHECKS, STORE_CHECKS } from './checks/store.ts';
import { TRAIL_CHECKS } from './checks/trails.ts';
import type { Facts } from './facts/facts.ts';
import type { Finding } from './finding.ts';
import { LIVE, LIVE_ACTIONS, LIVE_NAME } from './live/live-row.ts';

export const CHECKS: readonly CheckRow[] = [
  ...FUNCTION_CHECKS,
  ...SOURCE_CHECKS,
  ...TRAIL_CHECKS,
  ...LOG_CHECKS,
  ...QUEUE_CHECKS,
  ...EVENT_CHECKS,
  ...STORE_CHECKS,
  ...ALERT_CHECKS,
  ...PERMISSION_CHECKS,
  ...ACCOUNT_CHECKS,
];

/** A finding, and the name of the check that it is of. */
export interface NamedFinding extends Finding {
  readonly check: string;
}

/** In the order of the checks. */
export function judge(facts: Facts): readonly NamedFinding[] {
  return CHECKS.flatMap(({ name, check }) => check(facts).map((finding) => ({ check: name, ...finding })));
}

/** The only one that could do more than look, so it is granted for the member role alone. */
const ASSUME = 'sts:AssumeRole';

/**
 * What `verify` takes of whoever runs it: to ask; to try the member role, where there is one; and with `--live` to make something of
 * its name and to remove it.
 */
export function verifyGrants(memberRole: string | undefined): readonly Grant[] {
  const asking = CHECKS.flatMap(({ actions }) => actions).filter((action) => action !== ASSUME);
  const services = Object.entries(LIVE_ACTIONS);
  return [
    { sid: 'Verify', actions: asking, resources: ['*'] },
    ...(memberRole === undefined
      ? []
      : [{ sid: 'VerifyRole', actions: [ASSUME], resources: [`arn:*:iam::*:role/${memberRole}`] }]),
    {
      sid: 'VerifyLive',
      actions: services.flatMap(([, actions]) => actions),
      resources: services.map(([service]) => `arn:*:${service}:*:*:${LIVE_NAME}*`),
    },
  ];
}

/** As docs/command-line.md shows it. */
export function verifyTable(): string {
  const rows = [...CHECKS, LIVE].map(({ name, asks, actions }) => {
    return `| \`${name}\` | ${asks} | ${actions.map((action) => `\`${action}\``).join(', ')} |`;
  });
  return ['| check | asks whether | permissions that it takes of you |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
}

if (import.meta.main) process.stdout.write(`${verifyTable()}\n`);
