/** A worker thread of `plan s3://…`: names of log files in, what they came to out. It has connections and credentials of its own. */
import type { LogFileRef } from '../log-file-ref.ts';
import { createThreadRuntime } from '../runtime/planning-runtime.ts';
import { createBucketReader } from './bucket-reader.ts';
import type { BucketThreadData, PlannedThere } from './bucket-readers.ts';
import { serve } from './threads/serve.ts';

const { signal } = new AbortController(); // the thread is ended as a whole

serve<BucketThreadData, LogFileRef, PlannedThere>(
  async ({ settings, showing, most }) => {
    const { files, openLogs } = await createThreadRuntime(settings);
    const reader = createBucketReader({ logs: await openLogs(), files, showing, most, signal });
    return async (refs) => ({ done: await reader.plan(refs), places: reader.places });
  },
  { isSideBySide: true },
);
