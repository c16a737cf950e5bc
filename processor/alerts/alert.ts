/** What somebody is told of: the first of its kind in an invocation, and how many there were. */
import { parseArn } from '../../parser/arn.ts';
import { readFolderOwner } from '../../parser/log-key.ts';
import type { AccountRefusal } from '../../tag-manager/calls/accounts.ts';
import type { FileReport, ResourceFailure } from '../file/file-report.ts';
import type { AlertClass } from './alert-rows.ts';

export interface Alert {
  readonly account: string;
  readonly service: string;
  readonly class: AlertClass;
  /** ARN of a resource or a role, or a log file. Chosen by others, as all texts below. */
  readonly what: string;
  /** What AWS said. */
  readonly why: string;
  /** The event that created the resource. */
  readonly eventID?: string;
  /** Where the event is. */
  readonly file?: string;
  readonly count: number;
}

/** Alerts of one kind are sent once an hour. */
export function kindOf({ account, service, class: what }: Alert): string {
  return `${account}:${service}:${what}`;
}

/** `ownAccount` is that of resources whose ARN and whose log file name none. */
export function alertsOf(report: FileReport, ownAccount: string): readonly Alert[] {
  const { file, location, error, failures } = report;
  const ofFolder = location?.kind === 's3' ? readFolderOwner(location.key).account : undefined;
  const account = (location?.kind === 'event' ? location.account : ofFolder) ?? ownAccount;
  const alerts = failures.filter(isForEver).map((failure) => ofResource(failure, file, account));
  if (error === undefined || error.class === 'transient') return alerts;
  const what = error.class === 'denied' ? 'log-denied' : 'log-unreadable';
  const why = `${error.code}: ${error.message}`;
  return [...alerts, { account, service: 's3', class: what, what: file, why, count: 1 }];
}

/** Undone deletions come again, most of them: those that do not are in the failure queue all the same. */
function isForEver({ outcome }: ResourceFailure): boolean {
  return outcome === 'failed';
}

function ofResource(failure: ResourceFailure, file: string, account: string): Alert {
  const { arn, eventID, class: what, error, message } = failure;
  const parsed = parseArn(arn);
  return {
    account: parsed?.account || account,
    service: parsed?.service ?? 'unknown',
    class: what,
    what: arn,
    why: `${error}: ${message}`,
    ...(eventID !== undefined && { eventID }),
    file,
    count: 1,
  };
}

export function alertOfRefusal({ account, roleArn, failure }: AccountRefusal): Alert {
  const why = `${failure.error}: ${failure.message}`;
  return { account, service: 'sts', class: 'role-refused', what: roleArn, why, count: 1 };
}
