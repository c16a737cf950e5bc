/** A worker thread of `plan`: the path of a log file in, its result out. Settings come from the environment. */

import { serve } from '../../parser/threads/serve.ts';
import { localLogFile } from '../log-file.ts';
import { createFilePlanner } from '../planning-runtime.ts';
import { readSettings } from '../settings.ts';
import { type FileResult, runFile } from './file-result.ts';

const files = createFilePlanner(readSettings(process.env));

serve((path: string): Promise<FileResult> => runFile(localLogFile(path), files));
