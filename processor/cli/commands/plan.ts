/** `plan`: what would be tagged, without asking AWS about it. */
import { createPlanningRuntime } from '../../runtime/planning-runtime.ts';
import { ownRegion, readSettings } from '../../runtime/settings.ts';
import type { CommandCall } from '../command.ts';
import { printerFor } from '../printer-for.ts';
import { runFiles } from '../run-files.ts';

export async function run({ args, options, terminal, signal }: CommandCall): Promise<boolean> {
  const runtime = createPlanningRuntime(readSettings(process.env, 'command-line'), ownRegion(process.env));
  try {
    return await runFiles(args, runtime, {
      explain: options.explain ?? false,
      inThreads: true,
      printer: printerFor(options, terminal, false),
      complain: terminal.complain,
      signal,
    });
  } finally {
    runtime.destroy();
  }
}
