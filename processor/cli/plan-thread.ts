/** A worker thread of `plan`: the path of a log file in, its result out. It is given the environment of the settings. */
import { workerData } from 'node:worker_threads';
import { localLogFile } from '../file/log-file.ts';
import { createFilePlanner } from '../runtime/planning-runtime.ts';
import { readSettings } from '../runtime/settings.ts';
import { type FileResult, runFile } from './file-result.ts';
import { serve } from './threads/serve.ts';

const files = createFilePlanner(readSettings(workerData as NodeJS.ProcessEnv, 'command-line'));

const { signal } = new AbortController(); // the thread is ended as a whole

serve((path: string): Promise<FileResult> => runFile(localLogFile(path), files, signal));
