/** Reads the settings and the files of `plan`, and prints what would be tagged. */
import { createPlanningRuntime } from '../runtime/planning-runtime.ts';
import { ownRegion } from '../runtime/settings.ts';
import type { CommandCall } from './command.ts';
import type { Ending } from './endings.ts';
import { environmentOf, settingsOf, withRegion } from './environment.ts';
import type { PlanPool } from './plan-threads.ts';
import { printerFor } from './printer-for.ts';
import { runFiles, showingOf } from './run-files.ts';
import { isS3Url } from './s3-files.ts';

/** Tells the threads with what to plan. Whoever made the pool stops it. */
export async function runPlan(
  { args, options, terminal, signal }: CommandCall,
  pool: PlanPool,
): Promise<Ending> {
  const env = environmentOf(options);
  const settings = settingsOf(options, env, 'command-line');
  const callsAws = args.some(isS3Url) || settings.live.sources.length > 0;
  const inRegion = callsAws ? await withRegion(env) : env;
  const runtime = createPlanningRuntime(settings, ownRegion(inRegion));
  const { explain = false } = options;
  try {
    await runtime.refresh(signal);
    const printer = await printerFor(options, terminal, settings.tags);
    const showing = showingOf(printer, explain);
    const threadSettings = { env: inRegion, texts: settings.live.texts() };
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
