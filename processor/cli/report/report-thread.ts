/** A worker thread of `report`: paths of log files in, their sums out. It is given what the settings are made of. */
import { createThreadRuntime } from '../../runtime/planning-runtime.ts';
import { serve } from '../threads/serve.ts';
import { type ReportThreadData, type Summed, sumBatch } from './sum-files.ts';

const { signal } = new AbortController(); // the thread is ended as a whole

serve<ReportThreadData, string, Summed>(async ({ settings, ...summing }) => {
  const { files } = await createThreadRuntime(settings);
  return (paths) => sumBatch(paths, files, summing, signal);
});
