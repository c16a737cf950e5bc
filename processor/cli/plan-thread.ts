/** A worker thread of `plan`: the path of a log file in, its result out. It is given what the settings are made of. */
import { workerData } from 'node:worker_threads';
import { localLogFile } from '../file/log-file.ts';
import { createThreadPlanner, type ThreadSettings } from '../runtime/planning-runtime.ts';
import { type FileResult, runFile } from './file-result.ts';
import { serve } from './threads/serve.ts';

const planner = createThreadPlanner(workerData as ThreadSettings);

const { signal } = new AbortController(); // the thread is ended as a whole

serve(async (path: string): Promise<FileResult> => runFile(localLogFile(path), await planner, signal));
