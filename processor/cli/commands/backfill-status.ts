/** `backfill status`: how far a run is. */
import { printable, printableJson } from '../../../parser/printable.ts';
import { ownerText } from '../../backfill/run/lock.ts';
import { findRun } from '../../backfill/run/run-id.ts';
import { type RunStatus, readStatus } from '../../backfill/run/status.ts';
import { readUndoSummary, type UndoSummary } from '../../backfill/undo/undo-summary.ts';
import { countsText, undoTexts } from '../backfill/undo-text.ts';
import type { CommandCall } from '../command.ts';
import type { Ending } from '../endings.ts';

export async function run({ args: [named = ''], options, terminal }: CommandCall): Promise<Ending> {
  const folder = findRun(named, options.runs);
  const status = await readStatus(folder);
  const undo = await readUndoSummary(folder);
  if (options.json) terminal.print(`${printableJson(jsonOf(folder, status, undo))}\n`);
  else
    terminal.print(
      textOf(folder, status, undo)
        .map((line) => `${printable(line)}\n`)
        .join(''),
    );
  return 'done';
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
