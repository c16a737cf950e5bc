/** A worker thread of `who`: paths of log files in, what they say of the question out. */
import { serve } from '../threads/serve.ts';
import { compileBatchSearch, type Found, type SearchThreadData } from './search-files.ts';

const { signal } = new AbortController(); // the thread is ended as a whole

serve<SearchThreadData, string, Found>((data) => compileBatchSearch(data, signal));
