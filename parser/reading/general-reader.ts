/**
 * The general reader: any valid JSON that holds CloudTrail records, on stream-json. Decompressed chunks in,
 * wanted records out. It takes `{"Records":[…]}` with any spacing and with other keys before or after, a bare
 * array, one record a line, EventBridge envelopes and `lookup-events` output, one or many such documents in a
 * row. It is slow (about 20 MB/s) and right: the fast reader is tested against it and hands over to it.
 */
import { StringDecoder } from 'node:string_decoder';
import { getManyValues, isMany, none } from 'stream-chain/defs.js';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import type { Bounds } from '../bounds.ts';
import type { IndexedRecord, ReadTotals, WantedEvents } from '../record.ts';
import { findRecords } from './find-records.ts';
import { startGivingWay } from './give-way.ts';
import type { GunzipTotals } from './gunzip.ts';

/**
 * A byte may become a token, and a token takes 40 bytes and more: with pieces of 256 KiB a million small
 * records took a third more time (measured).
 */
const PIECE_BYTES = 16 * 1024;

/** The JSON is broken somewhere; the caller looks up where. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/**
 * Reads chunks to their end and passes their totals on. Throws JsonSyntaxError, LogFileError, the reason of the signal
 * or the chunks' own error.
 */
export async function* readDocument(
  chunks: AsyncGenerator<Buffer, GunzipTotals>,
  wanted: WantedEvents,
  bounds: Bounds,
  signal?: AbortSignal,
): AsyncGenerator<IndexedRecord, ReadTotals> {
  const tokenize = tokenizer();
  const finder = findRecords(wanted, bounds);
  const giveWay = startGivingWay(signal);
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done) {
        yield* finder.take(tokenize(none));
        return { ...finder.end(value.bytes), ...value };
      }
      for (let at = 0; at < value.length; at += PIECE_BYTES) {
        await giveWay();
        yield* finder.take(tokenize(value.subarray(at, at + PIECE_BYTES)));
      }
    }
  } finally {
    await chunks.return(undefined as never);
  }
}

/**
 * Strings and numbers come in pieces (`packValues: false`), so that a value of any length is passed over
 * without being held. A byte order mark before the document is left out.
 */
function tokenizer(): (chunk: Buffer | typeof none) => readonly Token[] {
  const decoder = new StringDecoder('utf8');
  const parse = jsonParser({ packValues: false, jsonStreaming: true }) as (
    text: string | typeof none,
  ) => unknown;
  let hasBegun = false;
  const documentText = (text: string) => {
    const isFirst = !hasBegun && text !== '';
    hasBegun ||= isFirst;
    return isFirst && text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  };
  return (chunk) => {
    try {
      if (chunk !== none) return tokensOf(parse(documentText(decoder.write(chunk))));
      return [...tokensOf(parse(decoder.end())), ...tokensOf(parse(none))];
    } catch (cause) {
      throw new JsonSyntaxError('the document is not valid JSON', { cause });
    }
  };
}

const BYTE_ORDER_MARK = '\ufeff';

function tokensOf(parsed: unknown): readonly Token[] {
  if (parsed === none) return [];
  return isMany(parsed) ? (getManyValues(parsed) as Token[]) : [parsed as Token];
}
