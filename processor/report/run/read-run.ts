/**
 * What a run's folder says, as sums: resources and days of the log files that its last checkpoint counts, also while the run
 * goes on. Everything is read in streams.
 */
import { type BranchProgress, type Checkpoint, readCheckpoint } from '../../backfill/run/checkpoint.ts';
import { readLines } from '../../backfill/run/line-reader.ts';
import { lockOwner } from '../../backfill/run/lock.ts';
import { runFiles } from '../../backfill/run/run-files.ts';
import { type RunInfo, readRunInfo } from '../../backfill/run/run-info.ts';
import { type ResourceRow, readRow } from '../../file/resource-row.ts';
import type { Totals } from '../../file/totals.ts';
import { compare, count } from '../sums/counts.ts';
import { dayOf } from '../sums/days.ts';
import type { BranchDays } from '../sums/delivered.ts';
import { keptText } from '../sums/kept-text.ts';
import { addResource, type ReportSums, startSums } from '../sums/sums.ts';
import type { Subject } from '../view/report.ts';
import { counted, number } from '../view/words.ts';
import { readRate } from './read-journal.ts';

export interface RunRead {
  readonly sums: ReportSums;
  readonly subject: Subject;
}

export interface ReadRunOptions {
  /** No later day is believed. */
  readonly lastDay: number;
  /** Takes the resources as they come, in the order of the file. */
  readonly onRows: (rows: readonly ResourceRow[]) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Throws RunError, and the reason of the signal. */
export async function readRun(folder: string, { lastDay, onRows, signal }: ReadRunOptions): Promise<RunRead> {
  const info = await readRunInfo(folder);
  const checkpoint = await readCheckpoint(folder);
  const sums = startSums(lastDay);
  const files = runFiles(folder);
  let unreadable = 0;
  for await (const lines of readLines(files.resources, 0, checkpoint?.resourcesBytes ?? 0)) {
    signal.throwIfAborted();
    const rows = lines.flatMap(({ value }) => readRow(value) ?? []);
    unreadable += lines.length - rows.length;
    for (const row of rows) addResource(sums, row);
    await onRows(rows);
  }
  const branches = Object.entries(checkpoint?.branches ?? {});
  if (checkpoint !== undefined) addTotals(sums, checkpoint.totals);
  sums.tallies.compressedBytes = branches.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  const isDone = branches.length > 0 && branches.every(([, { done }]) => done);
  const digests = info.verifyDigests ? numbersOf(checkpoint?.totals.digests) : undefined;
  const { writes, columns, stepSeconds, throttled } = await readRate(files.journal, signal);
  return {
    sums,
    subject: {
      title: `Run ${info.id}`,
      about: [scopeText(info)],
      facts: factsOf(info, { folder, unreadable, branches, isDone, digests }),
      isPartial: !isDone || lockOwner(folder) !== undefined,
      speed: {
        seconds: secondsOf(info, checkpoint),
        writes,
        rate: { columns, stepSeconds },
        throttled: throttled.byName,
      },
      branches: branches.flatMap(branchDays).sort((one, other) => compare(one.account, other.account)),
    },
  };
}

/** Of all processes that worked on it: the time between them is not the run's. */
function secondsOf({ createdAt }: RunInfo, checkpoint: Checkpoint | undefined): number {
  if (checkpoint === undefined) return 0;
  const { at, sessions = [{ begunAt: createdAt, endedAt: at }] } = checkpoint;
  const lasted = sessions.map(({ begunAt, endedAt }) => Date.parse(endedAt) - Date.parse(begunAt));
  return lasted.reduce((sum, each) => sum + Math.max(0, each), 0) / 1000;
}

/** What the checkpoint shows is not checked by whoever reads it: a number that is none counts as nothing. */
function addTotals(sums: ReportSums, totals: Totals): void {
  const { tallies, outside, servicesLeftOut } = sums;
  for (const name of ['files', 'unreadable', 'records', 'creations', 'malformed', 'resources'] as const) {
    tallies[name] = numberOf(totals[name]);
  }
  Object.assign(tallies.ignored, numbersOf(totals.ignored));
  Object.assign(tallies.outcomes, numbersOf(totals.outcomes));
  Object.assign(tallies.skipped, numbersOf(totals.skipped));
  for (const [name, number] of Object.entries(numbersOf(totals.outside)))
    count(outside, keptText(name), number);
  for (const [name, number] of Object.entries(numbersOf(totals.servicesLeftOut))) {
    count(servicesLeftOut, keptText(name), number);
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function numbersOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, number]) => [name, numberOf(number)]));
}

