/** What the run of a test leaves: files in its folder, and tags on what was created. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWrites } from '../../../processor/backfill/run/journal-file.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';

export interface RunsOfTest {
  /** A folder with one run, or none yet. */
  readonly runs: string;
}

export interface RunWorld extends RunsOfTest {
  readonly sandbox: Sandbox;
  /** Of all that log files say was created. */
  readonly arns: readonly string[];
}

export const idOf = ({ runs }: RunsOfTest): string => readdirSync(runs)[0] ?? '';
export const pathOf = (world: RunsOfTest, file: string): string => join(world.runs, idOf(world), file);

/** Sorted: files are worked on side by side. */
export function linesOf(world: RunsOfTest, file: string): readonly string[] {
  return readFileSync(pathOf(world, file), 'utf8').split('\n').filter(Boolean).sort();
}

export const jsonLinesOf = (world: RunsOfTest, file: string) =>
  linesOf(world, file).map((line) => JSON.parse(line));

export const jsonOf = (world: RunsOfTest, file: string) =>
  JSON.parse(readFileSync(pathOf(world, file), 'utf8'));

export function checkpointOf(world: RunsOfTest) {
  const { branches, totals, writes } = jsonOf(world, 'checkpoint.json');
  return { branches, totals, writes };
}

/** What the journal knows to have been written on each resource, and what stood there before. */
export async function writesOf(world: RunsOfTest) {
  const found: Record<string, object> = {};
  for await (const writes of readWrites(pathOf(world, 'journal.ndjson'))) {
    for (const { intent, isWritten } of writes) {
      const { arn, event, before, after } = intent;
      if (isWritten === 'yes') found[`${arn} ${event.id}`] = { before, after };
    }
  }
  return found;
}

/** `undefined` of what is not there. */
export const tagsOf = ({
  sandbox,
  arns,
}: Pick<RunWorld, 'sandbox' | 'arns'>): Record<string, Readonly<Record<string, string>> | undefined> =>
  Object.fromEntries(
    arns.map((arn) => [arn, sandbox.hasResource(arn) ? sandbox.tagsOf(arn) : undefined] as const),
  );
