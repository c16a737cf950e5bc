/** A worker thread of `who`: paths of log files in, what they say of the question out. */
import { workerData } from 'node:worker_threads';
import { serve } from '../threads/serve.ts';
import { compileBatchSearch, type Found, type SearchThreadData } from './search-files.ts';

const { signal } = new AbortController(); // the thread is ended as a whole

serve<string, Found>(compileBatchSearch(workerData as SearchThreadData, signal));
