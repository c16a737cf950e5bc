/** What one log file says of a question. Nothing of it counts before the file has been read to its end. */
import type { Bounds } from '../../parser/bounds.ts';
import { CATALOGUED_EVENTS } from '../../parser/catalogue/catalogue.ts';
import type { Creation, CreationOptions } from '../../parser/event/creation.ts';
import { readEvent } from '../../parser/event/event.ts';
import { mentions, mentionsWhole } from '../../parser/reading/mentions.ts';
import { readAllRecords } from '../../parser/reading/read-all.ts';
import { readRecords } from '../../parser/reading/read-records.ts';
import type { IndexedRecord } from '../../parser/record.ts';
import type { LogFile, OpenedFile } from '../file/log-file.ts';
import { isList, listed } from '../file/plan-file.ts';
import { refusedBySource } from '../file/process-file.ts';
import { type Candidate, mayTell } from './candidates.ts';
import { type AskedCreation, compileCreator } from './creator-match.ts';
import { type CreatorQuestion, isAskedFor, type ResourceQuestion, type WhyQuestion } from './question.ts';
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
export function compileSearch(
  question: ResourceQuestion | CreatorQuestion,
  { upserts }: Pick<SearchOptions, 'upserts'>,
): Search {
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
    const mayBeUpdate = verdict.kind === 'ignored' && verdict.reason === 'may-be-update';
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
  question: ResourceQuestion | CreatorQuestion,
  search: Search,
  { bounds, signal }: SearchOptions,
): Promise<readonly Sighting[]> {
  const opened = await file.open(signal);
  const { records } = opened;
  const needle = question.kind === 'resource' ? question.needle : undefined;
  const isSilent =
    needle !== undefined && records instanceof Uint8Array && mentionsWhole(records, needle, bounds) === false; // then nothing in it need be parsed
  if (isSilent) return [];
  const found: Sighting[] = [];
  const all = isList(records)
    ? listed(records).found
    : readRecords(records, CATALOGUED_EVENTS, bounds, signal);
  for await (const record of all) {
    for (const each of search(record, opened, file.name)) found.push(each);
  }
  return found;
}

/** The records that may say why. Throws what keeps the file from being read. */
export async function candidatesIn(
  file: LogFile,
  question: WhyQuestion,
  { bounds, signal }: SearchOptions,
): Promise<readonly Candidate[]> {
  const { records, source } = await file.open(signal);
  const { needle } = question.resource;
  const found: Candidate[] = [];
  if (!isList(records) && needle !== undefined && !(await mentions(records, needle, bounds, signal)))
    return found;
  const all = isList(records) ? listed(records).found : readAllRecords(records, bounds, signal);
  for await (const indexed of all) {
    if (!mayTell(indexed, question, source)) continue;
    const { index, record, envelopeAccount: account = source.account } = indexed;
    found.push({ record, index, toldBy: file.name, source: { ...source, account } });
  }
  return found;
}
