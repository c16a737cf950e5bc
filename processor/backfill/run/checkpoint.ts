/**
 * How far a run is: `checkpoint.json`, written whole. Everything in it is of one moment: totals and sizes of files are those
 * of exactly the log files that branches are done with.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { printableJson } from '../../../parser/printable.ts';
import type { Totals } from '../../file/totals.ts';
import type { KnownWrite } from './known-writes.ts';
import { asWritten, RUN_VERSION } from './run-info.ts';
import { readWhole, writeWhole } from './whole-file.ts';

export interface BranchProgress {
  /** Everything up to this key is done. */
  readonly after?: string;
  readonly files: number;
  readonly bytes: number;
  /** Day of the first file, as 2026-11-26, where keys tell days. */
  readonly firstDay?: string;
  readonly lastDay?: string;
  /** First and last day of times between two files for which there was none; the longest, in their order. */
  readonly gaps: readonly (readonly [first: string, last: string])[];
  /** Days of all of them. */
  readonly gapDays: number;
  /** All is listed, and all that was listed is done. */
  readonly done?: true;
}

/** A process that worked on the run: from when to its last checkpoint. */
export interface Session {
  readonly begunAt: string;
  readonly endedAt: string;
}

export interface Checkpoint {
  readonly version: typeof RUN_VERSION;
  readonly at: string;
  /** In their order; absent where nobody tells. */
  readonly sessions?: readonly Session[];
  /** How long the files of lines are. What is longer was written since. */
  readonly journalBytes: number;
  readonly failuresBytes: number;
  readonly resourcesBytes: number;
  readonly branches: Readonly<Record<string, BranchProgress>>;
  readonly totals: Totals;
  /** Writes in the journal of log files that are not done yet: they are in no total. */
  readonly writes: readonly KnownWrite[];
}

/** Only its sizes and branches decide anything; the rest is shown. */
const CHECKPOINT = z.object({
  version: z.literal(RUN_VERSION),
  at: z.string(),
  sessions: z.optional(z.array(z.object({ begunAt: z.iso.datetime(), endedAt: z.iso.datetime() }))),
  journalBytes: z.int().min(0),
  failuresBytes: z.int().min(0),
  resourcesBytes: z.int().min(0),
  branches: z.record(
    z.string(),
    z.object({
      after: z.optional(z.string()),
      files: z.number(),
      bytes: z.number(),
      firstDay: z.optional(z.string()),
      lastDay: z.optional(z.string()),
      gaps: z.array(z.tuple([z.string(), z.string()])),
      gapDays: z.number(),
      done: z.optional(z.literal(true)),
    }),
  ),
  totals: z.looseObject({ files: z.number(), outcomes: z.record(z.string(), z.number()) }),
  writes: z.array(
    z.object({
      id: z.string(),
      account: z.string(),
      arn: z.string(),
      event: z.string(),
      reason: z.optional(z.string()),
      isSure: z.boolean(),
    }),
  ),
});

export const CHECKPOINT_FILE = 'checkpoint.json';

export function checkpointText(checkpoint: Checkpoint): string {
  return `${printableJson(checkpoint)}\n`;
}

/** `text` is of `checkpointText`, made when the moment was that it is of. */
export function writeCheckpoint(folder: string, text: string): Promise<void> {
  return writeWhole(join(folder, CHECKPOINT_FILE), text);
}

/** `undefined` before the first. Throws RunError. */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const path = join(folder, CHECKPOINT_FILE);
  const found = await readWhole(path);
  if (found === undefined) return undefined;
  asWritten(CHECKPOINT, found, path);
  return found as Checkpoint; // with all that is only shown
}
