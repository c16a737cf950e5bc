/** For people: a table of the resources and of the records that were passed over, row by row, and the sums in words. */
import { printable } from '../../parser/printable.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { TagSettings } from '../../tag-manager/tags/tag-settings.ts';
import { outsideText } from '../file/outside.ts';
import type { PassedOver } from '../file/plan-file.ts';
import type { Totals } from '../file/totals.ts';
import type { Warning } from '../file/warnings.ts';
import { linesText } from './coverage/lines.ts';
import type { Printer, Write } from './printer.ts';
import { fittingTable, type RowTable, wideTable } from './row-table.ts';

export interface TableOptions {
  /** How wide the terminal is; undefined where there is none. */
  readonly columns: number | undefined;
  /** Every column, and every cell whole. @default what fits */
  readonly isWide?: boolean;
  /** Whose keys the columns are called by. */
  readonly tags: Pick<TagSettings, 'keys' | 'templates' | 'rules'>;
}

/** Of terminals, and of what is to be read on one later. */
const DEFAULT_COLUMNS = 80;

/** Each file's rows are printed as soon as the file is done: nothing is kept, and so nothing is lost. */
export function tablePrinter(write: Write, options: TableOptions): Printer {
  const layout = options.isWide ? wideLayout(options) : fittingLayout(options);
  let rows: string[] = [];
  let isBegun = false;
  const flush = () => {
    if (rows.length === 0) return;
    if (!isBegun) write(layout.table.head());
    isBegun = true;
    write(rows.join(''));
    rows = [];
  };
  const add = (cells: readonly string[]) => {
    rows.push(layout.table.row(cells));
    if (rows.length >= MAX_ROWS_HELD) flush();
  };
  return {
    resource: (_, outcome) => add(layout.ofResource(outcome)),
    ignored: (_, record) => add(layout.ofIgnored(record)),
    file: flush,
    summary: (totals) => {
      flush();
      const lines = summaryText(totals).trimEnd().split('\n');
      if (isBegun) write('\n');
      write(
        linesText(
          lines.map((text) => ({ indent: 0, text })),
          options.columns,
        ),
      );
    },
  };
}

/** One write for so many rows. */
const MAX_ROWS_HELD = 500;

interface Layout {
  readonly table: RowTable;
  ofResource(outcome: Outcome): readonly string[];
  ofIgnored(record: PassedOver): readonly string[];
}

/** What fits: what it is, who made it by which call, and what became of it. Ends of names tell more than their beginnings. */
function fittingLayout({ columns = DEFAULT_COLUMNS, tags: { keys } }: TableOptions): Layout {
  const table = fittingTable(
    [
      { head: 'resource', share: 32, cutAt: 'start' },
      { head: keys.createdBy, share: 13, cutAt: 'start' },
      { head: 'event', share: 13, cutAt: 'end' },
      { head: 'outcome', share: 16, cutAt: 'end' },
    ],
    columns,
  );
  return {
    table,
    ofResource: (outcome) => [
      shortArn(outcome.resource.arn),
      withoutAccount(outcome.tags.get(keys.createdBy) ?? ''),
      outcome.creation.eventName,
      outcomeText(outcome),
    ],
    ofIgnored: ({ eventID, eventName, reason, detail }) => [eventID, '', eventName, `${reason}: ${detail}`],
  };
}

/** Wide enough for most cells. */
const WIDTHS = { resource: 70, tag: 20, event: 24, outcome: 12, rule: 20 };

function wideLayout({ tags: { templates, rules } }: TableOptions): Layout {
  const keys = [...new Set([...templates.keys(), ...rules.keys])];
  const hasRules = rules.keys.size > 0;
  const table = wideTable([
    { head: 'resource', share: WIDTHS.resource },
    ...keys.map((head) => ({ head, share: WIDTHS.tag })),
    { head: 'event', share: WIDTHS.event },
    { head: 'outcome', share: WIDTHS.outcome },
    ...(hasRules ? [{ head: 'by rule', share: WIDTHS.rule }] : []),
    { head: 'made for', share: 0 },
  ]);
  return {
    table,
    ofResource: (outcome) => [
      outcome.resource.arn,
      ...keys.map((key) => outcome.tags.get(key) ?? ''),
      outcome.creation.eventName,
      outcomeText(outcome),
      ...(hasRules ? [[...outcome.rules].map(([key, rule]) => `${key}: ${rule}`).join(', ')] : []),
      parentText(outcome),
    ],
    ofIgnored: ({ eventID, eventName, reason, detail }) => [
      eventID,
      ...keys.map(() => ''),
      eventName,
      `${reason}: ${detail}`,
    ],
  };
}

/** `ec2 volume/vol-0123456789abcdef0`; what is no ARN is left as it is. */
function shortArn(arn: string): string {
  const [, service, id] = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.*)$/s.exec(arn) ?? [];
  return id === undefined ? arn : `${service} ${id}`;
}

