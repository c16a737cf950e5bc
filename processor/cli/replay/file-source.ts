/** A file of failures, one message a line. It is left as it is. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { untilAborted } from '../../../parser/until-aborted.ts';
import { OURSELVES } from '../../notification/trust.ts';
import { PathError } from '../find-log-files.ts';
import { systemProblem } from '../system-problem.ts';
import type { ReplayMessage, ReplaySource } from './replay-source.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'expected a file with one message a line, got a folder',
};

/** Its `batches` throws PathError where the file cannot be read. */
export function fileSource(path: string, signal: AbortSignal): ReplaySource {
  return {
    batches: () => untilAborted(lines(path), signal),
    remove: async () => {},
    release: async () => {},
  };
}

async function* lines(path: string): AsyncGenerator<readonly ReplayMessage[]> {
  const input = createReadStream(path);
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() !== '')
        yield [{ id: String(number), name: `${path}:${number}`, body: line, sender: OURSELVES }];
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new PathError(path, PROBLEMS[code] ?? systemProblem(error));
  }
}
