/** For people: a table of the resources, one of the records that were passed over, and the sums in words. */
import Table from 'cli-table3';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { TagSet } from '../../tag-manager/tags/tag-set.ts';
import type { PassedOver } from '../file/plan-file.ts';
import type { Printer, Write } from './printer.ts';
import type { Totals } from './totals.ts';

/** `withOutcome` where AWS was asked: a plan knows no outcomes. */
export function tablePrinter(write: Write, withOutcome: boolean): Printer {
  const resources: Outcome[] = [];
  const passedOver: PassedOver[] = [];
  return {
    resource: (_, outcome) => {
      resources.push(outcome);
    },
    ignored: (_, record) => {
      passedOver.push(record);
    },
    file: () => {},
    summary: (totals) => {
      if (resources.length > 0) write(`${resourceTable(resources, withOutcome)}\n`);
      if (passedOver.length > 0) write(`${passedOverTable(passedOver)}\n`);
      write(summaryText(totals));
    },
  };
}

function resourceTable(outcomes: readonly Outcome[], withOutcome: boolean): string {
  const tagged = outcomes.map(({ resource, tags }) => ({ arn: resource.arn, tags }));
  const more = outcomes.map((outcome) => ({
    event: outcome.creation.eventName,
    ...(withOutcome && { outcome: outcomeText(outcome) }),
  }));
  return tagTable(tagged, more);
}

export interface TaggedResource {
  readonly arn: string;
  readonly tags: TagSet;
}

/** A column for each tag key that occurs, between the ARN and further columns. */
export function tagTable(
  resources: readonly TaggedResource[],
  more: readonly Readonly<Record<string, string>>[] = [],
): string {
  const keys = [...new Set(resources.flatMap(({ tags }) => [...tags.keys()]))];
  const head = ['resource', ...keys, ...Object.keys(more[0] ?? {})];
  const rows = resources.map(({ arn, tags }, at) => [
    arn,
    ...keys.map((key) => tags.get(key) ?? ''),
    ...Object.values(more[at] ?? {}),
  ]);
  return tableText(head, rows);
}

function outcomeText({ outcome, reason, failure }: Outcome): string {
  if (failure !== undefined) return `${outcome}: ${failure.error}`;
  return reason === '' ? outcome : `${outcome}: ${reason}`;
}

function passedOverTable(records: readonly PassedOver[]): string {
  const rows = records.map(({ eventName, eventID, reason, detail }) => [eventName, eventID, reason, detail]);
  return tableText(['event', 'event ID', 'passed over', 'because'], rows);
}

/** What a log holds must not steer the terminal. */
const CONTROL = /[^\P{Cc}\n]/gu;

/** Columns and spaces, without lines and colours, so that it can be piped and copied. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0 },
  });
  table.push(...rows.map((row) => row.map((cell) => cell.replace(CONTROL, '?'))));
  return `${table.toString().replace(/ +$/gm, '')}\n`;
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
} as const;

export function summaryText(totals: Totals): string {
  const { files, unreadable, records, creations, resources, malformed } = totals;
  const ignored = Object.entries(totals.ignored).map(
    ([reason, count]) => `${count} ${reason.replaceAll('-', ' ')}`,
  );
  const outcomes = Object.entries(totals.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  const lines = [
    `${count(files, 'file')}${unreadable > 0 ? `, ${unreadable} of them could not be read` : ''}`,
    `${count(records, 'record')}: ${[`${creations} created something`, ...ignored, `${malformed} malformed`].join(', ')}`,
    `${count(resources, 'resource')}${outcomes.length > 0 ? `: ${outcomes.join(', ')}` : ''}`,
  ];
  return `${lines.join('\n')}\n`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
