/** A worker thread of `report`: paths of log files in, their sums out. It is given what the settings are made of. */
import { workerData } from 'node:worker_threads';
import { createThreadPlanner } from '../../runtime/planning-runtime.ts';
import { serve } from '../threads/serve.ts';
import { type ReportThreadData, type Summed, sumBatch } from './sum-files.ts';

const { settings, ...summing } = workerData as ReportThreadData;
const planner = await createThreadPlanner(settings);
const { signal } = new AbortController(); // the thread is ended as a whole

serve<string, Summed>((paths) => sumBatch(paths, planner, summing, signal));
