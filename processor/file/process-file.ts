/**
 * One file's pipeline: open, read to the end, plan, tag, report. Whatever happens ends in the report, so that
 * no file hides another.
 */
import type { Bounds } from '../../parser/bounds.ts';
import type { Creation, CreationOptions } from '../../parser/event/creation.ts';
import type { Deletion } from '../../parser/event/deletion.ts';
import type { RecordFacts, RecordSource } from '../../parser/event/record-facts.ts';
import { unnamedOf } from '../../parser/event/unnamed.ts';
import { printable } from '../../parser/printable.ts';
import type { Outcome, UndoneWork } from '../../tag-manager/outcome.ts';
import type { TagManager } from '../../tag-manager/tag-manager.ts';
import {
  type AccountAccess,
  ALL_OURS,
  admitted,
  askAccounts,
  refusedByAccount,
  withoutRefused,
} from './account-access.ts';
import { countOutcomes, type FileReport, reportFile } from './file-report.ts';
import type { LogFile, OpenedFile } from './log-file.ts';
import {
  type HeldEvents,
  laterEvents,
  MAX_HELD,
  type PassedOver,
  type Plan,
  type PlanOptions,
  planAtOnce,
  planFile,
  type Records,
  type Refusal,
} from './plan-file.ts';

export interface FileProcessor {
  /**
   * Once the signal is aborted, reading ends and no AWS call is begun: resources that are left are deferred. What takes
   * no waiting is done at once, as for most files on disk.
   */
  process(file: LogFile, signal: AbortSignal, observer?: FileObserver): FileReport | Promise<FileReport>;
}

/** Hears of single records and resources while a file is processed; the report only counts them. */
export interface FileObserver {
  /**
   * Once, when the file has been read to its end, before anything of it is tagged: how many creations it holds, and deletions and
   * makers, which take as much room until they are kept.
   */
  readonly onRead?: (events: number) => void;
  readonly onPassedOver?: (record: PassedOver) => void;
  /** Once a round, which is waited for before the next. Does not throw. */
  readonly onOutcomes?: (outcomes: readonly Outcome[]) => void | Promise<void>;
  /** Deletions, makers and names to be judged again that must be brought again, or never can be dealt with. */
  readonly onUndone?: (undone: readonly UndoneWork[]) => void;
}

export interface FileProcessorOptions extends CreationOptions {
  readonly bounds: Bounds;
  readonly refuse: (creation: Creation) => Refusal | undefined;
  /** @default all accounts are ours */
  readonly accounts?: AccountAccess;
  /** A plan's tag manager calls nobody. */
  readonly tagManager: TagManager;
  /** Records of log files count only where a folder says whose they are. A person who names files vouches for them. */
  readonly requiresAccount: boolean;
  /** Whether the tag manager is told of what bears no tags of ours, and others are made for. @default false */
  readonly keepsMakers?: boolean;
  /** Whether reports say what was created outside the catalogue. @default false */
  readonly looksOutside?: boolean;
}

export function createFileProcessor(options: FileProcessorOptions): FileProcessor {
  const { accounts = ALL_OURS, tagManager } = options;
  return {
    process(file, signal, { onRead, onPassedOver, onOutcomes, onUndone } = {}) {
      const stopwatch = startStopwatch();
      const counter = countOutcomes();
      let plan: Plan | undefined;
      const report = (error?: unknown) => reportFile(file, plan, counter.counts, stopwatch.times(), error);
      const first = (planning: PlanOptions) => (onPassedOver ? { ...planning, onPassedOver } : planning);

      async function finish(opening: OpenedFile | Promise<OpenedFile>, atOnce?: Plan): Promise<FileReport> {
        try {
          const opened = await opening;
          const planning = planningOf(file, opened, signal, options);
          const whole = atOnce ?? (await planFile(opened.records, first(planning)));
          stopwatch.endReading();
          onRead?.(heldIn(whole));
          if (isNothingToDo(whole)) plan = whole;
          else await tag(whole, opened.records, planning);
          return report();
        } catch (error) {
          return report(error);
        }
      }

      async function tag(whole: Plan, records: Records, planning: PlanOptions): Promise<void> {
        const refusals = await askAccounts(whole.creationsIn.keys(), accounts, signal);
        plan = withoutRefused(whole, refusals);
        for await (const events of rounds(whole, records, planning)) {
          const ours = narrowedEvents(admitted(events, refusals, onPassedOver), file);
          const tagged = await tagManager.tag(ours, signal);
          counter.add(tagged);
          await onOutcomes?.(tagged.outcomes);
          onUndone?.(tagged.undone);
          onUndone?.(tagged.undoneNames);
        }
      }

      try {
        const opened = file.open(signal);
        if (opened instanceof Promise) return finish(opened);
        const atOnce = planAtOnce(opened.records, first(planningOf(file, opened, signal, options)));
        if (atOnce === undefined || !isNothingToDo(atOnce)) return finish(opened, atOnce);
        plan = atOnce;
        stopwatch.endReading();
        onRead?.(heldIn(plan));
        return report();
      } catch (error) {
        return report(error);
      }
    },
  };
}

