/**
 * Finds the records among the tokens of a document, whatever shape it has. Elements of `Records` are records
 * as they stand; elsewhere (a bare array, `Events`, a document of its own) a record may be wrapped.
 *
 *     {"Records":[ R, R ]}      {"Events":[ {"CloudTrailEvent":"R"} ]}      [ R, W ]      R ⏎ W ⏎ R
 *
 * R is a record, W an EventBridge envelope `{"detail-type":"… via CloudTrail","detail":R}`.
 */
import type { Token } from 'stream-json/core/parser.js';
import { isAccount } from '../account.ts';
import type { Bounds } from '../bounds.ts';
import { type IndexedRecord, isJsonObject, isWanted, type JsonObject, type WantedEvents } from '../record.ts';
import { LogFileError } from './log-file-error.ts';
import { buildValue, type ValueBuilder } from './value-builder.ts';

const EXPECTED = 'expected {"Records":[…]}';

export interface RecordFinder {
  /** The wanted records that these tokens complete, in order. */
  take(tokens: readonly Token[]): Generator<IndexedRecord>;
  /** Call it once, after the last token. Throws where the document held nothing like a record. */
  end(documentBytes: number): { readonly records: number; readonly malformed: number };
}

/** State of one document: build it anew for each. */
export function findRecords(wanted: WantedEvents, bounds: Bounds): RecordFinder {
  let depth = 0; // open objects and arrays
  let root: ValueBuilder | undefined; // the top-level object that we are in
  let rootHasList = false;
  let list: { readonly depth: number; readonly wrapped: boolean } | undefined; // its elements are records
  let element: ValueBuilder | undefined; // the object in that list that we are in
  let records = 0;
  let malformed = 0;
  let recognised = false;
  let strange: string | undefined; // the first top-level value that held no record, described

  function begin(token: Token): void {
    if (list !== undefined) {
      if (depth !== list.depth) return;
      if (token.name === 'startObject') element = buildValue(bounds.maxRecordBytes);
      else malformedElement();
    } else if (depth === 0) {
      if (token.name === 'startObject') {
        root = buildValue(bounds.maxRecordBytes);
        rootHasList = false;
      } else if (token.name === 'startArray') {
        openList(1, true);
      } else {
        strangeDocument(describe(token));
      }
    } else if (depth === 1 && root?.lastKey === 'Records') {
      if (token.name !== 'startArray') {
        throw new LogFileError('RecordsNotArray', `"Records" is ${describe(token)}, ${EXPECTED}`);
      }
      openList(2, false);
    } else if (depth === 1 && root?.lastKey === 'Events' && token.name === 'startArray') {
      openList(2, true);
    }
  }

  function openList(atDepth: number, wrapped: boolean): void {
    list = { depth: atDepth, wrapped };
    rootHasList = true;
    recognised = true;
  }

  function* endElement(built: ValueBuilder, wrapped: boolean): Generator<IndexedRecord> {
    const value = built.tooLarge ? undefined : built.value;
    const { record, ...envelope } = wrapped ? unwrap(value) : { record: value };
    if (!isJsonObject(record)) return malformedElement();
    const index = records++;
    if (isWanted(record, wanted)) yield { index, record, ...envelope };
  }

  function* endRoot(built: ValueBuilder): Generator<IndexedRecord> {
    if (rootHasList) return;
    if (built.tooLarge || !looksLikeRecord(built.value)) return strangeDocument(describeObject(built));
    recognised = true;
    yield* endElement(built, true);
  }

  function malformedElement(): void {
    records++;
    malformed++;
  }

  function strangeDocument(description: string): void {
    strange ??= description;
    malformedElement();
  }

  return {
    *take(tokens) {
      for (const token of tokens) {
        if (beginsValue(token)) begin(token);
        element?.take(token);
        if (list === undefined) root?.take(token);
        if (opens(token) && ++depth > bounds.maxRecordBytes) throw tooDeep(depth);
        if (!closes(token)) continue;
        depth--;
        if (element !== undefined && depth === list?.depth) {
          yield* endElement(element, list.wrapped);
          element = undefined;
        } else if (list !== undefined && depth < list.depth) {
          list = undefined;
        } else if (root !== undefined && depth === 0) {
          yield* endRoot(root);
          root = undefined;
        }
      }
    },

    end(documentBytes) {
      if (recognised) return { records, malformed };
      if (strange !== undefined) throw new LogFileError('NoRecords', `no records: ${strange}, ${EXPECTED}`);
      const content = documentBytes === 0 ? '0 bytes' : `only white space (${documentBytes} bytes)`;
      throw new LogFileError('EmptyDocument', `the gzip data holds ${content}, ${EXPECTED}`);
    },
  };
}

/** A record by itself, or one of the two envelopes. */
function looksLikeRecord(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { record } = unwrap(value);
  return record !== value || (typeof value.eventSource === 'string' && typeof value.eventName === 'string');
}

interface Unwrapped {
  readonly record: unknown;
  readonly envelopeAccount?: string;
}

/** The record in an EventBridge envelope or in an event of `lookup-events`; `undefined` where that is broken. */
function unwrap(value: unknown): Unwrapped {
  if (!isJsonObject(value)) return { record: undefined };
  if (typeof value.CloudTrailEvent === 'string') return { record: parseOrUndefined(value.CloudTrailEvent) };
  const { 'detail-type': detailType, detail, account } = value;
  if (typeof detailType !== 'string' || !detailType.endsWith('via CloudTrail')) return { record: value };
  return { record: detail, ...(isAccount(account) && { envelopeAccount: account }) };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // counted as malformed by the caller
  }
}

function opens(token: Token): boolean {
  return token.name === 'startObject' || token.name === 'startArray';
}

function closes(token: Token): boolean {
  return token.name === 'endObject' || token.name === 'endArray';
}

const DESCRIPTIONS: Partial<Record<Token['name'], string>> = {
  startObject: 'an object',
  startArray: 'an array',
  startString: 'a string',
  startNumber: 'a number',
  trueValue: 'true',
  falseValue: 'false',
  nullValue: 'null',
};

function beginsValue(token: Token): boolean {
  return token.name in DESCRIPTIONS;
}

function describe(token: Token): string {
  return DESCRIPTIONS[token.name] ?? token.name;
}

function describeObject(built: ValueBuilder): string {
  if (built.tooLarge) return 'an object over the size bound of a record';
  const keys = Object.keys(built.value as JsonObject);
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 40)));
  return `an object with the keys ${shown.join(', ')}${keys.length > shown.length ? ', …' : ''}`;
}

function tooDeep(depth: number): LogFileError {
  return new LogFileError(
    'TooDeep',
    `nested too deeply: more than ${depth - 1} objects and arrays in each other`,
  );
}
