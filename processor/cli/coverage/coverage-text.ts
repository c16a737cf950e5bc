/**
 * Coverage for people: a table of the services, or the events of one, type by type below the call that tags them. On a
 * terminal it keeps within its columns; elsewhere an event is one line, so that it can be searched.
 */
import type { LeftOutRow } from '../../../parser/catalogue/left-out.ts';
import {
  type CoveredEvent,
  callName,
  countCalls,
  mainSource,
  type ServiceCoverage,
  sumsOf,
} from '../../coverage/coverage.ts';
import {
  counted,
  HOW_SURE,
  inWords,
  notByDefault,
  notesOf,
  permissionLines,
  sumsInWords,
} from '../../coverage/words.ts';
import { tableText } from '../table.ts';
import { type Line, linesText } from './lines.ts';

/** A line for each service, and the sums. */
export function servicesText(services: readonly ServiceCoverage[], columns: number | undefined): string {
  const rows = services.map((each) => [
    each.byDefault ? each.service : `${each.service} *`,
    ...countsOf([each]),
  ]);
  const table = tableText(HEAD, alignRight([...rows, ['in all', ...countsOf(services)]]));
  return `${table}${linesText(LEGEND, columns)}${linesText([sumsLine(services)], columns)}`;
}

const HEAD = ['service', 'types', 'calls', 'seen', 'docs', 'peer', 'model', 'left'];

const LEGEND: readonly Line[] = [
  '',
  'calls: the API calls that create those types, by how sure it is where their records name what was created:',
  'seen: in real records',
  "docs: in AWS's documentation",
  'peer: another tagger reads it there',
  "model: from AWS's service models",
  'left: calls whose resources are left out; `auto-tagger coverage SERVICE` says why',
  '*: left out by SERVICES=all, because of what its tags or its permissions can do; SERVICES=all,iam tags iam too',
  '',
].map((text, at) => ({ indent: at > 1 && text !== '' ? 2 : 0, text }));

function sumsLine(services: readonly ServiceCoverage[]): Line {
  const sums = sumsOf(services);
  return {
    indent: 0,
    text: `tagged is what ${sumsInWords(sums)}; what ${inWords(sums.leftOut)} more create is left out`,
  };
}

function countsOf(services: readonly ServiceCoverage[]): readonly string[] {
  const { types, calls, leftOut } = sumsOf(services);
  const events = services.flatMap((each) => each.events);
  const known = (...names: readonly CoveredEvent['confidence'][]) =>
    countCalls(events.filter(({ confidence }) => names.includes(confidence)));
  const sure = [known('verified'), known('documented'), known('peer'), known('model', 'weak')];
  return [types, calls, ...sure, leftOut].map((count) => (count === 0 ? '' : inWords(count)));
}

/** Numbers under the ends of their heads. */
function alignRight(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = HEAD.map((head, at) =>
    at === 0 ? 0 : Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)));
}

/** Every event of each service. */
export function eventsText(services: readonly ServiceCoverage[], columns: number | undefined): string {
  return services.map((each) => linesText(serviceLines(each), columns)).join('\n');
}

function serviceLines(coverage: ServiceCoverage): readonly Line[] {
  const { service, byDefault, events, leftOut } = coverage;
  const { types, calls } = sumsOf([coverage]);
  const title = `${service}: ${counted(types, 'type')}, ${counted(calls, 'call')}`;
  const byApi = Map.groupBy(events, ({ api }) => api);
  return [
    { indent: 0, text: title },
    ...(byDefault ? [] : [{ indent: 0, text: notByDefault(service) }]),
    ...[...byApi].flatMap(([api, ofApi]) => [
      { indent: 0, text: '' },
      { indent: 0, text: `tagged by ${api.name}, calls of ${mainSource(ofApi)}` },
      ...permissionLines(api).map((text) => ({ indent: 2, text })),
      { indent: 0, text: '' },
      ...typeLines(ofApi, (event) => [HOW_SURE[event.confidence].words, ...notesOf(event)].join('; ')),
    ]),
    ...(leftOut.length > 0
      ? [
          { indent: 0, text: '' },
          { indent: 0, text: `left out, calls of ${mainSource(leftOut)}` },
        ]
      : []),
    ...typeLines(leftOut, ({ reason }) => reason),
  ];
}

/** Longer names push what stands beside them to the right. */
const MAX_NAME_COLUMN = 36;

function typeLines<Row extends LeftOutRow | CoveredEvent>(
  rows: readonly Row[],
  about: (row: Row) => string,
): readonly Line[] {
  const main = mainSource(rows);
  const longest = Math.max(0, ...rows.map((row) => callName(row, main).length));
  const width = Math.min(longest, MAX_NAME_COLUMN);
  return [...Map.groupBy(rows, ({ resourceType }) => resourceType)].flatMap(([type, ofType]) => [
    { indent: 2, text: type },
    ...ofType.map((row) => ({ indent: 4, text: `${callName(row, main).padEnd(width)}  ${about(row)}` })),
  ]);
}