/** `o-a1b2c3d4e5/111122223333/eu-west-1`; nothing of files that lie in no such folder. */
const BRANCH = /(?:^|\/)(\d{12})\/([a-z0-9-]+)$/;

function branchDays([name, progress]: readonly [string, BranchProgress]): readonly BranchDays[] {
  const [, account, region] = BRANCH.exec(name) ?? [];
  const { firstDay, lastDay, gaps } = progress;
  if (account === undefined || region === undefined || firstDay === undefined || lastDay === undefined)
    return [];
  const days = { from: dayOf(firstDay), to: dayOf(lastDay) };
  if (!(days.to >= days.from)) return []; // also where one is no day
  const within = gaps
    .map(([first, last]) => [dayOf(first), dayOf(last)] as const)
    .filter(([first, last]) => days.from < first && first <= last && last < days.to);
  return [{ account, region, ...days, gaps: within }];
}

function digestsText(digests: Readonly<Record<string, number>>): string {
  const texts = Object.entries(digests).map(([reason, count]) => `${number(count)} ${keptText(reason)}`);
  return texts.length === 0 ? 'vouch for all files' : texts.join(', ');
}

function scopeText({ scope }: RunInfo): string {
  const { bucket, prefix, from, to } = scope as Readonly<Record<string, unknown>>;
  const url =
    typeof bucket === 'string' ? `s3://${bucket}/${typeof prefix === 'string' ? prefix : ''}` : 'log files';
  const since = typeof from === 'string' ? ` from ${timeText(from)}` : '';
  return `${url}${since}${typeof to === 'string' ? ` to before ${timeText(to)}` : ''}`;
}

/** Of midnight the day alone. */
function timeText(time: string): string {
  return time.replace(/T00:00:00(\.0+)?Z$/, '');
}

interface RunState {
  readonly folder: string;
  readonly unreadable: number;
  readonly branches: readonly (readonly [string, BranchProgress])[];
  readonly isDone: boolean;
  /** What CloudTrail's digests said, by reason; `undefined` where nobody asked them. */
  readonly digests: Readonly<Record<string, number>> | undefined;
}

function factsOf(
  info: RunInfo,
  { folder, unreadable, branches, isDone, digests }: RunState,
): Subject['facts'] {
  const { command, identity, engine, dryRun, program, createdAt } = info;
  const done = branches.filter(([, progress]) => progress.done).length;
  const hidden = branches.filter(([, { gaps, gapDays }]) => {
    return gapDays > gaps.reduce((sum, [first, last]) => sum + dayOf(last) - dayOf(first) + 1, 0);
  }).length;
  return [
    ['folder', folder],
    ['command', command],
    ['begun', `${createdAt.slice(0, 19).replace('T', ' ')} UTC, by auto-tagger ${program}`],
    ['as', `${identity.arn} in account ${identity.account}`],
    ['engine', dryRun ? `${engine}, a dry run that tagged nothing` : engine],
    [
      'done',
      isDone
        ? 'to the end'
        : `${done} of ${counted(branches.length, 'pair')} of account and region that were begun`,
    ],
    ...(digests === undefined ? [] : [['digests of CloudTrail', digestsText(digests)] as const]),
    ...(hidden > 0
      ? [
          [
            'days without files',
            `of ${counted(hidden, 'pair')} of account and region only the longest are known`,
          ] as const,
        ]
      : []),
    ...(unreadable > 0
      ? [['lines passed over', `${unreadable} of resources.ndjson are no resources`] as const]
      : []),
  ];
}
