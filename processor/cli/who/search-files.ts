/** Searches log files for what a question is about: those on disk in this thread and in others, those of a bucket side by side. */
import { extname } from 'node:path';
import type { Bounds } from '../../../parser/bounds.ts';
import { type FileReport, reportUnread } from '../../file/file-report.ts';
import { type LogFile, localLogFile, localLogFiles } from '../../file/log-file.ts';
import type { Runtime } from '../../runtime/planning-runtime.ts';
import { type Candidate, collectCandidates } from '../../who/candidates.ts';
import type { Question } from '../../who/question.ts';
import { candidatesIn, compileSearch, type SearchOptions, searchFile } from '../../who/search-file.ts';
import type { Made } from '../../who/sighting.ts';
import { collectSubjects, type Subject } from '../../who/subjects.ts';
import { fewAtOnce } from '../few-at-once.ts';
import { eachSideBySide } from '../side-by-side.ts';
import { inThreads } from '../threads/in-threads.ts';
import { errorOf, type ThreadError } from '../threads/messages.ts';
import { createPool, type Pool } from '../threads/pool.ts';
import type { WalkListener } from '../walk-folder.ts';

/** What a thread is given. It can be cloned. */
export interface SearchThreadData extends Omit<SearchOptions, 'signal'> {
  readonly question: Question;
  readonly bounds: Bounds;
}

/** What some files say, in a form that crosses from thread to thread. */
export interface Found {
  readonly files: number;
  /** Of a question about a resource. */
  readonly subjects: readonly Subject[];
  readonly leftOut: number;
  /** Of a question about somebody: all that they made, in the order of the files. */
  readonly made: readonly Made[];
  /** Of a question why: the records that may tell, and how many more there were. */
  readonly candidates: readonly Candidate[];
  readonly candidatesLeftOut: number;
  /** Files that could not be read to their end. */
  readonly unreadable: readonly FileReport[];
}

/** Beside this file also where both are bundled, and end in `.mjs`. */
const WORKER = new URL(`./search-thread${extname(import.meta.url)}`, import.meta.url);

/** Batch by batch, in their order. Throws what `paths` throws. */
export async function* searchPaths(
  paths: AsyncIterable<readonly string[]>,
  data: SearchThreadData,
  signal: AbortSignal,
): AsyncGenerator<Found> {
  const here = compileBatchSearch(data, signal);
  const pool: Pool<SearchThreadData, string, Found> = createPool(WORKER, { signal });
  pool.begin(data);
  try {
    for await (const each of inThreads(pool, paths, { here, signal })) {
      yield each.ok ? each.result : unreadable(each.item, each.error);
    }
  } finally {
    await pool.stop();
  }
}

/** Those of a bucket or standard input, file by file. Throws PathError. */
export async function* searchLogFiles(
  path: string,
  runtime: Runtime,
  data: SearchThreadData,
  options: { readonly listener: WalkListener; readonly signal: AbortSignal },
): AsyncGenerator<Found> {
  const searchAll = compileFilesSearch(data, options.signal);
  const search = (file: LogFile) => searchAll([file]);
  for await (const together of eachSideBySide(path, runtime, options, search)) yield* together;
}

export function compileBatchSearch(
  data: SearchThreadData,
  signal: AbortSignal,
): (paths: readonly string[]) => Promise<Found> {
  const searchAll = compileFilesSearch(data, signal);
  return (paths) => searchAll(localLogFiles(paths));
}

/** Files whose reading was broken off are left out, as if they had not been begun. */
function compileFilesSearch(
  { question, ...options }: SearchThreadData,
  signal: AbortSignal,
): (files: Iterable<LogFile>) => Promise<Found> {
  const search = question.kind === 'why' ? undefined : compileSearch(question, options);
  return async (files) => {
    const candidates = collectCandidates();
    const subjects = collectSubjects();
    const made: Made[][] = [];
    const broken: FileReport[] = [];
    let read = 0;
    await fewAtOnce(files, signal, async (file, at) => {
      const madeHere: Made[] = [];
      made[at] = madeHere;
      try {
        if (question.kind === 'why') {
          for (const each of await candidatesIn(file, question, { ...options, signal })) candidates.add(each);
        } else if (search !== undefined) {
          for (const each of await searchFile(file, question, search, { ...options, signal })) {
            if (question.kind === 'resource') subjects.add(each);
            else if (each.kind === 'creation') madeHere.push(each);
          }
        }
        read++;
      } catch (error) {
        if (!signal.aborted) broken.push(reportUnread(file, error));
      }
    });
    return {
      files: read + broken.length,
      subjects: subjects.list(),
      leftOut: subjects.leftOut,
      made: made.flat(),
      candidates: candidates.list,
      candidatesLeftOut: candidates.leftOut,
      unreadable: broken,
    };
  };
}

/** A file that ended its thread. */
function unreadable(path: string, error: ThreadError): Found {
  const report = reportUnread(localLogFile(path), errorOf(error));
  return {
    files: 1,
    subjects: [],
    leftOut: 0,
    made: [],
    candidates: [],
    candidatesLeftOut: 0,
    unreadable: [report],
  };
}