function heldIn({ creationCount, deletionCount, makerCount }: Plan): number {
  return creationCount + deletionCount + makerCount;
}

/** As of most files. */
function isNothingToDo({ creationsIn }: Plan): boolean {
  return creationsIn.size === 0;
}

function planningOf(
  file: LogFile,
  { source }: OpenedFile,
  signal: AbortSignal,
  { refuse, accounts = ALL_OURS, tagManager, requiresAccount, ...planning }: FileProcessorOptions,
): PlanOptions {
  return {
    ...planning,
    source,
    signal,
    refuse: (creation) =>
      refusedByFile(creation, file) ??
      refusedBySource(creation, source, requiresAccount) ??
      refuse(creation) ??
      refusedByAccount(creation, accounts),
    ignores: (deletion) =>
      refusedBySource(deletion, source, requiresAccount) !== undefined ||
      narrowedDeletion(deletion, file).names.length === 0 ||
      refusedByAccount(deletion, accounts) !== undefined,
  };
}

/** All events of the file; memory does not grow with it. */
async function* rounds(whole: Plan, records: Records, planning: PlanOptions): AsyncGenerator<HeldEvents> {
  yield whole;
  if (Math.max(whole.creationCount, whole.deletionCount, whole.makerCount) > MAX_HELD)
    yield* laterEvents(records, planning);
}

/** A record in the folder of another account was not put there by CloudTrail. */
export function refusedBySource(
  { account }: RecordFacts,
  source: RecordSource,
  requiresAccount: boolean,
): Refusal | undefined {
  const refusal = (reason: Refusal['reason'], detail: string) => ({ reason, detail });
  if (source.accountsDiffer) {
    return refusal('account-differs', 'the folders that its file lies in name different accounts');
  }
  if (source.account !== undefined && source.account !== account) {
    const whose = source.origin === 'log' ? 'file' : 'event';
    const detail = `the record is of account ${account}, and its ${whose} is of account ${source.account}`;
    return refusal('account-differs', detail);
  }
  if (source.account === undefined && source.origin === 'log' && requiresAccount) {
    return refusal('account-unknown', 'its file lies in no folder AWSLogs/<account>/ that says whose it is');
  }
  return undefined;
}

function refusedByFile(creation: Creation, file: LogFile): Refusal | undefined {
  if (creation.index < (file.fromIndex ?? 0)) {
    return { reason: 'done-before', detail: 'an earlier invocation has dealt with it' };
  }
  if (file.onlyArns !== undefined && isNothing(narrowed(creation, file))) {
    return {
      reason: 'no-resource',
      detail: `the record did not create ${printable([...file.onlyArns].join(', '))}`,
    };
  }
  return undefined;
}

function narrowed(creation: Creation, { onlyArns }: LogFile): Creation {
  if (onlyArns === undefined) return creation;
  const { resources, unnamed = [] } = creation;
  return {
    ...creation,
    resources: resources.filter(({ arn }) => onlyArns.has(arn)),
    unnamed: unnamedOf(unnamed, onlyArns),
  };
}

function isNothing({ resources, unnamed = [] }: Creation): boolean {
  return resources.length === 0 && unnamed.length === 0;
}

function narrowedEvents({ creations, deletions, makers }: HeldEvents, file: LogFile): HeldEvents {
  return {
    creations: creations.map((creation) => narrowed(creation, file)),
    deletions: deletions.map((deletion) => narrowedDeletion(deletion, file)),
    makers: makers.map((maker) => narrowed(maker, file)),
  };
}

function narrowedDeletion(deletion: Deletion, { onlyArns }: LogFile): Deletion {
  if (onlyArns === undefined) return deletion;
  return { ...deletion, names: deletion.names.filter((name) => onlyArns.has(name)) };
}

function startStopwatch() {
  const started = performance.now();
  let read: number | undefined;
  return {
    endReading() {
      read = performance.now();
    },
    times() {
      const now = performance.now();
      return { readMs: Math.round((read ?? now) - started), tagMs: Math.round(now - (read ?? now)) };
    },
  };
}
