/** Where credentials have expired, or there are none, no further file of a path can be read either: after some it is read no further. */
import type { FileReport } from '../file/file-report.ts';
import { PathError } from './find-log-files.ts';
import { isWithoutCredentials } from './run-ending.ts';

/** Files one after the other. */
const MOST = 3;

/** Takes how many files were read together, in their order, and which of them could not be; answers with what ends the path, once it is so. */
export type CredentialsWatch = (files: number, unreadable: readonly FileReport[]) => PathError | undefined;

export function watchCredentials(path: string): CredentialsWatch {
  let withoutCredentials = 0;
  return (files, unreadable) => {
    const denied = unreadable.filter(isWithoutCredentials);
    withoutCredentials = denied.length === files ? withoutCredentials + files : 0;
    if (withoutCredentials < MOST) return undefined;
    return new PathError(path, `not read any further: ${denied.at(-1)?.error?.message}`, 'access');
  };
}
