/** Standard input as a log file, gzipped or plain. It can be read only once, and a log file may have to be read again. */
import type { Readable } from 'node:stream';
import { untilAborted } from '../../parser/until-aborted.ts';
import type { LogFile } from '../file/log-file.ts';

/** The argument that names it. */
export const STANDARD_INPUT = '-';

/** What is read is held in memory, compressed as it comes. */
export function standardInput(input: Readable = process.stdin): LogFile {
  return {
    name: STANDARD_INPUT,
    location: { kind: 'path', path: STANDARD_INPUT },
    async open(signal) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of untilAborted<Buffer>(input, signal)) chunks.push(chunk);
      const records = async function* again() {
        yield* chunks;
      };
      return { records, source: { origin: 'log', account: undefined } };
    },
  };
}
