/**
 * One instance of the compiled scan (assembly/document-scan.ts) with its memory: pieces of a decompressed
 * document in, the wanted records in them out. It never fails: whatever it does not understand, it hands over.
 */
import type { Bounds } from '../bounds.ts';
import { type IndexedRecord, isWanted, type WantedEvents } from '../record.ts';
import { instantiateScan } from './scan-module.js';

const FOUND_ENTRY_WORDS = 3; // start, end, index
const SPACE = 0x20;

export interface Scanner {
  /** Begins a document. */
  begin(wanted: WantedEvents, bounds: Bounds): void;
  /** Appends the wanted records that these bytes complete. False: the general reader must read the document. */
  take(bytes: Uint8Array, found: IndexedRecord[]): boolean;
  /** Call it after the last bytes; otherwise as `take`. */
  end(found: IndexedRecord[]): boolean;
  /** Elements of `Records` seen whole so far. */
  readonly records: number;
}

export function createScanner(): Scanner {
  const scan = instantiateScan();
  const buffer = scan.BUFFER.value;
  const maxChunkBytes = scan.MAX_CHUNK_BYTES.value;
  const paddingBytes = scan.PADDING_BYTES.value;
  let memory = Buffer.from(scan.memory.buffer);
  let foundList = new Uint32Array(scan.memory.buffer, scan.FOUND.value);
  let end = buffer; // of the document's bytes in memory
  let wanted: WantedEvents | undefined; // whose names the module holds

  function holdNames(events: WantedEvents): void {
    const names = new Set(events.names);
    scan.clearNames(2 ** Math.ceil(Math.log2(2 * names.size + 1)));
    memory = Buffer.from(scan.memory.buffer);
    foundList = new Uint32Array(scan.memory.buffer, scan.FOUND.value);
    for (const name of names) {
      memory.write(`${name}"`, buffer);
      scan.addName(buffer);
    }
    if (events.takesCreating) scan.addCreating();
    wanted = events;
  }

  function scanOn(events: WantedEvents, isLast: boolean, found: IndexedRecord[]): boolean {
    for (;;) {
      const answer = scan.scan(end, isLast);
      if (!collect(events, found)) return false;
      if (answer !== scan.FOUND_IS_FULL.value) return answer !== scan.HAND_OVER.value;
    }
  }

  /** False where one of them cannot be parsed here: the general reader can, or says what is wrong. */
  function collect(events: WantedEvents, found: IndexedRecord[]): boolean {
    const words = scan.found.value * FOUND_ENTRY_WORDS;
    for (let word = 0; word < words; word += FOUND_ENTRY_WORDS) {
      const record = parse(memory.toString('utf8', foundList[word], foundList[word + 1]));
      if (record === undefined) return false;
      if (isWanted(record, events)) found.push({ index: foundList[word + 2] as number, record });
    }
    return true;
  }

  return {
    begin(events, bounds) {
      if (wanted !== events) holdNames(events);
      scan.begin(bounds.maxRecordBytes);
      end = buffer;
    },
    take(bytes, found) {
      for (let at = 0; at < bytes.length; at += maxChunkBytes) {
        const piece = bytes.subarray(at, at + maxChunkBytes);
        end = scan.makeRoom(end);
        memory.set(piece, end);
        end += piece.length;
        if (!scanOn(wanted as WantedEvents, false, found)) return false;
      }
      return true;
    },
    end(found) {
      memory.fill(SPACE, end, end + paddingBytes);
      return scanOn(wanted as WantedEvents, true, found);
    },
    get records() {
      return scan.records.value;
    },
  };
}

/**
 * A key of one character that is written as an escape. In V8 13.6 (Node 24) JSON.parse takes such a key for a
 * backslash once it has seen an object with the key "\\" behind the same other keys.
 */
const ESCAPED_LETTER_KEY = /[{,]\s*"\\(?:u[\da-f]{4}|[^u])"\s*:/i;

/** The scan saw an opening brace and the closing one of it, so what JSON.parse takes is an object. */
function parse(text: string): IndexedRecord['record'] | undefined {
  if (text.includes('\\') && ESCAPED_LETTER_KEY.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
