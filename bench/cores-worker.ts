/** One thread of cores.ts: reads files, with our reader or by bare decompressing, and gives how many it has read. */
import { serve } from '../processor/cli/threads/serve.ts';
import { gunzipWhole, readOurs } from './contenders.ts';

export type ReadingWork = 'ours' | 'bare';

const readRecordsOf = async (path: string) => (await readOurs(path)).records;

serve<ReadingWork, string, number>((work) => {
  const read = work === 'bare' ? gunzipWhole : readRecordsOf;
  return async (paths) => {
    for (const path of paths) if ((await read(path)) === 0) throw new Error('nothing was read');
    return paths.length;
  };
});
