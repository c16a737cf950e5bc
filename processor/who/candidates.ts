/** Records that may say why something was not tagged, whole, as they are judged again; of very many only some are held. */
import { CREATING_EVENTS } from '../../parser/catalogue/catalogue.ts';
import { readEvent } from '../../parser/event/event.ts';
import { nameOf, type RecordSource } from '../../parser/event/record-facts.ts';
import { type CloudTrailRecord, type IndexedRecord, isWanted } from '../../parser/record.ts';
import { isAskedFor, type WhyQuestion } from './question.ts';

export interface Candidate {
  readonly record: CloudTrailRecord;
  /** Place of the record in the file, counted from 0. */
  readonly index?: number;
  readonly toldBy: string;
  readonly source: RecordSource;
}

/** Whether the record is the event that is asked for, or one that may have created the resource. */
export function mayTell(indexed: IndexedRecord, question: WhyQuestion, source: RecordSource): boolean {
  const { record } = indexed;
  if (isDeeper(record, MAX_LEVELS)) return false; // it is no record of CloudTrail's, and nothing could write it again
  if (nameOf(record) === question.text) return true;
  const { resource } = question;
  if (!isWanted(record, CREATING_EVENTS)) return false;
  const verdict = readEvent(indexed, source, { upserts: 'tag' });
  if (verdict.kind === 'deletion') {
    return verdict.deletion.names.some((arn) => isAskedFor(resource, { arn }));
  }
  if ('creation' in verdict) return verdict.creation.resources.some((each) => isAskedFor(resource, each));
  // What created nothing for us names it somewhere, whole: a failed call in its request, one that we do not know anywhere.
  return holdsText(record, new Set([resource.text, ...resource.arns, resource.lastPart]));
}

/** As deep as records that are judged. */
const MAX_LEVELS = 100;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** Somewhere in it, as a whole text. */
function holdsText(value: unknown, texts: ReadonlySet<string>): boolean {
  if (typeof value === 'string') return texts.has(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((inner) => holdsText(inner, texts));
}

export interface Candidates {
  add(candidate: Candidate): void;
  readonly list: readonly Candidate[];
  /** How many more there were. */
  readonly leftOut: number;
}

const MAX_CANDIDATES = 200;

/** A record may be 1 MiB. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

export function collectCandidates(): Candidates {
  const list: Candidate[] = [];
  let characters = 0;
  let leftOut = 0;
  return {
    add(candidate) {
      characters += JSON.stringify(candidate.record).length;
      if (list.length < MAX_CANDIDATES && characters < MAX_CHARACTERS) list.push(candidate);
      else leftOut++;
    },
    list,
    get leftOut() {
      return leftOut;
    },
  };
}
