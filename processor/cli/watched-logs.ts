/** Tells of the answers of S3 what decides how many files are open: how long they took to begin, and whether S3 was overburdened. */
import { readFailure } from '../../tag-manager/calls/call-failure.ts';
import type { LogReader } from '../file/log-reader.ts';
import type { OpenFiles } from './open-files.ts';

/** The same reader. An answer that had to be asked for again was refused before: by SlowDown, or by a server that failed. */
export function watchedLogs(
  logs: LogReader,
  { answered, slowedDown }: Pick<OpenFiles, 'answered' | 'slowedDown'>,
): LogReader {
  return {
    ...logs,
    async getObject(ref, ifMatch, signal) {
      const asked = performance.now();
      try {
        const answer = await logs.getObject(ref, ifMatch, signal);
        if ((answer.$metadata.attempts ?? 1) > 1) slowedDown();
        else answered(performance.now() - asked);
        return answer;
      } catch (error) {
        const { class: failureClass } = readFailure(error);
        if (failureClass === 'throttled' || failureClass === 'busy') slowedDown();
        throw error;
      }
    },
  };
}
