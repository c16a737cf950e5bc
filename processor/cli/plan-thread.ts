/** A worker thread of `plan`: paths of log files in, what they came to out. It is given what the settings are made of. */
import { createThreadRuntime } from '../runtime/planning-runtime.ts';
import type { FilesDone } from './files-done.ts';
import { planBatch } from './plan-files.ts';
import type { PlanThreadData } from './plan-threads.ts';
import { serve } from './threads/serve.ts';

const { signal } = new AbortController(); // the thread is ended as a whole

serve<PlanThreadData, string, FilesDone>(async ({ settings, showing }) => {
  const { files } = await createThreadRuntime(settings);
  return (paths) => planBatch(paths, files, showing, signal);
});