/** `user/alice`, `assumed-role/Deploy/alice` */
function withoutAccount(arn: string): string {
  return arn.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '');
}

/** With how sure that is. */
function parentText({ creation: { parent } }: Outcome): string {
  return parent === undefined ? '' : `${parent.arn} (${parent.proof})`;
}

function outcomeText({ outcome, reason, failure }: Outcome): string {
  if (failure !== undefined) return `${outcome}: ${failure.error}`;
  return reason === '' ? outcome : `${outcome}: ${reason}`;
}

export function summaryText(totals: Totals): string {
  const {
    files,
    unreadable,
    records,
    creations,
    resources,
    malformed,
    namedAnew = 0,
    itemsPassedOver = 0,
    digests,
  } = totals;
  const problem = unreadable > 0 ? `, ${unreadable} of them could not be read` : '';
  const lines = [
    `${count(files, 'file')}${problem}${listed('; skipped: ', countTexts(inWords(totals.skipped)))}`,
    `${count(records, 'record')}: ${[`${creations} created something`, ...ignoredTexts(totals), `${malformed} malformed`].join(', ')}`,
    `${count(resources, 'resource')}${listed(': ', countTexts(totals.outcomes))}`,
    ...(totals.outside ? [outsideText(totals.outside)] : []),
    ...(totals.unnamed ? [unnamedText(totals.unnamed)] : []),
    ...totals.warnings.map(warningText),
  ];
  if (digests !== undefined) {
    const texts = countTexts(inWords(digests));
    lines.push(`digests of CloudTrail: ${texts.length === 0 ? 'no problems' : texts.join(', ')}`);
  }
  if (namedAnew > 0) {
    const [were, them] = namedAnew === 1 ? ['was', 'it'] : ['were', 'them'];
    lines.push(
      `${count(namedAnew, 'resource')} ${were} named anew, because it came to be known who is behind ${them}`,
    );
  }
  if (itemsPassedOver > 0)
    lines.push(`warning: ${count(itemsPassedOver, 'item')} of the metadata store passed over: not believed`);
  if (totals.messages !== undefined) {
    lines.unshift(`${count(totals.messages, 'message')}, ${totals.left} of them could not be dealt with`);
  }
  if (totals.interrupted) lines.push('stopped before the end: what was not begun is not counted');
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

/** A plan asks nobody. */
function unnamedText(unnamed: NonNullable<Totals['unnamed']>): string {
  const texts = Object.entries(unnamed).map(([type, times = 0]) => `${type} of ${count(times, 'creation')}`);
  return `named by no record, and asked for when it is to be tagged: ${texts.join(', ')}`;
}

/** What stays untagged, and why: shown without being asked for. */
function warningText({ reason, eventName, detail, count: times, example }: Warning): string {
  const what = `warning: ${count(times, 'creation')} passed over, ${reason.replaceAll('-', ' ')}`;
  const which = example.eventID === '' ? `record ${example.index}` : `event ${example.eventID}`;
  return `${what}: ${[eventName, detail].filter(Boolean).join(': ')} (${times > 1 ? 'first: ' : ''}${which})`;
}

/** What a setting can change is said with the setting. */
function ignoredTexts({ ignored, servicesLeftOut }: Totals): readonly string[] {
  const more: Readonly<Partial<Record<string, string>>> = {
    'filtered-out': listed('SERVICES leaves out ', leftOutTexts(servicesLeftOut)),
    'may-be-update': 'UPSERTS=tag tags those too',
  };
  return Object.entries(ignored).map(([reason, number]) => {
    const [text = ''] = countTexts(inWords({ [reason]: number }));
    return more[reason] ? `${text} (${more[reason]})` : text;
  });
}

/** There are hundreds of services; JSON has them all. */
const MAX_SERVICES_NAMED = 5;

function leftOutTexts(services: Totals['servicesLeftOut']): readonly string[] {
  const counts = Object.entries(services).map(([service, number = 0]) => ({ service, number }));
  counts.sort((one, other) => other.number - one.number);
  const texts = counts.slice(0, MAX_SERVICES_NAMED).map(({ service, number }) => `${number} of ${service}`);
  const rest = counts.slice(MAX_SERVICES_NAMED);
  if (rest.length === 0) return texts;
  const sum = rest.reduce((total, { number }) => total + number, 0);
  return [...texts, `${sum} of ${count(rest.length, 'other service')}`];
}

function countTexts(counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts).map(([name, number]) => `${number} ${name}`);
}

/** `failed call` for `failed-call`. */
function inWords(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, number]) => [name.replaceAll('-', ' '), number]),
  );
}

function listed(before: string, texts: readonly string[]): string {
  return texts.length === 0 ? '' : `${before}${texts.join(', ')}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
