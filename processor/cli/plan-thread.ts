/** A worker thread of `plan`: paths of log files in, what they came to out. It is given what the settings are made of. */
import { workerData } from 'node:worker_threads';
import { createThreadPlanner } from '../runtime/planning-runtime.ts';
import type { FilesDone } from './files-done.ts';
import { type PlanThreadData, planBatch } from './plan-files.ts';
import { serve } from './threads/serve.ts';

const { settings, showing } = workerData as PlanThreadData;
const planner = await createThreadPlanner(settings);
const { signal } = new AbortController(); // the thread is ended as a whole

serve<string, FilesDone>((paths) => planBatch(paths, planner, showing, signal));
