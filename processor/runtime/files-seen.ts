/** Tells the metadata store of the log files that are done. */
import type { Files } from '../../tag-manager/store/files.ts';
import { readFileFailure } from '../file/file-failure.ts';
import { type FileReport, isDone } from '../file/file-report.ts';
import type { LogFile } from '../file/log-file.ts';
import type { FileProcessor } from '../file/process-file.ts';

/** A file that the store could not be told of is not done: it comes again, and nothing of it changes twice. */
export function tellOfFiles(processor: FileProcessor, files: Files, now: () => number): FileProcessor {
  return {
    async process(file, signal, observer) {
      const report = await processor.process(file, signal, observer);
      const { location } = file;
      if (location.kind !== 's3' || !isWhole(file) || !isDone(report)) return report;
      const { bucket, key } = location;
      const seen = { bucket, key, at: new Date(now()).toISOString(), counts: countsOf(report) };
      try {
        await files.put(seen, signal);
        return report;
      } catch (error) {
        return { ...report, complete: false, error: readFileFailure(error) };
      }
    },
  };
}

/** Messages of ours bring single resources of a file again, and the rest of one. */
function isWhole({ onlyArns }: LogFile): boolean {
  return onlyArns === undefined;
}

function countsOf({ records, creations, resources, outcomes }: FileReport): Readonly<Record<string, number>> {
  return { records, creations, resources, ...outcomes };
}
