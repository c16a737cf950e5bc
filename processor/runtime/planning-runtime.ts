/**
 * What lives as long as the process when nothing is to be tagged: log buckets are read, and nobody else is called. What
 * that takes is loaded when the first log file of a bucket, or the first setting that lies elsewhere, is asked for.
 */
import type { Creation } from '../../parser/event/creation.ts';
import { createPlanner } from '../../tag-manager/planner.ts';
import type { LogReader } from '../file/log-reader.ts';
import type { Refusal } from '../file/plan-file.ts';
import { createFileProcessor, type FileProcessor } from '../file/process-file.ts';
import type { openLogAccess } from './log-access.ts';
import { ownRegion, readSettings, refreshSettings, type Settings } from './settings.ts';
import { readHere } from './sources/read-here.ts';
import type { ReadText } from './sources/read-text.ts';
import { nameOfSource } from './sources/source.ts';

export interface Runtime {
  readonly settings: Settings;
  readonly files: FileProcessor;
  /** Log files open at once, at most. */
  readonly maxOpenFiles: number;
  /** The way to log files in S3. */
  openLogs(): Promise<LogReader>;
  /**
   * Reads what the settings take from elsewhere, where it is too old; before the first file. Answers what went wrong with it
   * where old values do, and throws SettingsError where there are none.
   */
  refresh(signal: AbortSignal): Promise<readonly string[]>;
  /** Closes all connections. */
  destroy(): void;
}

/**
 * Log files open at once where `OPEN_FILES` does not say: where they are tagged, what was created in each is held until it is
 * tagged; else they are open only as long as S3 takes to give them, and of a bucket no more than S3 keeps up with.
 */
export const MAX_OPEN_FILES = 32;
const MAX_PLANNED_FILES = 256;

export function createPlanningRuntime(settings: Settings, region: string): Runtime {
  let access: Promise<ReturnType<typeof openLogAccess>> | undefined;
  const maxOpenFiles = settings.openFiles ?? MAX_PLANNED_FILES;
  const open = () => {
    access ??= import('./log-access.ts').then(({ openLogAccess }) =>
      openLogAccess(settings, region, maxOpenFiles),
    );
    return access;
  };
  const read: ReadText = async (source, signal) =>
    readHere(source, signal) ?? (await open()).read(source, signal);
  return {
    settings,
    files: createFilePlanner(settings),
    maxOpenFiles,
    openLogs: async () => (await open()).logs,
    refresh: (signal) => refreshSettings(settings, read, signal),
    destroy: () => void access?.then(({ destroy }) => destroy()),
  };
}

/** All that planning needs beside the files. */
export function createFilePlanner(settings: Settings): FileProcessor {
  const refuse = (creation: Creation) => refusedByFilter(creation, settings);
  const tagManager = createPlanner(settings.tags);
  return createFileProcessor({
    ...settings.planning,
    refuse,
    tagManager,
    requiresAccount: false,
    looksOutside: true,
  });
}

/** What another thread needs to plan with the same settings. It can be cloned. */
export interface ThreadSettings {
  readonly env: NodeJS.ProcessEnv;
  /** Those of `LiveValues`. */
  readonly texts: ReadonlyMap<string, string>;
}

/** That of a thread: what the first one has read is not read again, so that all plan alike. */
export async function createThreadRuntime({ env, texts }: ThreadSettings): Promise<Runtime> {
  const settings = readSettings(env, 'command-line');
  const read: ReadText = async (source) => texts.get(nameOfSource(source)) ?? '';
  await refreshSettings(settings, read, new AbortController().signal);
  return createPlanningRuntime(settings, ownRegion(env));
}

export function refusedByFilter(creation: Creation, { filter }: Settings): Refusal | undefined {
  const detail = filter(creation);
  return detail === undefined ? undefined : { reason: 'filtered-out', detail };
}
