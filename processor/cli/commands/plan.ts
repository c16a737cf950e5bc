/** `plan`: what would be tagged, without asking AWS about it. */
import { createPlanningRuntime } from '../../runtime/planning-runtime.ts';
import { ownRegion, readSettings } from '../../runtime/settings.ts';
import type { CommandCall } from '../command.ts';
import type { Ending } from '../endings.ts';
import { environmentOf, withRegion } from '../environment.ts';
import { printerFor } from '../printer-for.ts';
import { runFiles } from '../run-files.ts';
import { isS3Url } from '../s3-files.ts';

export async function run({ args, options, terminal, signal }: CommandCall): Promise<Ending> {
  const env = environmentOf(options);
  const settings = readSettings(env, 'command-line');
  const callsAws = args.some(isS3Url) || settings.live.sources.length > 0;
  const runtime = createPlanningRuntime(settings, ownRegion(callsAws ? await withRegion(env) : env));
  try {
    await runtime.refresh(signal);
    return await runFiles(args, runtime, {
      explain: options.explain ?? false,
      threadSettings: { env, texts: runtime.settings.live.texts() },
      printer: await printerFor(options, terminal, runtime.settings.tags),
      complain: terminal.complain,
      untilPrinted: terminal.untilPrinted,
      signal,
    });
  } finally {
    runtime.destroy();
  }
}
