/** `backfill resume`: a run that was stopped, or killed, gone on with from its last checkpoint. */
import { type EngineName, isEngine, loadEngine } from '../../backfill/engines.ts';
import { RunError } from '../../backfill/run/run-error.ts';
import { findRun, RUNS } from '../../backfill/run/run-id.ts';
import { type RunInfo, readRunInfo } from '../../backfill/run/run-info.ts';
import { resumeRun } from '../../backfill/run/run-writer.ts';
import { carryOutRun, runOptions } from '../backfill/carry-out.ts';
import { type PreparedRun, prepareRun } from '../backfill/prepare-run.ts';
import { environmentOfRun, scopeOfRun } from '../backfill/run-settings.ts';
import { preparedLines } from '../backfill/run-words.ts';
import type { CommandCall } from '../command.ts';
import type { Ending } from '../endings.ts';
import { VERSION } from '../version.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const { args, options, terminal } = call;
  const folder = findRun(args[0] ?? '', options.runs ?? RUNS);
  const info = await readRunInfo(folder);
  const scope = scopeOfRun(folder, info);
  const engine = await loadEngine(engineOf(folder, info));
  if (info.program !== VERSION)
    terminal.complain(`the run was begun by auto-tagger ${info.program}, and is gone on with by ${VERSION}`);
  const check = (identity: PreparedRun['identity']) => checkIdentity(folder, info, identity);
  if (engine.kind === 'bulk') {
    const { resumeBulk } = await import('../backfill/bulk/resume-bulk.ts');
    return resumeBulk(call, { folder, info, scope, engine, check });
  }
  const { env, passedOver } = environmentOfRun(info, process.env);
  if (passedOver.length > 0)
    terminal.complain(`the settings of the run hold; passed over: ${passedOver.join(', ')}`);
  const prepared = await prepareRun(call, scope, env, check);
  try {
    for (const line of preparedLines(prepared, info)) terminal.complain(line);
    const writer = await resumeRun(folder, runOptions(call));
    const from =
      writer.takenFrom === undefined ? '' : `, taken over from ${writer.takenFrom}, which is no more`;
    terminal.complain(`going on with run ${info.id}${from}`);
    return await carryOutRun(call, prepared, writer, engine);
  } finally {
    prepared.runtime.destroy();
  }
}

function engineOf(folder: string, { engine }: RunInfo): EngineName {
  if (isEngine(engine)) return engine;
  throw new RunError(`${folder}: it was begun with --engine ${engine}, which this auto-tagger does not know`);
}

/** In another account other roles, buckets and tables would be meant. */
function checkIdentity(
  folder: string,
  { identity: begun }: RunInfo,
  identity: PreparedRun['identity'],
): void {
  if (begun.account === identity.account) return;
  throw new RunError(
    `${folder}: it was begun with credentials of account ${begun.account}, and these are of account ${identity.account}`,
  );
}
