/** `backfill undo`: what a run has written is taken back, wherever its values still stand. */
import { printableJson } from '../../../parser/printable.ts';
import { findRun } from '../../backfill/run/run-id.ts';
import { type RunInfo, readRunInfo } from '../../backfill/run/run-info.ts';
import type { UndoOutcome, UndoTotals } from '../../backfill/undo/undo-outcome.ts';
import { undoRun } from '../../backfill/undo/undo-run.ts';
import { undoTexts } from '../backfill/undo-text.ts';
import type { CommandCall } from '../command.ts';
import { type Complaint, createComplaints } from '../complaints.ts';
import { type Ending, lowest } from '../endings.ts';
import { startProgress } from '../progress.ts';
import { startTagging } from './start-tagging.ts';

export async function run({
  args: [named = ''],
  options,
  terminal,
  signal,
  giveUp,
}: CommandCall): Promise<Ending> {
  const folder = findRun(named, options.runs);
  const info = await readRunInfo(folder);
  const progress = startProgress(signal);
  const complain = (problem: string) => terminal.complain(problem);
  const complaints = createComplaints(complain);
  const doing = (isDry: boolean) =>
    `undoing run ${info.id}${isDry ? ' in a dry run, which changes nothing,' : ''}`;
  const { runtime } = await startTagging(options, {
    signal,
    terminal,
    complaints,
    doing,
    defaults: defaultsOf(info),
  });
  const { settings, calls, taggerFor, undone, resources } = runtime;
  try {
    const totals = await undoRun(folder, {
      calls,
      signal,
      taggerFor,
      undone,
      dryRun: settings.tags.dryRun,
      closed: resources.accounts.closed,
      batchesAtOnce: settings.concurrency,
      onOutcome(outcome, sums) {
        if (options.json) terminal.print(`${printableJson({ kind: 'resource', ...outcome })}\n`);
        const complaint = complaintOf(outcome);
        if (complaint !== undefined) complaints.add(complaint);
        progress.update(`${sums.resources.toLocaleString('en')} resources`);
      },
      onStop: ({ account, place, failure }) =>
        complain(
          `nothing more is tried ${place === undefined ? `in account ${account}` : `by ${place}`}: ${failure.message}`,
        ),
      onLost: giveUp,
      now: Date.now,
    });
    progress.stop();
    const interrupted = signal.aborted && { interrupted: true };
    if (options.json) terminal.print(`${printableJson({ kind: 'summary', ...totals, ...interrupted })}\n`);
    else
      terminal.print(
        undoTexts(totals)
          .map((line) => `${line}\n`)
          .join(''),
      );
    complaints.end();
    return endingOf(totals);
  } finally {
    progress.stop();
    runtime.destroy();
  }
}

/** In the accounts and with the store that the run was made with, unless the environment names others. */
function defaultsOf({ settings }: RunInfo): Readonly<Record<string, string>> {
  const isOfPlace = (name: string) => name.startsWith('MEMBER_ROLE_') || name === 'DYNAMODB_TABLE';
  return Object.fromEntries(Object.entries(settings).filter(([name]) => isOfPlace(name)));
}

function complaintOf({ arn, outcome, kept, failure }: UndoOutcome): Complaint | undefined {
  const keys = kept.map(({ key, why }) => `${key} was ${why} by others since`);
  const why = failure === undefined ? keys.join(', ') : `${failure.error}: ${failure.message}`;
  if (why === '' || outcome === 'gone') return undefined;
  return {
    kind: `${outcome} ${failure?.error ?? ''}`,
    problem: `${arn}: ${outcome}: ${why}`,
    name: arn,
    more: (count, names) =>
      `${count} more are ${outcome}${failure === undefined ? '' : ` (${failure.error})`}: ${names}`,
  };
}

function endingOf({ outcomes }: UndoTotals): Ending {
  const { failed = 0, deferred = 0 } = outcomes;
  return lowest([failed > 0 ? 'failed' : 'done', deferred > 0 ? 'incomplete' : 'done']);
}
