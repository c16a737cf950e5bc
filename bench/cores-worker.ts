/** One thread of cores.ts: reads a file, with our reader or by bare decompressing, and gives a count of it. */
import { workerData } from 'node:worker_threads';
import { serve } from '../processor/cli/threads/serve.ts';
import { gunzipWhole, readOurs } from './contenders.ts';

export interface WorkerData {
  readonly work: 'ours' | 'bare';
}

const { work } = workerData as WorkerData;

serve<string, number>(work === 'bare' ? gunzipWhole : async (path) => (await readOurs(path)).records);
