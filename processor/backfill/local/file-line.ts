/**
 * The line in which log files are read and tagged, whether a run's folder keeps what becomes of them or nobody does. A file's
 * place among the open ones is given back as soon as it has been read; what it created is tagged behind that, up to a bounded
 * number of creations. Then reading waits.
 *
 *     files ─▶ open files ─▶ creations held ─▶ tagged
 *              as S3 gives       20,000
 */
import type { LogFile } from '../../file/log-file.ts';
import { createHeldCreations } from './held-creations.ts';

/** One takes about 2 KB. */
const MOST_CREATIONS = 20_000;

/** Bounds the files that are open at once. */
export interface OpenFiles {
  /** Resolves when a file of so many bytes may be opened; undefined where nobody knows. */
  enter(bytes: number | undefined): Promise<void>;
  leave(bytes: number | undefined): void;
}

/** What is made of a file; `onRead` is told how many creations, or other events that are held as long, are in it once it has been read. */
export type FileStep<Done> = (file: LogFile, onRead: (creations: number) => void) => Done | Promise<Done>;

export interface FileLine<Done> {
  /** Resolves when a file of so many bytes may be begun. Throws the reason of the signal. */
  enter(bytes: number | undefined): Promise<void>;
  /** Of a file that has entered: what became of it, when it is read and tagged. */
  pass(file: LogFile, bytes: number | undefined): Promise<Done>;
}

export interface FileLineOptions<Done> {
  readonly openFiles: OpenFiles;
  readonly step: FileStep<Done>;
  readonly signal: AbortSignal;
  /** @default 20,000 */
  readonly mostCreations?: number;
}

export function createFileLine<Done>({
  openFiles,
  step,
  signal,
  mostCreations = MOST_CREATIONS,
}: FileLineOptions<Done>): FileLine<Done> {
  const held = createHeldCreations(mostCreations);
  return {
    async enter(bytes) {
      await held.untilRoom(signal);
      await openFiles.enter(bytes);
    },
    async pass(file, bytes) {
      let isOpen = true;
      let creations = 0;
      const close = () => {
        if (isOpen) openFiles.leave(bytes);
        isOpen = false;
      };
      try {
        return await step(file, (count) => {
          creations = count;
          held.add(count);
          close();
        });
      } finally {
        close();
        held.remove(creations);
      }
    },
  };
}
