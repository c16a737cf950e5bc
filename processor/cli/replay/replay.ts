/**
 * Replays what was handed on. A message goes once it is dealt with; what fails again stays where it is, and the user
 * is told why.
 */
import type { FileReport } from '../../file/file-report.ts';
import { addReport, startTotals, type Totals } from '../../file/totals.ts';
import { CALLERS } from '../../notification/callers.ts';
import { readInvocation } from '../../notification/read-invocation.ts';
import type { TrustedQueues } from '../../notification/trust.ts';
import type { TaggingRuntime } from '../../runtime/runtime.ts';
import type { WorkContext } from '../../work/context.ts';
import { doItem } from '../../work/do-item.ts';
import { type Complaint, type Complaints, complaintOf } from '../complaints.ts';
import { type Ending, endingOfError, lowest } from '../endings.ts';
import type { ReplayMessage, ReplaySource } from './replay-source.ts';

export interface ReplayOptions {
  readonly runtime: TaggingRuntime;
  /** Nothing goes from its source, as in a dry run. */
  readonly keepsAll: boolean;
  readonly onReport: (report: FileReport) => void;
  /** After each message. */
  readonly onProgress: (replayed: Pick<Replayed, 'messages' | 'left'>) => void;
  /** Equal ones are to be said once. */
  readonly complaints: Pick<Complaints, 'add'>;
  /** Aborted when no further message shall be begun. */
  readonly signal: AbortSignal;
}

export interface Replayed {
  readonly totals: Totals;
  /** Messages that were begun. */
  readonly messages: number;
  /** Those of them that could not be dealt with. */
  readonly left: number;
  /** What that means for the command. */
  readonly ending: Ending;
}

/** Throws what the source throws; whatever was not dealt with is released first. */
export async function replay(source: ReplaySource, options: ReplayOptions): Promise<Replayed> {
  const { runtime, keepsAll, onReport, onProgress, complaints, signal } = options;
  const totals = startTotals();
  let messages = 0;
  let left = 0;
  const endings = new Set<Ending>();
  let reports: FileReport[] = []; // of one message
  const context: WorkContext = {
    ...runtime,
    caller: CALLERS.manual,
    dryRun: false,
    queues: { ...runtime.queues, retry: undefined, failure: undefined }, // what fails again stays in the source
    signal,
    handOnSignal: signal,
    eventText: () => undefined,
    onReport: (report) => {
      addReport(totals, report);
      reports.push(report);
      onReport(report);
    },
  };
  try {
    for await (const batch of source.batches()) {
      const done: ReplayMessage[] = [];
      for (const message of batch) {
        if (signal.aborted) break;
        reports = [];
        const problem = await attempt(message, runtime.trustedQueues, context);
        messages++;
        if (problem === undefined) {
          done.push(message);
        } else {
          left++;
          endings.add(signal.aborted ? 'interrupted' : problem.ending);
          if (!signal.aborted) complaints.add(complaintOfMessage(message.name, problem.text, reports));
        }
        onProgress({ messages, left });
      }
      if (!keepsAll) await source.remove(done);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await source.release(); // not before the end: until then none of them may come once more
  }
  if ((totals.ignored['no-role'] ?? 0) > 0) endings.add('incomplete');
  return { totals, messages, left, ending: lowest(endings) };
}

/** Summaries name files and resources; errors are the same for many. */
function complaintOfMessage(name: string, text: string, reports: readonly FileReport[]): Complaint {
  const failures = reports.flatMap((report) => report.failures);
  const codes = reports.flatMap(({ error }) => error?.code ?? []);
  const errors = [...new Set([...codes, ...failures.map(({ error }) => error)])];
  const [first] = failures;
  const problem = first === undefined ? text : `${text}: ${first.error}: ${first.message}`;
  return complaintOf(name, problem, errors.length > 0 ? errors.join(', ') : problem);
}

interface Problem {
  /** In words. */
  readonly text: string;
  readonly ending: Ending;
}

/** What keeps the message from being done; `undefined` where nothing does. */
async function attempt(
  { body, sender }: ReplayMessage,
  queues: TrustedQueues,
  context: WorkContext,
): Promise<Problem | undefined> {
  try {
    const { items } = readInvocation(body, 'auto', queues, sender);
    const results = await Promise.all(items.map((item) => doItem(item, context)));
    const left = results.find(({ disposition }) => disposition !== 'done');
    if (left === undefined) return undefined;
    const isAnyRejected = results.some(({ disposition }) => disposition === 'rejected');
    return { text: left.summary, ending: isAnyRejected ? 'failed' : 'incomplete' };
  } catch (error) {
    return { text: (error as Error).message, ending: endingOfError(error) };
  }
}
