/** What one log file says of a question. Nothing of it counts before the file has been read to its end. */
import type { Bounds } from '../../parser/bounds.ts';
import { CATALOGUED_EVENTS } from '../../parser/catalogue/catalogue.ts';
import type { Creation, CreationOptions } from '../../parser/event/creation.ts';
import { readEvent } from '../../parser/event/event.ts';
import { gunzipWhole } from '../../parser/reading/gunzip-whole.ts';
import { readRecords } from '../../parser/reading/read-records.ts';
import type { IndexedRecord } from '../../parser/record.ts';
import type { LogFile, OpenedFile } from '../file/log-file.ts';
import type { Records } from '../file/plan-file.ts';
import { refusedBySource } from '../file/process-file.ts';
import { type AskedCreation, compileCreator } from './creator-match.ts';
import { isAskedFor, type Needle, type Question, type ResourceQuestion } from './question.ts';
import { type Sighting, sightingOfCreation, sightingOfDeletion } from './sighting.ts';

export interface SearchOptions {
  readonly bounds: Bounds;
  /** As `UPSERTS` says. */
  readonly upserts: NonNullable<CreationOptions['upserts']>;
  readonly signal: AbortSignal;
}

/** Takes one record's events, in the order of the file. */
export type Search = (record: IndexedRecord, file: OpenedFile, toldBy: string) => readonly Sighting[];

/** What a record says of the question. */
export function compileSearch(question: Question, { upserts }: Pick<SearchOptions, 'upserts'>): Search {
  const sight = question.kind === 'resource' ? bySightings(question) : byCreations(compileCreator(question));
  return (record, { source }, toldBy) => {
    const verdict = readEvent(record, source, { upserts });
    if (verdict.kind === 'deletion') {
      const { deletion } = verdict;
      if (refusedBySource(deletion, source, false) !== undefined) return [];
      return deletion.names
        .filter((name) => sight.isOfDeleted(name))
        .map((name) => sightingOfDeletion(deletion, name, toldBy));
    }
    if (!('creation' in verdict)) return [];
    const { creation } = verdict;
    const mayBeUpdate = verdict.kind === 'ignored';
    if (refusedBySource(creation, source, false) !== undefined) return [];
    return sight
      .resourcesOf(creation)
      .map((resource) => sightingOfCreation(creation, resource, toldBy, mayBeUpdate));
  };
}

interface Sight {
  readonly resourcesOf: (creation: Creation) => Creation['resources'];
  readonly isOfDeleted: (name: string) => boolean;
}

function bySightings(question: ResourceQuestion): Sight {
  return {
    resourcesOf: ({ resources }) => resources.filter((resource) => isAskedFor(question, resource)),
    isOfDeleted: (arn) => isAskedFor(question, { arn }),
  };
}

function byCreations(isAsked: AskedCreation): Sight {
  return {
    resourcesOf: (creation) => (isAsked(creation) ? creation.resources : []),
    isOfDeleted: () => false,
  };
}

/** Throws what keeps the file from being read. */
export async function searchFile(
  file: LogFile,
  question: Question,
  search: Search,
  { bounds, signal }: SearchOptions,
): Promise<readonly Sighting[]> {
  const opened = await file.open(signal);
  const { records } = opened;
  const needle = question.kind === 'resource' ? question.needle : undefined;
  if (needle !== undefined && records instanceof Uint8Array && isSilent(records, needle, bounds)) return [];
  const found: Sighting[] = [];
  for await (const record of recordsIn(records, bounds, signal)) {
    for (const each of search(record, opened, file.name)) found.push(each);
  }
  return found;
}

/** Whether a small file is whole and holds the text nowhere: then nothing in it need be parsed. */
function isSilent(compressed: Uint8Array, { text, isCaseless }: Needle, bounds: Bounds): boolean {
  const document = gunzipWhole(compressed, bounds);
  if (document === undefined) return false;
  return isCaseless
    ? !document.toString('latin1').toLowerCase().includes(text.toLowerCase())
    : !document.includes(text, 0, 'latin1');
}

async function* recordsIn(
  records: Records,
  bounds: Bounds,
  signal: AbortSignal,
): AsyncGenerator<IndexedRecord> {
  if (Array.isArray(records)) {
    for (const [index, record] of records.entries()) yield { index, record };
  } else {
    yield* readRecords(records as Exclude<Records, readonly unknown[]>, CATALOGUED_EVENTS, bounds, signal);
  }
}
