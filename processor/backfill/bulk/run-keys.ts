/**
 * The names of the objects of a bulk run in the backfill bucket. The command line writes `run.json` and manifests, the function
 * the chunks of the journal, and AWS the rest; everything of a run lies below `runs/<id>/`.
 */
import { randomBytes } from 'node:crypto';
import { RUN_FILE } from '../run/run-id.ts';

/** Of all runs. */
export const RUNS_PREFIX = 'runs/';

/** Folders of a run: the chunks of its journal, the completion reports of S3 Batch Operations, what a Distributed Map writes of its child workflows. */
export const JOURNAL = 'journal';
export const REPORT = 'report';
export const RESULTS = 'results';

export interface RunKeys {
  /** All of the run begins with it; ends in a slash, as all prefixes here. */
  readonly prefix: string;
  /** What the run is about, as in its folder on disk. */
  readonly info: string;
  /** The chunks of its journal. */
  readonly journal: string;
  /** The lists of its log files, numbered from 0. */
  manifest(number: number): string;
}

/** `id` is that of a run, checked before: it becomes part of keys. */
export function runKeys(id: string): RunKeys {
  const prefix = `${RUNS_PREFIX}${id}/`;
  return {
    prefix,
    info: `${prefix}${RUN_FILE}`,
    journal: `${prefix}${JOURNAL}/`,
    manifest: (number) => `${prefix}manifest-${padded(number)}.csv`,
  };
}

/** One invocation of the function in a run: its chunks and its answers bear the id. */
export function newAttempt(): string {
  return randomBytes(6).toString('hex');
}

const ATTEMPT = '[0-9a-f]{12}';
const IS_ATTEMPT = new RegExp(`^${ATTEMPT}$`);

export function isAttempt(text: string): boolean {
  return IS_ATTEMPT.test(text);
}

export interface ChunkName {
  /** Epoch milliseconds, by the clock of whoever wrote it. */
  readonly at: number;
  readonly attempt: string;
  /** From 0, within the attempt. */
  readonly number: number;
}

/** Below `journal`: `2026-11-26T143012.123Z-0123456789ab-000000.ndjson`, in the order of their times. */
export function chunkName({ at, attempt, number }: ChunkName): string {
  return `${new Date(at).toISOString().replaceAll(':', '')}-${attempt}-${padded(number)}.ndjson`;
}

const CHUNK_NAME = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\dT)(\\d\\d)(\\d\\d)(\\d\\d\\.\\d{3}Z)-(${ATTEMPT})-(\\d{6,})\\.ndjson$`,
);

/** `undefined` where it is no such name. */
export function readChunkName(name: string): ChunkName | undefined {
  const [, day, hours, minutes, seconds, attempt, number] = CHUNK_NAME.exec(name) ?? [];
  const at = Date.parse(`${day}${hours}:${minutes}:${seconds}`);
  if (attempt === undefined || number === undefined || Number.isNaN(at)) return undefined;
  return { at, attempt, number: Number(number) };
}

function padded(number: number): string {
  return String(number).padStart(6, '0');
}
