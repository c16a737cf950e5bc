/** Reads the settings and the files of `plan`, and prints what would be tagged. */
import type { CommandCall } from './command.ts';
import type { Ending } from './endings.ts';
import { openPlanning } from './open-planning.ts';
import type { PlanPool } from './plan-threads.ts';
import { printerFor } from './printer-for.ts';
import { runFiles, showingOf } from './run-files.ts';

/** Tells the threads with what to plan. Whoever made the pool stops it. */
export async function runPlan(
  { args, options, terminal, signal }: CommandCall,
  pool: PlanPool,
): Promise<Ending> {
  const { env, runtime } = await openPlanning(options, args);
  const { settings } = runtime;
  const { explain = false } = options;
  try {
    await runtime.refresh(signal);
    const printer = await printerFor(options, terminal, settings.tags);
    const showing = showingOf(printer, explain);
    const threadSettings = { env, texts: settings.live.texts() };
    pool.begin({ settings: threadSettings, showing });
    return await runFiles(args, runtime, {
      explain,
      pool,
      threadSettings,
      printer,
      complain: terminal.complain,
      untilPrinted: terminal.untilPrinted,
      signal,
    });
  } finally {
    runtime.destroy();
  }
}
