/**
 * The way to log buckets, and to settings that lie elsewhere, with the clients that it takes: half of a start, so
 * whoever only reads files on disk does not load it.
 */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { type Calls, createCalls } from '../../tag-manager/calls/calls.ts';
import { createLogReader, type LogReader } from '../file/log-reader.ts';
import type { Settings } from './settings.ts';
import { createReadText, type ReadText } from './sources/read-text.ts';

export interface LogAccess {
  readonly logs: LogReader;
  readonly read: ReadText;
}

/** Makes its calls with those of the caller. */
export function createLogAccess(
  { logBuckets: buckets }: Settings,
  { calls, region, ownAccount }: { calls: Calls; region: string; ownAccount: string | undefined },
): LogAccess {
  return {
    logs: createLogReader({ calls, region, buckets, ownAccount }),
    read: createReadText({ calls, region, ownAccount }),
  };
}

/** With the credentials of the environment, and calls of its own; the caller destroys it. */
export function openLogAccess(
  settings: Settings,
  region: string,
  maxOpenFiles: number,
): LogAccess & Pick<Calls, 'destroy'> {
  const credentials = defaultProvider();
  const { concurrency } = settings;
  const calls = createCalls({ credentialsFor: () => credentials, concurrency, maxOpenFiles });
  const access = createLogAccess(settings, { calls, region, ownAccount: undefined });
  return { ...access, destroy: () => calls.destroy() };
}
