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
import { readSettings, refreshSettings, type Settings } from './settings.ts';
import { createReadText, type ReadText } from './sources/read-text.ts';
import { nameOfSource } from './sources/source.ts';

export interface Runtime {
  readonly settings: Settings;
  readonly files: FileProcessor;
  /** Every call to AWS. */
  readonly calls: Calls;
  readonly logs: LogReader;
  /** Bounds the files that are open at once. */
  readonly fileLimit: LimitFunction;
  /**
   * Reads what the settings take from elsewhere, where it is too old; before the first file. Answers what went wrong with it
   * where old values do, and throws SettingsError where there are none.
   */
  refresh(signal: AbortSignal): Promise<readonly string[]>;
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

/** What another thread needs to plan with the same settings. It can be cloned. */
export interface ThreadSettings {
  readonly env: NodeJS.ProcessEnv;
  /** Those of `LiveValues`. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The planner of a thread: what the first one has read is not read again, so that all plan alike. */
export async function createThreadPlanner({ env, texts }: ThreadSettings): Promise<FileProcessor> {
  const settings = readSettings(env, 'command-line');
  const read: ReadText = async (source) => texts.get(nameOfSource(source)) ?? '';
  await refreshSettings(settings, read, new AbortController().signal);
  return createFilePlanner(settings);
}

/** What planning and tagging share: reading log buckets. */
export function sharedRuntime(
  settings: Settings,
  calls: Calls,
  region: string,
  ownAccount: string | undefined,
) {
  const read = createReadText({ calls, region, ownAccount });
  return {
    settings,
    calls,
    refresh: (signal: AbortSignal) => refreshSettings(settings, read, signal),
    logs: createLogReader({ calls, region, buckets: settings.logBuckets, ownAccount }),
    fileLimit: pLimit(MAX_OPEN_FILES),
    destroy: () => calls.destroy(),
  };
}

export function refusedByFilter(creation: Creation, { filter }: Settings): Refusal | undefined {
  const detail = filter(creation);
  return detail === undefined ? undefined : { reason: 'filtered-out', detail };
}
