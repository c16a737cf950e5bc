/** `backfill status`: how far a run is, by what its folder says, and what AWS says of one that goes on there. */
import { printable, printableJson } from '../../../parser/printable.ts';
import type { BulkProgress } from '../../backfill/aws/bulk-engine.ts';
import { ownerText } from '../../backfill/run/lock.ts';
import { findRun } from '../../backfill/run/run-id.ts';
import { type RunStatus, readStatus } from '../../backfill/run/status.ts';
import { readUndoSummary, type UndoSummary } from '../../backfill/undo/undo-summary.ts';
import { bulkProgressText } from '../backfill/run-progress.ts';
import { countsText, undoTexts } from '../backfill/undo-text.ts';
import type { CommandCall } from '../command.ts';
import { type Ending, endingOfError } from '../endings.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const {
    args: [named = ''],
    options,
    terminal,
  } = call;
  const folder = findRun(named, options.runs);
  const status = await readStatus(folder);
  const undo = await readUndoSummary(folder);
  const { progress, ending } = await askAws(folder, status, call);
  if (options.json)
    terminal.print(
      `${printableJson({ ...jsonOf(folder, status, undo), ...(progress && { aws: progress }) })}\n`,
    );
  else
    terminal.print(
      [...textOf(folder, status, undo), ...(progress === undefined ? [] : progressLines(progress))]
        .map((line) => `${printable(line)}\n`)
        .join(''),
    );
  return ending;
}

/** What stands in the way is said, and what the folder says is shown all the same. */
async function askAws(
  folder: string,
  { info }: RunStatus,
  { signal, terminal }: CommandCall,
): Promise<{ readonly progress?: BulkProgress | undefined; readonly ending: Ending }> {
  if (info.engine === 'local') return { ending: 'done' };
  const { askRun } = await import('../backfill/bulk/ask-run.ts'); // with clients of AWS
  try {
    return {
      progress: await askRun(folder, info, signal, (engine, work) => engine.ask(work)),
      ending: 'done',
    };
  } catch (error) {
    terminal.complain(`AWS cannot be asked how far it is: ${(error as Error).message}`);
    return { ending: endingOfError(error) };
  }
}

function progressLines(progress: BulkProgress): readonly string[] {
  const goesOn = progress.isOver ? 'nothing goes on in AWS' : 'goes on in AWS';
  const text = bulkProgressText({ ...progress, atFirst: 0, seconds: 0 });
  return [`${goesOn}: ${text}`, ...progress.problems];
}

function jsonOf(folder: string, status: RunStatus, undo: UndoSummary | undefined): object {
  const { info, checkpoint, branches, files, bytes, journalBytes, failuresBytes, writer, isUndone } = status;
  return {
    kind: 'run',
    folder,
    ...info,
    branches,
    files,
    bytes,
    journalBytes,
    failuresBytes,
    ...(checkpoint && { checkpointAt: checkpoint.at, totals: checkpoint.totals }),
    ...(writer && { writer: { pid: writer.pid, host: writer.host, since: writer.since } }),
    ...(isUndone && { undone: undo ?? {} }),
  };
}

function textOf(folder: string, status: RunStatus, undo: UndoSummary | undefined): readonly string[] {
  const { info, checkpoint, branches, files, bytes, failuresBytes, writer, isUndone } = status;
  const { id, createdAt, identity, program, engine, dryRun, scope } = info;
  const dry = dryRun ? ', a dry run' : '';
  const count = (number: number) => number.toLocaleString('en');
  return [
    `run ${id} in ${folder}${dry}`,
    `begun ${createdAt} as ${identity.arn} by auto-tagger ${program}, engine ${engine}`,
    `scope ${JSON.stringify(scope)}`,
    writer === undefined ? 'nobody writes to it now' : `${ownerText(writer)}, writes to it now`,
    ...(checkpoint === undefined
      ? ['no checkpoint yet']
      : [
          `by ${checkpoint.at}: ${count(branches.done)} of ${count(branches.begun)} accounts and regions done, ${count(files)} files of ${count(bytes)} bytes, ${count(checkpoint.totals.resources)} resources`,
          ...countsText('resources', checkpoint.totals.outcomes),
          ...(checkpoint.totals.unreadable > 0
            ? [`not read to their end: ${count(checkpoint.totals.unreadable)} files`]
            : []),
          ...(info.verifyDigests ? countsText('digests', checkpoint.totals.digests ?? {}) : []),
        ]),
    ...(failuresBytes > 0 ? [`what could not be done is in failures.ndjson, for \`replay\``] : []),
    ...(isUndone ? undoLines(undo) : []),
  ];
}

function undoLines(undo: UndoSummary | undefined): readonly string[] {
  if (undo === undefined) return ['its undo has begun, and has not ended'];
  const { at, totals, interrupted } = undo;
  return [`undone ${at}${interrupted ? ', stopped before the end' : ''}`, ...undoTexts(totals)];
}
