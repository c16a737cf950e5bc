/** What a run is about, written once, when it begins: `run.json`. Its version is that of all files of the folder. */
import { join } from 'node:path';
import * as z from 'zod';
import { printableJson } from '../../../parser/printable.ts';
import { narrow } from '../../narrow.ts';
import { RunError } from './run-error.ts';
import { isRunId, RUN_FILE } from './run-id.ts';
import { readWhole, writeWhole } from './whole-file.ts';

/** Goes up when somebody who knows only the last one would misread a file of the folder. */
export const RUN_VERSION = 1;

const ENGINES = ['local', 'batch', 'map'] as const;

const RUN_INFO = z.object({
  version: z.literal(RUN_VERSION),
  id: z.string().refine(isRunId),
  createdAt: z.iso.datetime(),
  command: z.string(),
  scope: z.record(z.string(), z.unknown()),
  filters: z.record(z.string(), z.string()),
  settings: z.record(z.string(), z.string()),
  identity: z.object({ account: z.string(), arn: z.string() }),
  program: z.string(),
  engine: z.enum(ENGINES),
  dryRun: z.boolean(),
  verifyDigests: z.optional(z.boolean()),
});

/**
 * `scope` is JSON that whoever lists reads; `filters` and `settings` are variables by name, the public ones alone; `command` is
 * what the user typed; `program` the version of auto-tagger; `verifyDigests` says that files count only where
 * CloudTrail's digests vouch for them.
 */
export type RunInfo = Readonly<z.infer<typeof RUN_INFO>>;

export function writeRunInfo(folder: string, info: RunInfo): Promise<void> {
  return writeWhole(join(folder, RUN_FILE), `${printableJson(info)}\n`);
}

/** Throws RunError. */
export async function readRunInfo(folder: string): Promise<RunInfo> {
  const path = join(folder, RUN_FILE);
  const found = await readWhole(path);
  if (found === undefined) throw new RunError(`${folder}: no run: there is no ${RUN_FILE} in it`);
  return runInfoOf(found, path);
}

/** From the JSON of a `run.json`; `path` says whose it is. Throws RunError. */
export function runInfoOf(found: unknown, path: string): RunInfo {
  return asWritten(RUN_INFO, found, path);
}

/** The JSON of a file of a run, which `path` names. Throws RunError where a later program has written it, or nobody of us. */
export function asWritten<Schema extends z.ZodType>(
  schema: Schema,
  found: unknown,
  path: string,
): z.output<Schema> {
  refuseNewer(path, found);
  const read = narrow(schema, found);
  if (read?.success) return read.data;
  const [issue] = read?.error.issues ?? [];
  throw new RunError(`${path}: ${issue?.path.join('.') ?? 'something'} is not as auto-tagger writes it`);
}

/** Throws RunError where a later program has written it. */
export function refuseNewer(path: string, found: unknown): void {
  const { version } = (found ?? {}) as { readonly version?: unknown };
  if (typeof version !== 'number' || version <= RUN_VERSION) return;
  throw new RunError(
    `${path} has version ${version}, and this auto-tagger knows up to ${RUN_VERSION}: a later one has written it, and can go on with it`,
  );
}
