/**
 * One file's pipeline: open, read to the end, plan, tag, report. Whatever happens ends in the report, so that
 * no file hides another.
 */
import type { Bounds } from '../../parser/bounds.ts';
import type { Creation, CreationOptions } from '../../parser/event/creation.ts';
import type { Deletion } from '../../parser/event/deletion.ts';
import type { RecordFacts, RecordSource } from '../../parser/event/record-facts.ts';
import { printable } from '../../parser/printable.ts';
import type { Outcome, UndoneDeletion } from '../../tag-manager/outcome.ts';
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
import type { LogFile } from './log-file.ts';
import {
  type HeldEvents,
  laterEvents,
  MAX_HELD,
  type PassedOver,
  type Plan,
  planFile,
  type Refusal,
} from './plan-file.ts';

export interface FileProcessor {
  /** Once the signal is aborted, reading ends and no AWS call is begun: resources that are left are deferred. */
  process(file: LogFile, signal: AbortSignal, observer?: FileObserver): Promise<FileReport>;
}

/** Hears of single records and resources while a file is processed; the report only counts them. */
export interface FileObserver {
  /** Once, when the file has been read to its end, before anything of it is tagged: how many creations it holds. */
  readonly onRead?: (creations: number) => void;
  readonly onPassedOver?: (record: PassedOver) => void;
  readonly onOutcomes?: (outcomes: readonly Outcome[]) => void;
  /** Deletions that must be brought again, or never can be dealt with. */
  readonly onUndone?: (deletions: readonly UndoneDeletion[]) => void;
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
  /** Whether reports say what was created outside the catalogue. @default false */
  readonly looksOutside?: boolean;
}

export function createFileProcessor(options: FileProcessorOptions): FileProcessor {
  const { refuse, accounts = ALL_OURS, tagManager, requiresAccount, ...planning } = options;
  return {
    async process(file, signal, { onRead, onPassedOver, onOutcomes, onUndone } = {}) {
      const stopwatch = startStopwatch();
      const counter = countOutcomes();
      let plan: Plan | undefined;
      try {
        const opened = await file.open(signal);
        const planOptions = {
          ...planning,
          source: opened.source,
          signal,
          refuse: (creation: Creation) =>
            refusedByFile(creation, file) ??
            refusedBySource(creation, opened.source, requiresAccount) ??
            refuse(creation) ??
            refusedByAccount(creation, accounts),
          ignores: (deletion: Deletion) =>
            refusedBySource(deletion, opened.source, requiresAccount) !== undefined ||
            narrowedDeletion(deletion, file).names.length === 0 ||
            refusedByAccount(deletion, accounts) !== undefined,
        };
        const whole = await planFile(opened.records, {
          ...planOptions,
          ...(onPassedOver && { onPassedOver }),
        });
        stopwatch.endReading();
        onRead?.(whole.creationCount);
        if (whole.creationsIn.size === 0) {
          plan = whole; // of most files there is nothing to be done
          return reportFile(file, plan, counter.counts, stopwatch.times());
        }
        const refusals = await askAccounts(whole.creationsIn.keys(), accounts, signal);
        plan = withoutRefused(whole, refusals);

        const tag = async (events: HeldEvents) => {
          const { creations, deletions } = admitted(events, refusals, onPassedOver);
          const tagged = await tagManager.tag(
            {
              creations: creations.map((creation) => narrowed(creation, file)),
              deletions: deletions.map((deletion) => narrowedDeletion(deletion, file)),
            },
            signal,
          );
          counter.add(tagged);
          onOutcomes?.(tagged.outcomes);
          onUndone?.(tagged.undone);
        };
        await tag(whole);
        if (Math.max(whole.creationCount, whole.deletionCount) > MAX_HELD) {
          for await (const round of laterEvents(opened.records, planOptions)) await tag(round);
        }
        return reportFile(file, plan, counter.counts, stopwatch.times());
      } catch (error) {
        return reportFile(file, plan, counter.counts, stopwatch.times(), error);
      }
    },
  };
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
  if (file.onlyArns !== undefined && narrowed(creation, file).resources.length === 0) {
    return {
      reason: 'no-resource',
      detail: `the record did not create ${printable([...file.onlyArns].join(', '))}`,
    };
  }
  return undefined;
}

function narrowed(creation: Creation, { onlyArns }: LogFile): Creation {
  if (onlyArns === undefined) return creation;
  return { ...creation, resources: creation.resources.filter(({ arn }) => onlyArns.has(arn)) };
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
