/** Names of which more has come to be known: judged again from what the ledger knows, which is all that they bring. */
import { partitionNamed } from '../../parser/partition.ts';
import type { NameAgain } from '../../tag-manager/name-work.ts';
import type { UndoneName } from '../../tag-manager/outcome.ts';
import { countOutcomes, reportFile } from '../file/file-report.ts';
import { tallyOf, unsettled } from '../metrics/tally.ts';
import type { OwnMessage, Task } from '../notification/task.ts';
import { type NamesMessage, namesMessagesOf } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { besideResources } from './count-file.ts';
import { laterOf, notBegun, rejectedOf } from './process-one.ts';
import { result, type TaskResult } from './result.ts';

type OwnMessageTask = Extract<Task, { kind: 'own-message' }>;

/**
 * Those that may be judged later stay in their message, as records do: AWS cuts off a function that sends to itself. Of the
 * names of accounts that AWS lets us not into nothing is asked.
 */
export async function doNames(
  { names: wanted }: NamesMessage,
  task: OwnMessageTask,
  context: WorkContext,
): Promise<TaskResult> {
  const { resources, signal, onReport } = context;
  const name = wanted.length === 1 ? (wanted[0]?.arn ?? '') : `${wanted.length} names to be judged again`;
  if (signal.aborted) return notBegun(name, task);
  const started = performance.now();
  const { open, refused } = await admitted(wanted, context);
  const tagged = await resources.tagManager.tag({ creations: [], again: open }, signal);
  const undoneNames = [...refused, ...tagged.undoneNames];
  const counter = countOutcomes();
  counter.add({ ...tagged, undoneNames });
  const times = { readMs: 0, tagMs: Math.round(performance.now() - started) };
  const report = reportFile({ name }, undefined, counter.counts, times);
  onReport(report);
  const tally = tallyOf(besideResources(report));
  const summary = `${name}: ${tagged.namedAnew} named anew${describe(undoneNames)}`;
  const later = undoneNames.filter(({ end }) => end === 'later');
  const never = undoneNames.filter(({ end }) => end === 'never');
  const isWhole = later.length > 0 && never.length === 0;
  return result(summary, {
    later: isWhole ? [{ task, part: 'whole' }] : laterOf(messagesOf(later)),
    rejected: rejectedOf(messagesOf(never)),
    tally: isWhole ? unsettled(tally) : tally,
  });
}

interface Admitted {
  readonly open: readonly NameAgain[];
  readonly refused: readonly UndoneName[];
}

async function admitted(
  names: NamesMessage['names'],
  { resources: { accounts }, signal }: WorkContext,
): Promise<Admitted> {
  const open: NameAgain[] = [];
  const refused: UndoneName[] = [];
  for (const { account, arn, partition: partitionName } of names) {
    const partition = partitionNamed(partitionName);
    if (partition === undefined) continue; // the message was checked
    const name = { account, arn, partition };
    const why = accounts.closed(account, partition.name) ?? (await accounts.refused(account, signal));
    if (why === undefined) open.push(name);
    else
      refused.push({
        kind: 'name',
        name,
        end: 'never',
        failure: { class: 'denied', error: 'no-role', message: why },
      });
  }
  return { open, refused };
}

function messagesOf(undone: readonly UndoneName[]): readonly OwnMessage[] {
  return namesMessagesOf(
    undone.map(({ name }) => name),
    undone[0]?.failure,
  );
}

function describe([first, ...more]: readonly UndoneName[]): string {
  if (first === undefined) return '';
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  return `; not judged: ${first.name.arn}: ${first.failure.error}: ${first.failure.message}${others}`;
}
