/**
 * The chunks of a bulk run's journal, in the order of their names, which is that of their times. Each is held whole; what is larger than
 * any that the function puts is none of them, and counts as one line that cannot be read.
 */
import { jsonIn } from '../../narrow.ts';
import { type ChunkLine, readChunkLine } from '../bulk/chunk-lines.ts';
import { JOURNAL, readChunkName } from '../bulk/run-keys.ts';
import { MAX_READ_BYTES, type RunBucket } from './run-bucket.ts';

export interface ChunkOfLines {
  /** Whose lines they are. */
  readonly attempt: string;
  readonly lines: readonly ChunkLine[];
  /** How many lines nobody who writes them can have written. */
  readonly unreadable: number;
}

/** Asked for at once, ahead of who reads. */
const AHEAD = 16;

const FOLDER = `${JOURNAL}/`;

/** What is no chunk by its name is passed over. Throws CallError. */
export async function* chunkLines(bucket: RunBucket): AsyncGenerator<ChunkOfLines> {
  const asked: { readonly attempt: string; readonly text: Promise<string | undefined> }[] = [];
  const next = async (): Promise<ChunkOfLines> => {
    const first = asked.shift();
    return linesIn(first?.attempt ?? '', (await first?.text) ?? '');
  };
  for await (const { name, size } of bucket.list(FOLDER)) {
    const attempt = readChunkName(name.slice(FOLDER.length))?.attempt;
    if (attempt === undefined) continue;
    if (size > MAX_READ_BYTES) {
      yield { attempt, lines: [], unreadable: 1 };
      continue;
    }
    const text = bucket.read(name);
    text.catch(() => {}); // it is awaited later, perhaps never
    asked.push({ attempt, text });
    if (asked.length >= AHEAD) yield await next();
  }
  while (asked.length > 0) yield await next();
}

function linesIn(attempt: string, text: string): ChunkOfLines {
  const found = text.split('\n').flatMap((line) => (line === '' ? [] : [readChunkLine(jsonIn(line))]));
  const lines = found.filter((line) => line !== undefined);
  return { attempt, lines, unreadable: found.length - lines.length };
}
