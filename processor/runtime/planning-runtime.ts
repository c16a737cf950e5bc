/**
 * What lives as long as the process when nothing is to be tagged: log buckets are read, and nobody else is called.
 */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Creation } from '../../parser/event/creation.ts';
import { type Calls, createCalls } from '../../tag-manager/calls/calls.ts';
import { createPlanner } from '../../tag-manager/planner.ts';
import { createLogReader, type LogReader } from '../file/log-reader.ts';
import type { Refusal } from '../file/plan-file.ts';
import { createFileProcessor, type FileProcessor } from '../file/process-file.ts';
import type { Settings } from './settings.ts';

export interface Runtime {
  readonly settings: Settings;
  readonly files: FileProcessor;
  /** Every call to AWS. */
  readonly calls: Calls;
  readonly logs: LogReader;
  /** Bounds the files that are open at once. */
  readonly fileLimit: LimitFunction;
  /** Closes all connections. */
  destroy(): void;
}

/** Files open at once: enough to hide the time to the first byte, few enough to be held whole. */
export const MAX_OPEN_FILES = 32;

export function createPlanningRuntime(settings: Settings, region: string): Runtime {
  const credentials = defaultProvider();
  const calls = createCalls({ credentialsFor: () => credentials, concurrency: settings.concurrency });
  return { ...sharedRuntime(settings, calls, region, undefined), files: createFilePlanner(settings) };
}

/** All that planning needs beside the files. */
export function createFilePlanner(settings: Settings): FileProcessor {
  const refuse = (creation: Creation) => refusedByFilter(creation, settings);
  const tagManager = createPlanner(settings.tags);
  return createFileProcessor({ ...settings.planning, refuse, tagManager, requiresAccount: false });
}

/** What planning and tagging share: reading log buckets. */
export function sharedRuntime(
  settings: Settings,
  calls: Calls,
  region: string,
  ownAccount: string | undefined,
) {
  return {
    settings,
    calls,
    logs: createLogReader({ calls, region, buckets: settings.logBuckets, ownAccount }),
    fileLimit: pLimit(MAX_OPEN_FILES),
    destroy: () => calls.destroy(),
  };
}

export function refusedByFilter(creation: Creation, { filter }: Settings): Refusal | undefined {
  const detail = filter(creation);
  return detail === undefined ? undefined : { reason: 'filtered-out', detail };
}
