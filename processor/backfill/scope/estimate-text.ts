/** An estimate in words, for people: a line for each thing that is told. */
import { printable } from '../../../parser/printable.ts';
import type { AccountEstimate, Estimate, Range } from './estimate.ts';

const MAX_ACCOUNTS = 20;

/** Without ends of lines. */
export function estimateText(of: Estimate): readonly string[] {
  const { accounts, branches, files, bytes, plain, writes, byAccount, seconds, costs, requests } = of;
  const looked =
    accounts.looked < accounts.found ? `, of which ${number(accounts.looked)} were looked into` : '';
  const refused = byAccount.filter(({ refusal }) => refusal !== undefined);
  return [
    `${counted(accounts.found, 'account')}${looked}, ${counted(branches, 'region')} in all`,
    `${range(files, number)} log files of ${range(bytes, size)}, by ${counted(of.sampledDays, 'day')} that ${of.sampledDays === 1 ? 'was' : 'were'} listed`,
    ...(plain === undefined ? [] : [plainText(plain)]),
    `${approximately(writes)} resources to tag, by ${counted(of.sampledFiles, 'file')} that ${of.sampledFiles === 1 ? 'was' : 'were'} read`,
    `${duration(seconds.reading)} of reading here, and ${duration(seconds.tagging)} at least of tagging at the pace that AWS allows`,
    ...firstOf(byAccount, accountText),
    ...(refused.length > 0 ? [`nothing can be tagged in ${counted(refused.length, 'account')}:`] : []),
    ...firstOf(refused, ({ account, refusal = '' }) => `  ${account}: ${printable(refusal)}`),
    ...costs.map(({ engine, dollars: sum, parts }) => {
      const each = parts.map((part) => `${part.what} ${dollars(part.dollars)}`).join(', ');
      return `--engine ${engine}: ${dollars(sum)} (${each})`;
    }),
    `The estimate itself took ${counted(requests.list, 'request')} that list, and ${number(requests.get)} that read.`,
  ];
}

function firstOf<Item>(items: readonly Item[], text: (item: Item) => string): readonly string[] {
  const more = items.length - MAX_ACCOUNTS;
  return [
    ...items.slice(0, MAX_ACCOUNTS).map(text),
    ...(more > 0 ? [`  and ${counted(more, 'other account')}`] : []),
  ];
}

function plainText({ files, isWhole }: NonNullable<Estimate['plain']>): string {
  const count = isWhole ? number(files) : `more than ${number(files)}`;
  return `${count} of them in none of CloudTrail's folders`;
}

function accountText({ account, files, writes, seconds, slowest }: AccountEstimate): string {
  const at = slowest === undefined ? '' : `, ${duration(seconds)} for ${printable(lineText(slowest))}`;
  return `  ${account}: ${approximately(files)} files, ${approximately(writes)} resources${at}`;
}

/** `SNS TagResource in eu-west-1`: of calls that are counted together the first stands for the others. */
function lineText(line: string): string {
  return line.replace(/^(\S+ \S+)(?: (?!in )\S+)*/, '$1');
}

function range({ likely, low, high }: Range, text: (value: number) => string): string {
  if (low === high) return text(likely);
  if (rounded(low) === rounded(high)) return `about ${text(rounded(likely))}`;
  return `about ${text(rounded(likely))} (${text(rounded(low))} to ${text(rounded(high))})`;
}

function approximately(value: number): string {
  return value === 0 ? 'no' : `about ${number(rounded(value))}`;
}

/** No more digits than are known. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}

const SIZES = ['bytes', 'KB', 'MB', 'GB', 'TB'];

function counted(value: number, one: string): string {
  return `${number(value)} ${one}${Math.round(value) === 1 ? '' : 's'}`;
}

function size(bytes: number): string {
  const step = Math.min(SIZES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${SIZES[step]}`;
}

function duration(seconds: number): string {
  if (seconds < 60) return seconds < 1 ? 'less than a second' : `${Math.round(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 3 * 86_400 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

function dollars(value: number): string {
  return value > 0 && value < 0.01 ? 'less than $0.01' : `$${value.toFixed(2)}`;
}
