/**
 * The rows by (eventSource, eventName). Always by the pair: glue, cassandra and timestream have a `CreateTable` too,
 * cloudfront a `CreateFunction`. Names are taken apart, and rows expanded, source by source, when the first record of
 * a source comes: loading this file costs next to nothing.
 */
import { inflateRawSync } from 'node:zlib';
import type { WantedEvents } from '../record.ts';
import { type CatalogueRow, DEFAULTS, type DeletionRow, NO_API } from './row.ts';
import { ROWS, SOURCES } from './rows-module.js';

/** Lambda appends `20150331` or `20150331v2`, CloudFront `2020_05_31`. */
export const DATE_SUFFIX = /(\d{8}(v\d+)?|\d{4}_\d\d_\d\d)$/;

/** Sources that append a date to the names of their events. */
export const DATED_SOURCES: ReadonlySet<string> = new Set([
  'lambda.amazonaws.com',
  'cloudfront.amazonaws.com',
]);

interface Source {
  /** Place in the compiled rows. */
  readonly line: number;
  /** Names of the creating events, of the deleting ones and of the makers, each once for each of its rows, parted by spaces. */
  readonly creates: string;
  readonly deletes: string;
  readonly makers: string;
  names?: ReadonlySet<string>;
  rows?: Rows;
}

interface Rows {
  readonly creates: ReadonlyMap<string, readonly CatalogueRow[]>;
  readonly deletes: ReadonlyMap<string, readonly DeletionRow[]>;
  readonly makers: ReadonlyMap<string, readonly CatalogueRow[]>;
}

const sources: ReadonlyMap<string, Source> = new Map(
  SOURCES.split('\n').map((text, line) => {
    const [source = '', creates = '', deletes = '', makers = ''] = text.split('|');
    return [source, { line, creates, deletes, makers }];
  }),
);

function listOf(names: string): readonly string[] {
  return names === '' ? [] : names.split(' ');
}

function namesOf(source: Source): ReadonlySet<string> {
  const { creates, deletes, makers } = source;
  source.names ??= new Set([creates, deletes, makers].flatMap(listOf));
  return source.names;
}

/** The rows of a creating event as a record names it, date suffix or not; none where the catalogue has no such event. */
export function rowsFor(eventSource: string, eventName: string): readonly CatalogueRow[] {
  const name = knownName(eventSource, eventName);
  return (name !== undefined && rowsOf(eventSource)?.creates.get(name)) || [];
}

/** The rows of a deleting event, as `rowsFor`. */
export function deletionsFor(eventSource: string, eventName: string): readonly DeletionRow[] {
  const name = knownName(eventSource, eventName);
  return (name !== undefined && rowsOf(eventSource)?.deletes.get(name)) || [];
}

/** The rows of an event that makes what bears no tags of ours, and that others are made for, as `rowsFor`. */
export function makersFor(eventSource: string, eventName: string): readonly CatalogueRow[] {
  const name = knownName(eventSource, eventName);
  return (name !== undefined && rowsOf(eventSource)?.makers.get(name)) || [];
}

function knownName(eventSource: string, eventName: string): string | undefined {
  const source = sources.get(eventSource);
  if (source === undefined) return undefined;
  const names = namesOf(source);
  return [eventName, eventName.replace(DATE_SUFFIX, '')].find((name) => names.has(name));
}

function rowsOf(eventSource: string): Rows | undefined {
  const source = sources.get(eventSource);
  if (source !== undefined) source.rows ??= expand(eventSource, source);
  return source?.rows;
}

let lines: readonly string[] | undefined;

/** What a row leaves out is as its place says, or the rule. */
function expand(eventSource: string, source: Source): Rows {
  const { line } = source;
  const creates = listOf(source.creates);
  const deletes = listOf(source.deletes);
  const makers = listOf(source.makers);
  lines ??= inflateRawSync(Buffer.from(ROWS, 'base64')).toString('latin1').split('\n');
  const compiled: readonly object[] = JSON.parse(lines[line] ?? '[]');
  const full = [...creates, ...deletes, ...makers].map((eventName, at) => ({
    name: eventName,
    row: { eventSource, eventName, ...DEFAULTS, ...compiled[at] },
  }));
  const byName = <Row>(entries: typeof full) =>
    new Map(
      [...Map.groupBy(entries, ({ name }) => name)].map(([name, group]) => [
        name,
        group.map(({ row }) => row as Row),
      ]),
    );
  return {
    creates: byName<CatalogueRow>(full.slice(0, creates.length)),
    deletes: byName<DeletionRow>(full.slice(creates.length, creates.length + deletes.length)),
    makers: byName<CatalogueRow>(
      full
        .slice(creates.length + deletes.length)
        .map(({ name, row }) => ({ name, row: { ...row, api: NO_API } })),
    ),
  };
}

/** Every row of the creating events of one source. Expands no other. */
export function rowsOfSource(eventSource: string): readonly CatalogueRow[] {
  return [...(rowsOf(eventSource)?.creates.values() ?? [])].flat();
}

/** Every row of a creating event, each once, whatever other spellings it has. Expands them all. */
export function catalogue(): readonly CatalogueRow[] {
  return allRows(({ creates }) => creates);
}

/** Every row of a deleting event, as `catalogue`. */
export function deletions(): readonly DeletionRow[] {
  return allRows(({ deletes }) => deletes);
}

/** Every row of a maker, as `catalogue`. */
export function makers(): readonly CatalogueRow[] {
  return allRows(({ makers }) => makers);
}

function allRows<Row extends DeletionRow>(mapOf: (rows: Rows) => ReadonlyMap<string, readonly Row[]>): Row[] {
  return [...sources.keys()].flatMap((eventSource) => {
    const rows = rowsOf(eventSource);
    const named = rows === undefined ? [] : [...mapOf(rows)];
    return named.flatMap(([name, list]) =>
      list.filter((row) => row.eventSource === eventSource && row.eventName === name),
    );
  });
}

/** What a record calls an event by. */
export type EventKey = Pick<CatalogueRow, 'eventSource' | 'eventName'>;

/** Events that create something, as records spell their sources and names, dates left out. */
export function creatingEvents(): readonly EventKey[] {
  return allEvents(({ creates }) => creates);
}

/** Events that delete something, as `creatingEvents`. */
export function deletingEvents(): readonly EventKey[] {
  return allEvents(({ deletes }) => deletes);
}

function allEvents(namesIn: (source: Source) => string): readonly EventKey[] {
  return [...sources].flatMap(([eventSource, source]) =>
    [...new Set(listOf(namesIn(source)))].map((eventName) => ({ eventSource, eventName })),
  );
}

/** Calls that create something, whether we know them or not: so AWS names nearly all of them. */
export function isNamedCreating(eventName: string): boolean {
  return eventName.startsWith('Create');
}

let names: readonly string[] | undefined;

/** All events of the catalogue, deletions and makers included, as the readers want them. */
export const CATALOGUED_EVENTS: WantedEvents = {
  has: (eventSource, eventName) => knownName(eventSource, eventName) !== undefined,
  get names() {
    // All that stands behind the sources; going through the lists takes four times as long.
    names ??= SOURCES.replace(/^[^|]*/gm, '').match(/[^ |\n]+/g) ?? [];
    return names;
  },
};

/** The events of the catalogue, and those that seem to create something outside it: for whoever wants to tell of them. */
export const CREATING_EVENTS: WantedEvents = {
  has: (eventSource, eventName) =>
    isNamedCreating(eventName) || CATALOGUED_EVENTS.has(eventSource, eventName),
  get names() {
    return CATALOGUED_EVENTS.names;
  },
  takesCreating: true,
};
