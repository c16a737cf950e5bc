/** Standard input as a log file, gzipped or plain. It can be read only once, and a log file may have to be read again. */
import type { Readable } from 'node:stream';
import { LogFileError } from '../../parser/reading/log-file-error.ts';
import { untilAborted } from '../../parser/until-aborted.ts';
import type { LogFile } from './log-file.ts';

/** The argument that names it. */
export const STANDARD_INPUT = '-';

/** Ten of CloudTrail's largest files, decompressed; what is longer belongs on a disk. */
const MAX_BYTES = 512 * 1024 * 1024;

/** What has been read is held in memory, compressed as it came. */
export function standardInput(input: Readable = process.stdin, maxBytes = MAX_BYTES): LogFile {
  return {
    name: STANDARD_INPUT,
    location: { kind: 'path', path: STANDARD_INPUT },
    async open(signal) {
      const rest = untilAborted<Buffer>(input, signal)[Symbol.asyncIterator]();
      const held: Buffer[] = [];
      let bytes = 0;
      let fetching: Promise<boolean> | undefined; // of whoever asked first, who may have given up since

      async function fetch(): Promise<boolean> {
        const { done, value } = await rest.next();
        fetching = undefined;
        if (done) return false;
        bytes += value.length;
        if (bytes > maxBytes) throw tooLong(maxBytes);
        held.push(value);
        return true;
      }

      async function* fromStart() {
        for (let at = 0; ; at++) {
          if (at === held.length) {
            fetching ??= fetch();
            if (!(await fetching)) return;
          }
          yield held[at] as Buffer;
        }
      }
      return { records: fromStart, source: { origin: 'log', account: undefined } };
    },
  };
}

/** Once it has been read, as far as it was needed: nobody waits for its end. */
export function closeStandardInput(): void {
  process.stdin.destroy();
}

function tooLong(maxBytes: number): LogFileError {
  return new LogFileError('TooLarge', `too large: more than ${maxBytes} bytes, expected a file`);
}
