/** `plan`: what would be tagged, without asking AWS about it. */
import { createPlanningRuntime } from '../../runtime/planning-runtime.ts';
import { ownRegion, readSettings } from '../../runtime/settings.ts';
import type { CommandCall } from '../command.ts';
import type { Ending } from '../endings.ts';
import { environmentOf } from '../environment.ts';
import { printerFor } from '../printer-for.ts';
import { runFiles } from '../run-files.ts';

export async function run({ args, options, terminal, signal }: CommandCall): Promise<Ending> {
  const env = environmentOf(options);
  const runtime = createPlanningRuntime(readSettings(env, 'command-line'), ownRegion(env));
  try {
    await runtime.refresh(signal);
    return await runFiles(args, runtime, {
      explain: options.explain ?? false,
      threadSettings: { env, texts: runtime.settings.live.texts() },
      printer: await printerFor(options, terminal, runtime.settings.tags),
      complain: terminal.complain,
      signal,
    });
  } finally {
    runtime.destroy();
  }
}
