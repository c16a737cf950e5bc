/** The report in a few lines for a terminal, none wider than 80 columns. */
import { printable } from '../../parser/printable.ts';
import { STATES } from './view/coverage.ts';
import { lengthOf } from './view/gaps.ts';
import type { Report } from './view/report.ts';
import { counted, daysText, duration, number, share, volume } from './view/words.ts';

const COLUMNS = 80;
const TOP = 5;
const BAR = 20;

export function textOf(report: Report): string {
  const blocks = [
    head(report),
    services(report),
    creators(report),
    coverage(report),
    gaps(report),
    records(report),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function head({ subject, tallies, creators, first, last }: Report): readonly string[] {
  const { files, records, resources } = tallies;
  const { seconds } = subject.speed;
  const when = first === '' ? '' : `, created ${first.slice(0, 10)} to ${last.slice(0, 10)}`;
  return [
    fitted(`${subject.title}: ${subject.about.join(', ')}`),
    fitted(`${counted(resources, 'resource')} by ${counted(creators.names, 'creator')}${when}`),
    fitted(
      `${counted(files, 'file')}, ${number(records)} records, ${volume(tallies)}, in ${duration(seconds)}`,
    ),
    ...(subject.isPartial ? ['not complete: the figures are of what was done until it was stopped'] : []),
  ];
}

function services({ overTime: { series } }: Report): readonly string[] {
  return barLines(
    'by service',
    series.map(({ name, total }) => ({ name, count: total })),
  );
}

function creators({ creators: { kinds } }: Report): readonly string[] {
  return kinds.flatMap(({ kind, top, total }, at) => [
    ...(at > 0 ? [''] : []),
    ...barLines(`by ${kind}, ${number(total)} in all`, top.slice(0, TOP)),
  ]);
}

function coverage({
  coverage: { states, total, outside, outsideTotal },
  tallies,
}: Report): readonly string[] {
  if (states.length === 0 && outsideTotal === 0) return [];
  const rows = states.map((state) => ({ name: STATES[state].label, count: total[state] }));
  const lines = barLines('what became of it', rows, tallies.resources);
  if (outsideTotal === 0) return lines;
  const calls = outside.slice(0, 3).map(({ name, count }) => `${number(count)} ${name}`);
  return [...lines, fitted(`not covered: ${number(outsideTotal)} calls: ${calls.join(', ')}`)];
}

function gaps({ gaps: { silences, silentDays, accounts, regionalCount } }: Report): readonly string[] {
  if (accounts === 0) return [];
  if (silences.length === 0) {
    return [
      fitted(`days without files: no account was silent; ${counted(regionalCount, 'gap')} of single regions`),
    ];
  }
  const shown = silences.slice(0, TOP);
  return [
    fitted(`days without files: accounts were silent on ${counted(silentDays, 'day')}, if added up`),
    ...shown.map(({ account, gap }) =>
      fitted(`  ${account}  ${daysText(gap)}  (${counted(lengthOf(gap), 'day')})`),
    ),
    ...(silences.length > TOP ? ['  …'] : []),
  ];
}

function records({ tallies }: Report): readonly string[] {
  const { records, creations, malformed, ignored } = tallies;
  const rows = [
    { name: 'creations', count: creations },
    ...Object.entries(ignored).map(([name, count]) => ({ name, count })),
    ...(malformed > 0 ? [{ name: 'malformed', count: malformed }] : []),
  ].sort((one, other) => other.count - one.count);
  return barLines('where the records went', rows, records);
}

interface Row {
  readonly name: string;
  readonly count: number;
}

const NAME = 38;

function barLines(title: string, rows: readonly Row[], whole?: number): readonly string[] {
  if (rows.length === 0) return [];
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return [
    title,
    ...rows.map(({ name, count }) => {
      const length = count === 0 ? 0 : Math.max(1, Math.round((count / most) * BAR));
      const of = whole === undefined ? '' : share(count, whole).padStart(9);
      return fitted(
        `  ${fitted(printable(name), NAME).padEnd(NAME)} ${number(count).padStart(9)}${of} ${'█'.repeat(length)}`,
      ).trimEnd();
    }),
  ];
}

/** Wide letters take two places. */
function fitted(text: string, columns = COLUMNS): string {
  const safe = printable(text);
  let width = 0;
  let kept = '';
  for (const letter of safe) {
    const places = (letter.codePointAt(0) as number) < 0x1100 || letter === '█' || letter === '…' ? 1 : 2;
    if (width + places > columns - 1 && kept.length + letter.length < safe.length) return `${kept}…`;
    width += places;
    kept += letter;
  }
  return kept;
}
