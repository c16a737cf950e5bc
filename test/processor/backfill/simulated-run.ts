/**
 * A run in a world of its own: branches of log files, whose creations are tagged through the run's journal, several files at
 * once and in any order. It can be killed at any moment: what is left is a copy of the folder and of the world at that moment,
 * the last lines torn at any byte that a kill can leave.
 */
import { cpSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type RunOptions, resumeRun } from '../../../processor/backfill/run/run-writer.ts';
import type { FileReport } from '../../../processor/file/file-report.ts';
import type { WriteIntent } from '../../../tag-manager/journal.ts';
import type { Outcome, OutcomeName } from '../../../tag-manager/outcome.ts';

export interface SimulatedCreation {
  readonly arn: string;
  readonly event: string;
  /** AWS refuses to tag it. */
  readonly isDenied: boolean;
}

export interface SimulatedFile {
  readonly key: string;
  readonly size: number;
  readonly creations: readonly SimulatedCreation[];
}

export type Branches = Readonly<Record<string, readonly SimulatedFile[]>>;

export interface World {
  /** By ARN, the event that its tags name. */
  readonly tags: Map<string, string>;
  /** By ARN, how often it was written. */
  readonly written: Map<string, number>;
}

export const newWorld = (): World => ({ tags: new Map(), written: new Map() });

export const ACCOUNT = '111122223333';

/** A number below `most`, the same ones for the same seed. */
export function randomOf(seed: number): (most: number) => number {
  let state = seed >>> 0 || 1;
  return (most) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * most);
  };
}

export interface Life {
  /** Goes on in this folder, and in this world. */
  readonly folder: string;
  readonly world: World;
  /** After how many steps it is killed; infinite for never. */
  readonly steps: number;
  readonly random: (most: number) => number;
}

export interface Killed {
  readonly folder: string;
  readonly world: World;
}

class KilledError extends Error {
  override readonly name = 'KilledError';
}

/** Files under way at once. */
const AT_ONCE = 6;

const options = (onLost: RunOptions['onLost']): RunOptions => ({
  rowOf: (file, { outcome, reason, creation: { eventID }, resource: { arn } }) => ({
    arn,
    eventID,
    outcome,
    reason,
    file,
  }),
  onLost,
  now: () => Date.parse('2026-11-26T14:30:12Z'),
  checkpointMs: 1_000_000, // the simulation says when
});

/** What the kill has left; `undefined` where the run came to its end. */
export async function live(
  { folder, world, steps, random }: Life,
  branches: Branches,
): Promise<Killed | undefined> {
  const problems: string[] = [];
  const run = await resumeRun(
    folder,
    options((problem) => problems.push(problem)),
  );
  const dying = new AbortController();
  let left = steps;
  let killed: Killed | undefined;
  let mustHave = journalSize(folder); // what has been kept for good

  async function step(): Promise<void> {
    for (let turns = random(4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    if (killed === undefined && left-- <= 0) {
      killed = copyOf(folder, world, mustHave, random);
      dying.abort(new KilledError('killed'));
    }
    dying.signal.throwIfAborted();
  }

  async function tag({ arn, event, isDenied }: SimulatedCreation): Promise<OutcomeName> {
    await step();
    const there = world.tags.get(arn);
    if (there !== undefined) return there === event ? 'unchanged' : 'kept';
    const intent = intentOf(arn, event);
    await run.journal.intend([intent]);
    dying.signal.throwIfAborted();
    mustHave = journalSize(folder);
    await step();
    if (!isDenied) {
      world.tags.set(arn, event);
      world.written.set(arn, (world.written.get(arn) ?? 0) + 1);
    }
    await step();
    const failure = { class: 'denied', error: 'AccessDenied', message: 'no' } as const;
    await run.journal.end([{ id: intent.id, ...(isDenied && { failure }) }]);
    await step();
    return isDenied ? 'failed' : 'tagged';
  }

  async function process(branch: string, file: SimulatedFile): Promise<void> {
    const begun = await run.begin(branch, file, dying.signal);
    started();
    const outcomes: Outcome[] = [];
    for (const creation of file.creations) outcomes.push(outcomeOf(creation, await tag(creation)));
    await step();
    const failures = outcomes
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ creation }) => ({ event: creation.eventID }));
    await begun.end({ report: reportOf(file, outcomes), outcomes, failures });
    if (random(5) === 0) await run.checkpoint();
  }

  let started = () => {};
  async function workOn(name: string, files: readonly SimulatedFile[]): Promise<void> {
    const progress = run.progressOf(name);
    if (progress?.done) return;
    const underWay = new Set<Promise<void>>();
    for (const file of files) {
      if (progress?.after !== undefined && file.key <= progress.after) continue;
      const begins = new Promise<void>((resolve) => {
        started = resolve;
      });
      const work: Promise<void> = process(name, file).finally(() => underWay.delete(work));
      underWay.add(work);
      await Promise.race([begins, work]); // files begin in their order
      if (underWay.size >= AT_ONCE) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    run.endBranch(name);
  }

  try {
    for (const [name, files] of Object.entries(branches)) await workOn(name, files);
  } catch (error) {
    if (!(error instanceof KilledError)) throw error;
  }
  await run.close(); // of what was killed, only in the folder that nobody looks at any more
  if (problems.length > 0) throw new Error(problems.join());
  return killed;
}

