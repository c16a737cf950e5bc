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
  const runtime = createPlanningRuntime(settings, ownRegion(callsAws ? await withRegion(env) : env));
  const { explain = false } = options;
  try {
    await runtime.refresh(signal);
    const printer = await printerFor(options, terminal, settings.tags);
    const showing = showingOf(printer, explain);
    pool.begin({ settings: { env, texts: settings.live.texts() }, showing });
    return await runFiles(args, runtime, {
      explain,
      pool,
      printer,
      complain: terminal.complain,
      untilPrinted: terminal.untilPrinted,
      signal,
    });
  } finally {
    runtime.destroy();
  }
}
