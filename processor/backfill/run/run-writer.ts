/**
 * The folder of a run, written while the run goes on. Whoever carries the run out tells it of each log file twice: that it
 * begins, in the order of the keys of its branch, and what became of it, in any order. Everything else follows:
 *
 *     const run = await createRun('runs', info, options);       // or resumeRun(folder, options)
 *     const runtime = createTaggingRuntime(settings, { …, journal: run.journal, tagsUndone: true });
 *     for each branch that is not `run.progressOf(name)?.done`, listed from `run.progressOf(name)?.after` on:
 *       for each object: run.skip(name, key, reason), or
 *         const file = await run.begin(name, { key, size }, signal);   // waits where too much is under way
 *         const { report, outcomes, undone } = … process it …
 *         await file.end({ report, outcomes, failures });              // failures: messages for `replay`
 *       run.endBranch(name);                                           // all is listed
 *     await run.close();
 *
 * A file that was stopped before its end is not ended: it is done again when the run is gone on with, and so are those of its
 * branch behind it. Nothing of them is in the checkpoint. All tag writes must go through `run.journal`: from it a later
 * process knows what files that do not count yet have written.
 *
 *     journal.ndjson      ── written at once: each intent is on the disk before its write is sent
 *     failures.ndjson     ┐
 *     resources.ndjson    ├─ of files that count: what is longer than the checkpoint says is cut off, and done again
 *     checkpoint.json     ┘  every few seconds, and at the end
 */
import { onAbort } from '../../../tag-manager/calls/on-abort.ts';
import type { Journal } from '../../../tag-manager/journal.ts';
import type { Outcome } from '../../../tag-manager/outcome.ts';
import type { FileReport } from '../../file/file-report.ts';
import {
  addDigests,
  addReport,
  addSkipped,
  type RunningTotals,
  type SkipReason,
  type Totals,
} from '../../file/totals.ts';
import { type BranchQueue, createBranchQueue } from './branch-queue.ts';
import { type BranchProgress, checkpointText, writeCheckpoint } from './checkpoint.ts';
import { confirmedLine, intentLines, linesOfJson, resultLines } from './journal-file.ts';
import type { Wanted } from './known-writes.ts';
import type { LineWriter } from './line-writer.ts';
import { ownerText } from './lock.ts';
import { type OpenedRun, openRun } from './open-run.ts';
import { createRunFolder } from './run-folder.ts';
import { RUN_VERSION, type RunInfo } from './run-info.ts';

