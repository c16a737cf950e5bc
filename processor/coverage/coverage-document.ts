/** docs/coverage.md, made of the tables: `npm run coverage-docs` writes it, and a test keeps it equal to them. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LeftOutRow } from '../../parser/catalogue/left-out.ts';
import type { Api } from '../../tag-manager/apis/api.ts';
import {
  type CoveredEvent,
  callName,
  coverage,
  mainSource,
  type ServiceCoverage,
  sumsOf,
} from './coverage.ts';
import {
  CONFIDENCES,
  HOW_SURE,
  inWords,
  notByDefault,
  notesOf,
  permissionLines,
  sumsInWords,
} from './words.ts';

/** The text of the document. */
export function coverageDocument(): string {
  const services = coverage();
  const sums = sumsOf(services);
  return `# What is covered

auto-tagger tags what ${sumsInWords(sums)}. What ${inWords(sums.leftOut)} more create is left
out, with the reason. \`auto-tagger coverage\` tells the same, also as JSON: this page is made of the same tables.

A service is called by its IAM prefix, which \`SERVICES\` takes too. Each has a section below: its calls, by the type of resource
that they create, below the tagging API and the permissions that it takes.

How sure a row is:

${table(
  ['how sure', 'which means', 'calls'],
  CONFIDENCES.map((name) => {
    const { words, meaning } = HOW_SURE[name];
    const known = services.map((each) => ({
      ...each,
      events: each.events.filter(isKnown(name)),
      leftOut: [],
    }));
    return [words, meaning, inWords(sumsOf(known).calls)];
  }),
)}

| service | types | calls | left out |
|---|--:|--:|--:|
${services.map(serviceRow).join('\n')}

${services.map(section).join('\n\n')}
`;
}

function isKnown(name: CoveredEvent['confidence']): (event: CoveredEvent) => boolean {
  return ({ confidence }) => confidence === name;
}

function serviceRow(coverage: ServiceCoverage): string {
  const { service, byDefault } = coverage;
  const { types, calls, leftOut } = sumsOf([coverage]);
  const note = byDefault ? '' : ' (not by default)';
  return row([`[${service}](#${service})${note}`, ...[types, calls, leftOut].map((count) => count || '')]);
}

function section({ service, byDefault, events, leftOut }: ServiceCoverage): string {
  return [
    `## ${service}`,
    ...(byDefault ? [] : [`It is ${notByDefault(service, code)}.`]),
    ...[...Map.groupBy(events, ({ api }) => api)].flatMap(([api, ofApi]) => [
      `Tagged by ${api.name}, calls of ${code(mainSource(ofApi))}:\n${permissionList(api)}`,
      eventTable(ofApi),
    ]),
    ...(leftOut.length > 0
      ? [`Left out, calls of ${code(mainSource(leftOut))}:`, leftOutTable(leftOut)]
      : []),
  ].join('\n\n');
}

function permissionList(api: Api): string {
  return permissionLines(api, code)
    .map((line) => `- ${line}`)
    .join('\n');
}

function code(name: string): string {
  return `\`${name}\``;
}

function eventTable(events: readonly CoveredEvent[]): string {
  const main = mainSource(events);
  return table(
    ['type', 'call', 'how sure', 'mind that'],
    events.map((event) => [
      typeOf(event.resourceType),
      callName(event, main),
      HOW_SURE[event.confidence].words,
      notesOf(event).join('; '),
    ]),
  );
}

function leftOutTable(rows: readonly LeftOutRow[]): string {
  const main = mainSource(rows);
  return table(
    ['type', 'call', 'because'],
    rows.map((row) => [typeOf(row.resourceType), callName(row, main), row.reason]),
  );
}

/** Without the service, which the section names. */
function typeOf(resourceType: string): string {
  return resourceType.split(':')[1] ?? '';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

function row(cells: readonly (string | number)[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
}

if (import.meta.main) {
  writeFileSync(fileURLToPath(new URL('../../docs/coverage.md', import.meta.url)), coverageDocument());
}
