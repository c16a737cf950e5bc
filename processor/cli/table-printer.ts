/** For people: a table of the resources, one of the records that were passed over, and the sums in words. */
import { printable } from '../../parser/printable.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { Warning } from '../file/warnings.ts';
import type { Printer, Write } from './printer.ts';
import { type TaggedResource, tableText, tagTable } from './table.ts';
import type { Totals } from './totals.ts';

export function tablePrinter(write: Write): Printer {
  // Only what is shown: a million resources with their records would not fit into memory.
  const resources: TaggedResource[] = [];
  const more: Record<string, string>[] = [];
  const passedOver: string[][] = [];
  let haveRules = false;
  return {
    resource: (_, outcome) => {
      const { resource, tags, creation, rules } = outcome;
      resources.push({ arn: resource.arn, tags });
      const given = [...rules].map(([key, rule]) => `${key}: ${rule}`).join(', ');
      haveRules ||= given !== '';
      more.push({ event: creation.eventName, outcome: outcomeText(outcome), 'by rule': given });
    },
    ignored: (_, { eventName, eventID, reason, detail }) => {
      passedOver.push([eventName, eventID, reason, detail]);
    },
    file: () => {},
    summary: (totals) => {
      const columns = haveRules ? ['event', 'outcome', 'by rule'] : ['event', 'outcome'];
      if (resources.length > 0) write(`${tagTable(resources, more, columns)}\n`);
      if (passedOver.length > 0) write(`${tableText(PASSED_OVER_HEAD, passedOver)}\n`);
      write(summaryText(totals));
    },
  };
}

const PASSED_OVER_HEAD = ['event', 'event ID', 'passed over', 'because'];

function outcomeText({ outcome, reason, failure }: Outcome): string {
  if (failure !== undefined) return `${outcome}: ${failure.error}`;
  return reason === '' ? outcome : `${outcome}: ${reason}`;
}

export function summaryText(totals: Totals): string {
  const { files, unreadable, records, creations, resources, malformed, itemsPassedOver = 0 } = totals;
  const problem = unreadable > 0 ? `, ${unreadable} of them could not be read` : '';
  const lines = [
    `${count(files, 'file')}${problem}${listed('; skipped: ', countTexts(inWords(totals.skipped)))}`,
    `${count(records, 'record')}: ${[`${creations} created something`, ...ignoredTexts(totals), `${malformed} malformed`].join(', ')}`,
    `${count(resources, 'resource')}${listed(': ', countTexts(totals.outcomes))}`,
    ...totals.warnings.map(warningText),
  ];
  if (itemsPassedOver > 0)
    lines.push(`warning: ${count(itemsPassedOver, 'item')} of the metadata store passed over: not believed`);
  if (totals.messages !== undefined) {
    lines.unshift(`${count(totals.messages, 'message')}, ${totals.left} of them could not be dealt with`);
  }
  if (totals.interrupted) lines.push('stopped before the end: what was not begun is not counted');
  return `${lines.join('\n')}\n`;
}

/** What stays untagged, and why: shown without being asked for. */
function warningText({ reason, eventName, detail, count: times, example }: Warning): string {
  const what = `warning: ${count(times, 'creation')} passed over, ${reason.replaceAll('-', ' ')}`;
  const which = example.eventID === '' ? `record ${example.index}` : `event ${example.eventID}`;
  return printable(
    `${what}: ${[eventName, detail].filter(Boolean).join(': ')} (${times > 1 ? 'first: ' : ''}${which})`,
  );
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