export interface RunOptions {
  /** A line of resources.ndjson. */
  readonly rowOf: (file: string, outcome: Outcome) => object;
  /** Hears once, in words, that the folder can be written to no more: then the run is to be stopped. */
  readonly onLost: (problem: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** @default 5 seconds */
  readonly checkpointMs?: number;
}

export interface RunWriter {
  readonly folder: string;
  readonly info: RunInfo;
  /** In words, whose run it was when it was killed; absent where it had ended, or is new. */
  readonly takenFrom: string | undefined;
  /** Hears of all tag writes of the run. */
  readonly journal: Journal;
  /** How far a branch is by now; undefined where it has not been begun. */
  progressOf(branch: string): BranchProgress | undefined;
  /** Of the files that count, in this process and those before it. */
  readonly totals: Totals;
  /** In the order of the keys of the branch. Waits while too much is under way; throws the reason of the signal. */
  begin(
    branch: string,
    file: { readonly key: string; readonly size: number },
    signal: AbortSignal,
  ): Promise<RunFile>;
  /** An object that is no log file, in its place among the others. */
  skip(branch: string, key: string, reason: SkipReason): void;
  /** All objects of the branch were told of. `digests`: what its digests told at the end, which counts with the last of its files. */
  endBranch(branch: string, digests?: Totals['digests']): void;
  /** Keeps for good how far it is. */
  checkpoint(): Promise<void>;
  /** Keeps how far it is, and lets others have the folder. */
  close(): Promise<void>;
}

export interface RunFile {
  /** Resolves once what counts now is written. Never throws: `onLost` hears. */
  end(done: EndedFile): Promise<void>;
}

export interface EndedFile {
  readonly report: FileReport;
  readonly outcomes: readonly Outcome[];
  /** What is left of it, as messages for `replay`. */
  readonly failures: readonly object[];
}

/** A run of that id below the folder `runs`, which need not be there. Throws RunError, or what the disk says. */
export async function createRun(runs: string, info: RunInfo, options: RunOptions): Promise<RunWriter> {
  const folder = await createRunFolder(runs, info);
  return resumeRun(folder, options);
}

/** Goes on where the run was left. Throws RunError where another process has it, or a file cannot be read. */
export async function resumeRun(folder: string, options: RunOptions): Promise<RunWriter> {
  const lost = createLoss(folder, options.onLost);
  return writerOf(await openRun(folder, lost.lose, options.now()), lost, options);
}

const CHECKPOINT_MS = 5_000;

/** Of files that have ended behind one that has not: their lines are held until it has. */
const MAX_HELD_CHARACTERS = 32 * 1024 * 1024;
const MAX_FILES_OF_A_BRANCH = 10_000;

interface Loss {
  readonly error: Error | undefined;
  readonly lose: (error: Error) => void;
}

function createLoss(folder: string, onLost: RunOptions['onLost']): Loss {
  let error: Error | undefined;
  return {
    get error() {
      return error;
    },
    lose(why) {
      if (error !== undefined) return;
      error = why;
      onLost(
        `${folder} cannot be written to: ${why.message}. The run stops; what it had done by the last checkpoint counts, and it can be gone on with`,
      );
    },
  };
}

function writerOf(opened: OpenedRun, lost: Loss, options: RunOptions): RunWriter {
  const { folder, info, lock, journal, failures, resources, writes, sessions } = opened;
  const { rowOf, now, checkpointMs = CHECKPOINT_MS } = options;
  const begunAt = new Date(now()).toISOString();
  const totals: RunningTotals = opened.totals;
  const branches = new Map<string, BranchQueue>(
    Object.entries(opened.branches).map(([name, progress]) => [name, createBranchQueue(progress)]),
  );
  const room = createRoom();
  let begun = 0;
  let held = 0; // characters
  let underWay: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const timer = setInterval(() => void checkpoint(), checkpointMs).unref();

  function branch(name: string): BranchQueue {
    const known = branches.get(name) ?? createBranchQueue();
    branches.set(name, known);
    return known;
  }

  function endFile(queued: ReturnType<BranchQueue['begin']>, done: EndedFile): readonly Promise<void>[] {
    const { report, rows, confirmed } = settled(done);
    const lines = { resources: linesOfJson(rows), failures: linesOfJson(done.failures) };
    const known = done.outcomes.map(wantedOf).filter(writes.knows); // what is held until it counts is small
    const size = lines.resources.length + lines.failures.length;
    held += size;
    const pending: Promise<void>[] = [];
    pending.push(...written(journal, confirmed));
    queued.end(() => {
      held -= size;
      if (lost.error !== undefined) return;
      addReport(totals, report);
      for (const each of known) writes.count(each);
      pending.push(...written(resources, lines.resources), ...written(failures, lines.failures));
    });
    room.changed();
    return pending;
  }

  /** With what an earlier process had written of it as if this one had. */
  function settled({ report, outcomes }: EndedFile) {
    const rows: object[] = [];
    let confirmed = '';
    const counts = { ...report.outcomes };
    for (const each of outcomes) {
      const { outcome } = each;
      const found = IS_OVER.has(outcome) ? writes.find(wantedOf(each)) : undefined;
      const isOurs = found !== undefined && (found.isSure || outcome === 'unchanged');
      if (isOurs) {
        counts[outcome] = (counts[outcome] ?? 0) - 1;
        if (counts[outcome] === 0) delete counts[outcome];
        counts.tagged = (counts.tagged ?? 0) + 1;
        if (!found.isSure) confirmed += confirmedLine(found.id);
        const { reason = '' } = found;
        rows.push(rowOf(report.file, { ...each, outcome: 'tagged', reason, failure: undefined }));
      } else if (outcome !== 'unchanged') {
        rows.push(rowOf(report.file, each));
      }
    }
    return { report: { ...report, outcomes: counts }, rows, confirmed };
  }

  /** Whoever asks while one is being written shares the next one. */
  function checkpoint(): Promise<void> {
    next ??= underWay.then(() => {
      next = undefined;
      underWay = writeNow();
      return underWay;
    });
    return next;
  }

  /** All is taken in one moment, and then kept: lines first, so that the checkpoint never tells of any that are not there. */
  async function writeNow(): Promise<void> {
    if (lost.error !== undefined) return;
    const open = [...branches.values()].flatMap(({ oldest }) => oldest ?? []);
    writes.forget(open.reduce((one, other) => Math.min(one, other), begun));
    const at = new Date(now()).toISOString();
    const text = checkpointText({
      version: RUN_VERSION,
      at,
      sessions: [...sessions, { begunAt, endedAt: at }],
      journalBytes: journal.bytes,
      failuresBytes: failures.bytes,
      resourcesBytes: resources.bytes,
      branches: Object.fromEntries([...branches].map(([name, { progress }]) => [name, progress])),
      totals,
      writes: writes.list(),
    });
    try {
      await Promise.all([journal, failures, resources].map((lines) => lines.keep('')));
      await writeCheckpoint(folder, text);
    } catch (error) {
      lost.lose(error as Error);
    }
  }

  return {
    folder,
    info,
    takenFrom: lock.takenFrom && ownerText(lock.takenFrom),
    totals,
    journal: {
      async intend(intents) {
        if (lost.error !== undefined) throw lost.error;
        writes.intend(intents, begun);
        await journal.keep(intentLines(intents, now()));
      },
      async end(results) {
        writes.end(results);
        await Promise.all(written(journal, resultLines(results)));
      },
    },
    progressOf: (name) => branches.get(name)?.progress,
    async begin(name, { key, size }, signal) {
      const queue = branch(name);
      for (;;) {
        signal.throwIfAborted();
        if (held <= MAX_HELD_CHARACTERS && queue.length < MAX_FILES_OF_A_BRANCH) break;
        await room.untilChanged(signal);
      }
      const queued = queue.begin({ key, size }, begun++);
      return {
        async end(done) {
          await Promise.all(endFile(queued, done));
        },
      };
    },
    skip(name, key, reason) {
      branch(name)
        .begin({ key }, begun++)
        .end(() => addSkipped(totals, reason));
    },
    endBranch: (name, digests) => branch(name).end(() => addDigests(totals, digests)),
    checkpoint,
    async close() {
      clearInterval(timer);
      await checkpoint();
      await Promise.all([journal, failures, resources].map((lines) => lines.close()));
      lock.release();
    },
  };
}

/** Nothing is left to do. */
const IS_OVER: ReadonlySet<Outcome['outcome']> = new Set(['unchanged', 'kept', 'gone']);

function wantedOf({ creation: { account, eventID: event }, resource: { arn } }: Outcome): Wanted {
  return { account, arn, event };
}

/** Who writes hears of what is lost; nobody else need. */
function written(lines: LineWriter, text: string): readonly Promise<void>[] {
  return text === '' ? [] : [lines.append(text).catch(() => {})];
}

/** Whoever waits for room looks again when something has ended. */
function createRoom() {
  let waiting: (() => void)[] = [];
  return {
    changed() {
      const all = waiting;
      waiting = [];
      for (const look of all) look();
    },
    async untilChanged(signal: AbortSignal): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push(resolve);
      const stopListening = onAbort(signal, () => reject(signal.reason));
      try {
        await promise;
      } finally {
        stopListening();
      }
    },
  };
}
