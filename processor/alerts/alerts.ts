/**
 * Sends alerts to a topic: at most one an hour for each account, service and class. The table of the metadata store makes that
 * hold for all functions that run side by side; without it each process keeps to it by itself. What goes wrong here is said in
 * the log, and never fails a file.
 */
import type { AccountRefusal } from '../../tag-manager/calls/accounts.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import { keepLeastRecent } from '../../tag-manager/calls/least-recent.ts';
import type { Claims } from '../../tag-manager/store/claims.ts';
import type { FileReport } from '../file/file-report.ts';
import { type Alert, alertOfRefusal, alertsOf, kindOf } from './alert.ts';
import { textOf } from './alert-text.ts';
import { publish } from './publish.ts';

export interface Alerts {
  addReport(report: FileReport): void;
  addRefusal(refusal: AccountRefusal): void;
  /** What was added since the last time. Throws nothing, and takes no longer than `MAX_MS`. */
  send(signal: AbortSignal): Promise<void>;
}

export interface AlertsOptions {
  readonly topicArn: string;
  readonly calls: Calls;
  /** @default each process for itself */
  readonly claims?: Claims | undefined;
  readonly functionName: string;
  readonly ownAccount: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onProblem: (problem: string, error: Error) => void;
}

/** The answer waits for them. */
const MAX_MS = 3_000;

/** In one invocation; the next one sends more. */
const MAX_ALERTS = 10;

/** Kinds that are kept. A process lives for hours, and few have that many. */
const MAX_KINDS = 1_000;

const HOURS = 1;
const HOUR_MS = HOURS * 60 * 60_000;

export function createAlerts(options: AlertsOptions): Alerts {
  const { topicArn, calls, claims, functionName, ownAccount, now, onProblem } = options;
  const sentAt = keepLeastRecent<string, number>(MAX_KINDS);
  const pending = new Map<string, Alert>();

  function add(alert: Alert): void {
    const kind = kindOf(alert);
    const known = pending.get(kind);
    if (known !== undefined) pending.set(kind, { ...known, count: known.count + 1 });
    else if (pending.size < MAX_KINDS) pending.set(kind, alert);
  }

  function wasSent(kind: string): boolean {
    const at = sentAt.find(kind);
    return at !== undefined && now() - at < HOUR_MS;
  }

  /** Others may have sent it. Where nobody can tell, it is sent once more. */
  async function isOurs(kind: string, signal: AbortSignal): Promise<boolean> {
    try {
      return (await claims?.take(`alert:${kind}`, HOURS, signal)) ?? true;
    } catch (error) {
      onProblem(`asking the metadata store whether an alert was sent: ${kind}`, error as Error);
      return true;
    }
  }

  async function sendOne(kind: string, alert: Alert, signal: AbortSignal): Promise<void> {
    sentAt.put(kind, now());
    try {
      if (!(await isOurs(kind, signal))) return;
      await publish(calls, topicArn, textOf(alert, functionName), signal);
    } catch (error) {
      onProblem(`sending an alert to ${topicArn}: ${kind}`, error as Error);
    }
  }

  return {
    addReport(report) {
      for (const alert of alertsOf(report, ownAccount)) add(alert);
    },
    addRefusal: (refusal) => add(alertOfRefusal(refusal)),
    async send(signal) {
      if (pending.size === 0) return;
      const wanted = [...pending].filter(([kind]) => !wasSent(kind));
      pending.clear();
      const first = wanted.slice(0, MAX_ALERTS);
      for (const [kind, alert] of wanted.slice(MAX_ALERTS)) pending.set(kind, alert);
      const soon = AbortSignal.any([signal, AbortSignal.timeout(MAX_MS)]);
      await Promise.all(first.map(([kind, alert]) => sendOne(kind, alert, soon)));
    },
  };
}
