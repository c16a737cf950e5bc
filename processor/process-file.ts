/**
 * One file's pipeline: open, read to the end, plan, tag, report. Whatever happens ends in the report, so that
 * no file hides another.
 */
import type { Bounds } from '../parser/bounds.ts';
import type { Creation } from '../parser/creation.ts';
import type { Outcome } from '../tag-manager/outcome.ts';
import type { TagManager } from '../tag-manager/tag-manager.ts';
import { completeReport, countOutcomes, type FileReport, unreadableReport } from './file-report.ts';
import type { LogFile } from './log-file.ts';
import { laterCreations, type PassedOver, planFile, type Refusal } from './plan-file.ts';

export interface FileProcessor {
  process(file: LogFile, observer?: FileObserver): Promise<FileReport>;
}

/** Told of single records and resources while a file is processed; the report only counts them. */
export interface FileObserver {
  readonly onPassedOver?: (record: PassedOver) => void;
  readonly onOutcomes?: (outcomes: readonly Outcome[]) => void;
}

export interface FileProcessorParts {
  readonly bounds: Bounds;
  readonly refuse: (creation: Creation) => Refusal | undefined;
  /** A plan's tag manager calls nobody. */
  readonly tagManager: TagManager;
}

export function createFileProcessor({ bounds, refuse, tagManager }: FileProcessorParts): FileProcessor {
  return {
    async process(file, observer = {}) {
      const { onPassedOver, onOutcomes } = observer;
      const options = { bounds, refuse, ...(onPassedOver && { onPassedOver }) };
      const started = performance.now();
      let read = started;
      try {
        const body = await file.open();
        const plan = await planFile(body, options);
        read = performance.now();

        const counter = countOutcomes();
        const tag = async (creations: readonly Creation[]) => {
          const outcomes = await tagManager.tag(creations);
          counter.add(outcomes);
          onOutcomes?.(outcomes);
        };
        await tag(plan.creations);
        if (plan.creationCount > plan.creations.length) {
          for await (const round of laterCreations(body, { bounds, refuse })) await tag(round);
        }
        const times = { readMs: elapsed(started, read), tagMs: elapsed(read, performance.now()) };
        return completeReport(file.name, plan, counter.counts, times);
      } catch (error) {
        return unreadableReport(file.name, error, elapsed(started, performance.now()));
      }
    },
  };
}

function elapsed(from: number, to: number): number {
  return Math.round(to - from);
}
