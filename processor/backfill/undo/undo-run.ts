/**
 * A run undone, from its journal: each resource that it has written is made what it was before, where the values of the run
 * still stand. The undo has a journal of its own in the folder; killed at any moment, it goes on where it was, because what is done
 * is found as it shall be.
 */
import { chunks } from '../../../tag-manager/calls/chunks.ts';
import { createDenials, type Stop } from '../../../tag-manager/denials.ts';
import type { Journal } from '../../../tag-manager/journal.ts';
import { createPlaces } from '../../../tag-manager/places.ts';
import { intentLines, resultLines } from '../run/journal-file.ts';
import { readLines } from '../run/line-reader.ts';
import { type LineWriter, openLines } from '../run/line-writer.ts';
import { takeLock } from '../run/lock.ts';
import { runFiles } from '../run/run-files.ts';
import { readRunInfo } from '../run/run-info.ts';
import { partsOf } from './parts.ts';
import { refuseWriter } from './survey.ts';
import { undoBatch } from './undo-batch.ts';
import { outcomeLine } from './undo-lines.ts';
import { addUndone, startUndoTotals, type UndoOutcome, type UndoTotals } from './undo-outcome.ts';
import { writeUndoSummary } from './undo-summary.ts';
import {
  hasMembers,
  type NotUndoable,
  placeOf,
  type Undoable,
  type Undoing,
  undoableOf,
} from './undoable.ts';

export interface UndoOptions extends Omit<Undoing, 'journal'> {
  /** Why nothing can be done in the account; undefined where it can. */
  readonly closed: (account: string, partition: string) => string | undefined;
  /** Batches of one API, account and region that are under way. */
  readonly batchesAtOnce: number;
  readonly onOutcome: (outcome: UndoOutcome, totals: UndoTotals) => void;
  /** Hears where nothing more is tried, because AWS denies everything there. */
  readonly onStop: (stop: Stop) => void;
  /** Hears once that the folder can be written to no more: then the undo is to be stopped. */
  readonly onLost: (problem: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** That the run writes: no others are touched. @default whatever its journal tells */
  readonly keys?: ReadonlySet<string>;
  /** @default as much as fits into memory */
  readonly partBytes?: number;
}

/** Once the signal is aborted nothing more is begun. Throws RunError. */
export async function undoRun(folder: string, options: UndoOptions): Promise<UndoTotals> {
  await readRunInfo(folder);
  if (options.dryRun) {
    refuseWriter(folder);
    return undoAll(folder, undefined, options);
  }
  const lock = takeLock(folder, options.now());
  try {
    const { undo } = runFiles(folder);
    const lines = await openLines(undo, await endOfLines(undo), ({ message }) =>
      options.onLost(`${undo} cannot be written to: ${message}. The undo stops, and can be gone on with`),
    );
    try {
      const totals = await undoAll(folder, lines, options);
      const at = new Date(options.now()).toISOString();
      await writeUndoSummary(folder, { at, totals, ...(options.signal.aborted && { interrupted: true }) });
      return totals;
    } finally {
      await lines.close();
    }
  } finally {
    lock.release();
  }
}

async function endOfLines(path: string): Promise<number> {
  const batches = readLines(path);
  for (;;) {
    const next = await batches.next();
    if (next.done) return next.value;
  }
}

/** Without a journal it only looks. */
async function undoAll(
  folder: string,
  lines: LineWriter | undefined,
  options: UndoOptions,
): Promise<UndoTotals> {
  const { signal, onOutcome, onStop, batchesAtOnce, taggerFor, now } = options;
  const totals = startUndoTotals();
  const inPlace = createPlaces(batchesAtOnce);
  const denials = createDenials(onStop);
  const undoing: Undoing = { ...options, journal: journalIn(lines, now) };

  async function undoOf(batch: readonly Undoable[], where: string): Promise<void> {
    if (signal.aborted) return;
    await tell(await unlessClosed(batch, where));
  }

  async function tell(outcomes: readonly UndoOutcome[]): Promise<void> {
    await lines?.append(outcomes.map((outcome) => outcomeLine(outcome, now())).join('')).catch(() => {}); // onLost hears
    for (const outcome of outcomes) {
      addUndone(totals, outcome);
      onOutcome(outcome, totals);
    }
  }

  async function unlessClosed(batch: readonly Undoable[], where: string): Promise<readonly UndoOutcome[]> {
    const [first] = batch;
    if (first === undefined) return [];
    const { account, partition } = first.target;
    const why = options.closed(account, partition.name);
    if (why !== undefined) return batch.map((each) => notTried(each, NO_ROLE(why)));
    const place = { name: where, account };
    const failure = denials.whyStopped(place);
    if (failure !== undefined) return batch.map((each) => notTried(each, failure));
    const outcomes = await undoBatch(batch, undoing);
    denials.add(
      place,
      outcomes.map((each) => ({
        outcome: each.failure === undefined ? 'tagged' : 'failed',
        failure: each.failure,
      })),
    );
    return outcomes;
  }

  for await (const part of partsOf(folder, options.partBytes)) {
    if (signal.aborted) break;
    for (const { outcome } of part) if (outcome !== undefined) addUndone(totals, outcome);
    const left = part
      .filter(({ outcome }) => outcome === undefined)
      .map((each) => undoableOf(each, taggerFor, options.keys));
    const todo = left.filter((each) => 'target' in each);
    await tell(left.flatMap((each) => ('why' in each ? [notBelieved(each)] : [])));
    // What a service has written on members is theirs to undo, once what hands tags on to them is done with.
    for (const phase of [todo.filter(hasMembers), todo.filter((each) => !hasMembers(each))])
      await Promise.all(
        batchesOf(phase).map(({ batch, where }) => inPlace(where, () => undoOf(batch, where))),
      );
  }
  return totals;
}

function notBelieved({ last: { account, arn, type, region, api }, why }: NotUndoable): UndoOutcome {
  const failure = { class: 'invalid', error: 'NotOfTheRun', message: why } as const;
  return {
    ...{ account, arn, type, region, api },
    ...{ outcome: 'failed', restored: [], removed: [], kept: [], failure },
  };
}

const NO_ROLE = (message: string) => ({ class: 'denied', error: 'NoRole', message }) as const;

function notTried(each: Undoable, failure: NonNullable<UndoOutcome['failure']>): UndoOutcome {
  return { ...placeOf(each), outcome: 'failed', restored: [], removed: [], kept: [], failure };
}

function journalIn(lines: LineWriter | undefined, now: () => number): Journal {
  return {
    async intend(intents) {
      if (lines === undefined) throw new Error('a dry run writes nothing');
      await lines.keep(intentLines(intents, now()));
    },
    async end(results) {
      await lines?.append(resultLines(results)).catch(() => {}); // onLost hears
    },
  };
}

/** Those of one API, account and region together, as many as its tagger takes at once. */
function batchesOf(todo: readonly Undoable[]) {
  const places = Map.groupBy(todo, ({ api, target }) => [api.name, target.account, target.region].join(' '));
  return [...places].flatMap(([where, ofPlace]) =>
    chunks(ofPlace, ofPlace[0]?.tagger.maxTargets ?? 1).map((batch) => ({ where, batch })),
  );
}
