/** `backfill stop`: asks AWS to end the jobs of a run. What is under way ends by itself; nothing of what was done is lost. */
import { RunError } from '../../backfill/run/run-error.ts';
import { findRun } from '../../backfill/run/run-id.ts';
import { readRunInfo } from '../../backfill/run/run-info.ts';
import { askRun } from '../backfill/bulk/ask-run.ts';
import { againBy } from '../backfill/run-words.ts';
import type { CommandCall } from '../command.ts';
import type { Ending } from '../endings.ts';

export async function run({ args: [named = ''], options, terminal, signal }: CommandCall): Promise<Ending> {
  const folder = findRun(named, options.runs);
  const info = await readRunInfo(folder);
  if (info.engine === 'local')
    throw new RunError(
      `${folder}: it is carried out by a process, which Ctrl-C there stops, and by nothing in AWS`,
    );
  const wasOver = await askRun(folder, info, signal, async (engine, work) => {
    const { isOver } = await engine.ask(work);
    if (!isOver) await engine.stop(work);
    return isOver;
  });
  if (wasOver === undefined) terminal.complain(`run ${info.id}: nothing of it was begun in AWS`);
  else if (wasOver) terminal.complain(`run ${info.id}: nothing of it goes on in AWS`);
  else terminal.complain(`run ${info.id} is being stopped; what is under way ends first`);
  terminal.complain(
    `to fetch what was done, and go on with the rest: ${againBy(info.id, options.runs)('resume')}`,
  );
  return 'done';
}
