/** One thread of cores.ts: reads files, with our reader or by bare decompressing, and gives how many it has read. */
import { workerData } from 'node:worker_threads';
import { serve } from '../processor/cli/threads/serve.ts';
import { gunzipWhole, readOurs } from './contenders.ts';

export interface WorkerData {
  readonly work: 'ours' | 'bare';
}

const { work } = workerData as WorkerData;
const read = work === 'bare' ? gunzipWhole : async (path: string) => (await readOurs(path)).records;

serve<string, number>(async (paths) => {
  for (const path of paths) if ((await read(path)) === 0) throw new Error('nothing was read');
  return paths.length;
});
