/**
 * What lives as long as the process when nothing is to be tagged: log buckets are read, and nobody else is called.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Creation } from '../../parser/event/creation.ts';
import { type Calls, createCalls } from '../../tag-manager/calls/calls.ts';
import type { ClientConfig } from '../../tag-manager/calls/clients.ts';
import { createPlanner } from '../../tag-manager/planner.ts';
import type { Refusal } from '../file/plan-file.ts';
import { createFileProcessor, type FileProcessor } from '../file/process-file.ts';
import type { Settings } from './settings.ts';

export interface Runtime {
  readonly settings: Settings;
  readonly files: FileProcessor;
  /** Every call to AWS. */
  readonly calls: Calls;
  /** For reading log files, wherever their bucket is. */
  readonly logBuckets: S3Client;
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
  return { ...readingParts(settings, calls, region), files: createFilePlanner(settings) };
}

/** All that planning needs beside the files. */
export function createFilePlanner(settings: Settings): FileProcessor {
  const refuse = (creation: Creation) => refusedByFilter(creation, settings);
  return createFileProcessor({ bounds: settings.bounds, refuse, tagManager: createPlanner(settings.tags) });
}

/** What planning and tagging share: reading log buckets. */
export function readingParts(settings: Settings, calls: Calls, region: string) {
  return {
    settings,
    calls,
    logBuckets: calls.clients.get(LogBucketClient, undefined, region),
    fileLimit: pLimit(MAX_OPEN_FILES),
    destroy: () => calls.destroy(),
  };
}

/** S3 tells where a bucket is when it is asked in the wrong region; for reading, that may be followed. */
class LogBucketClient extends S3Client {
  constructor(config: ClientConfig) {
    super({ ...config, followRegionRedirects: true });
  }
}

export function refusedByFilter(creation: Creation, { filter }: Settings): Refusal | undefined {
  const detail = filter(creation);
  return detail === undefined ? undefined : { reason: 'filtered-out', detail };
}
