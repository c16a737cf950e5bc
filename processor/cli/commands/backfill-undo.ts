/** `backfill undo`: what a run has written is taken back, wherever its values still stand. */
import { printableJson } from '../../../parser/printable.ts';
import { readJobList } from '../../backfill/aws/job-list.ts';
import { RunError } from '../../backfill/run/run-error.ts';
import { findRun } from '../../backfill/run/run-id.ts';
import { type RunInfo, readRunInfo } from '../../backfill/run/run-info.ts';
import { type Survey, surveyWrites } from '../../backfill/undo/survey.ts';
import type { UndoOutcome, UndoTotals } from '../../backfill/undo/undo-outcome.ts';
import { undoRun } from '../../backfill/undo/undo-run.ts';
import { counted } from '../../report/view/words.ts';
import type { TaggingRuntime } from '../../runtime/runtime.ts';
import { readSettings, readTagKeys } from '../../runtime/settings.ts';
import { findAccounts } from '../backfill/accounts.ts';
import { accountsText } from '../backfill/run-words.ts';
import { undoTexts } from '../backfill/undo-text.ts';
import type { CommandCall } from '../command.ts';
import { type Complaint, createComplaints } from '../complaints.ts';
import { type Asked, isWanted, refuseUnasked } from '../consent.ts';
import { type Ending, lowest } from '../endings.ts';
import { environmentOf } from '../environment.ts';
import { startProgress } from '../progress.ts';
import { startTagging } from './start-tagging.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const { args, options, terminal, signal } = call;
  const folder = findRun(args[0] ?? '', options.runs);
  const info = await readRunInfo(folder);
  await refuseUnfetched(folder, info);
  const defaults = defaultsOf(info);
  const { dryRun: isDry } = readSettings({ ...defaults, ...environmentOf(options) }, 'command-line').tags;
  const asked: Asked = { doing: 'undo the run', isDry };
  refuseUnasked(call, asked);
  const survey = await shown(signal, () => surveyWrites(folder, signal));
  const complaints = createComplaints(terminal.complain);
  const doing = () => `undoing run ${info.id}${isDry ? ' in a dry run, which changes nothing,' : ''}`;
  const { runtime } = await startTagging(options, { signal, terminal, complaints, doing, defaults });
  try {
    for (const line of await linesOf(info, survey, runtime, signal)) terminal.complain(line);
    if (!(await isWanted(call, asked, signal))) return 'interrupted';
    const keys = new Set([info.settings, environmentOf(options)].flatMap(readTagKeys));
    const totals = await shown(signal, (update) => undo(folder, runtime, call, { update, complaints, keys }));
    const interrupted = signal.aborted && { interrupted: true };
    if (options.json) {
      terminal.print(`${printableJson({ kind: 'summary', ...totals, ...interrupted })}\n`);
    } else {
      const lines = undoTexts(totals).map((line) => `${line}\n`);
      terminal.print(lines.join(''));
    }
    complaints.end();
    return endingOf(totals);
  } finally {
    runtime.destroy();
  }
}

/** Of a run that AWS carries out, what it has written is known once it was fetched. Throws RunError. */
async function refuseUnfetched(folder: string, { id, engine }: RunInfo): Promise<void> {
  if (engine === 'local' || (await readJobList(folder, id))?.isFetched) return;
  throw new RunError(
    `${folder}: what AWS does for it was not fetched to the end, or still goes on: auto-tagger backfill resume ${id} fetches it, auto-tagger backfill stop ${id} stops it`,
  );
}

/** In the accounts and with the store that the run was made with, unless the environment names others. */
function defaultsOf({ settings }: RunInfo): Readonly<Record<string, string>> {
  const isOfPlace = (name: string) => name.startsWith('MEMBER_ROLE_') || name === 'DYNAMODB_TABLE';
  return Object.fromEntries(Object.entries(settings).filter(([name]) => isOfPlace(name)));
}

/** What is about to be undone, and where. */
async function linesOf(
  { createdAt, command }: RunInfo,
  { writes, places }: Survey,
  { resources }: TaggingRuntime,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const accounts = await findAccounts(places, resources.accounts, signal);
  return [
    `begun ${createdAt} by: ${command}`,
    `it made ${counted(writes, 'write', 'writes')} of tags, to be taken back ${accountsText(accounts)}`,
  ];
}

/** With a line on a terminal, if it takes longer than a moment. */
async function shown<Value>(
  signal: AbortSignal,
  work: (update: (text: string) => void) => Promise<Value>,
): Promise<Value> {
  const progress = startProgress(signal);
  try {
    return await work(progress.update);
  } finally {
    progress.stop();
  }
}

function undo(
  folder: string,
  { calls, taggerFor, undone, settings, resources }: TaggingRuntime,
  { options, terminal, signal, giveUp }: CommandCall,
  { update, complaints, keys }: Hearing & { readonly keys: ReadonlySet<string> },
): Promise<UndoTotals> {
  return undoRun(folder, {
    calls,
    signal,
    keys,
    taggerFor,
    undone,
    dryRun: settings.tags.dryRun,
    closed: resources.accounts.closed,
    batchesAtOnce: settings.concurrency,
    onOutcome(outcome, sums) {
      if (options.json) terminal.print(`${printableJson({ kind: 'resource', ...outcome })}\n`);
      const complaint = complaintOf(outcome);
      if (complaint !== undefined) complaints.add(complaint);
      update(`${sums.resources.toLocaleString('en')} resources`);
    },
    onStop: ({ account, place, failure }) =>
      terminal.complain(
        `nothing more is tried ${place === undefined ? `in account ${account}` : `by ${place}`}: ${failure.message}`,
      ),
    onLost: giveUp,
    now: Date.now,
  });
}

interface Hearing {
  readonly update: (text: string) => void;
  readonly complaints: ReturnType<typeof createComplaints>;
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