function intentOf(arn: string, event: string): WriteIntent {
  return {
    id: crypto.randomUUID(),
    arn,
    resourceId: arn,
    type: 'sns:topic',
    account: ACCOUNT,
    region: 'eu-west-1',
    api: 'sns:TagResource',
    event: { id: event, source: 'sns.amazonaws.com', name: 'CreateTopic', time: '2026-11-20T10:00:00Z' },
    creator: 'alice',
    ...(reasonOf(event) !== '' && { reason: reasonOf(event) }),
    before: {},
    after: { CreatedBy: event },
  };
}

/** Of a write, only whoever decides on it can tell: it is found in no tag. */
function reasonOf(event: string): string {
  return event.endsWith('1') ? 'there was something to say' : '';
}

/** What the run looks at of an outcome. */
export function outcomeOf({ arn, event }: SimulatedCreation, outcome: OutcomeName): Outcome {
  const creation = { account: ACCOUNT, eventID: event };
  const reason = outcome === 'tagged' ? reasonOf(event) : '';
  return { outcome, creation, resource: { arn }, reason } as unknown as Outcome;
}

export function reportOf(
  { key, size }: Omit<SimulatedFile, 'creations'>,
  outcomes: readonly Outcome[],
): FileReport {
  const counts: Partial<Record<OutcomeName, number>> = {};
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return {
    file: key,
    complete: true,
    compressedBytes: size,
    bytes: size,
    records: outcomes.length,
    ignored: {},
    servicesLeftOut: {},
    creations: outcomes.length,
    malformed: 0,
    warnings: [],
    resources: outcomes.length,
    outcomes: counts,
    adjusted: 0,
    failures: [],
    readMs: 0,
    tagMs: 0,
  };
}

function journalSize(folder: string): number {
  return statSync(join(folder, 'journal.ndjson'), { throwIfNoEntry: false })?.size ?? 0;
}

let copies = 0;

function copyOf(folder: string, world: World, mustHave: number, random: (most: number) => number): Killed {
  const copy = `${folder.replace(/-copy\d+$/, '')}-copy${copies++}`;
  cpSync(folder, copy, { recursive: true });
  writeFileSync(join(copy, 'lock'), JSON.stringify(deadOwner()));
  const path = join(copy, 'checkpoint.json');
  const {
    failuresBytes = 0,
    resourcesBytes = 0,
    journalBytes = 0,
  } = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  tear(join(copy, 'journal.ndjson'), Math.max(mustHave, journalBytes), random);
  tear(join(copy, 'failures.ndjson'), failuresBytes, random);
  tear(join(copy, 'resources.ndjson'), resourcesBytes, random);
  if (random(2) === 0) writeFileSync(`${path}.new`, '{"version":1,"at":"20');
  return {
    folder: copy,
    world: { tags: new Map(world.tags), written: new Map(world.written) },
  };
}

export function deadOwner(): object {
  return {
    pid: 2 ** 30,
    host: hostname(),
    since: '2026-11-26T14:00:00.000Z',
    nonce: crypto.randomUUID(),
  };
}

/** What was written behind `from` may be there up to any byte, or be the beginning of a line. */
function tear(path: string, from: number, random: (most: number) => number): void {
  if (!existsSync(path)) return;
  const { size } = statSync(path);
  truncateSync(path, Math.max(0, Math.min(size, from + random(size - from + 1))));
  const isTorn = random(3) === 0 && readFileSync(path).at(-1) !== undefined;
  if (isTorn && readFileSync(path).at(-1) === 0x0a) writeFileSync(path, '{"kind":"int', { flag: 'a' });
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
