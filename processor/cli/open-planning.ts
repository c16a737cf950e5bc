/** What commands plan and read log files with that tag nothing: the settings, as their options change them, and where the user is at home. */
import { createPlanningRuntime, type Runtime } from '../runtime/planning-runtime.ts';
import { ownRegion } from '../runtime/settings.ts';
import type { CommandOptions } from './command-rows.ts';
import { environmentOf, settingsOf, withRegion } from './environment.ts';
import { isS3Url } from './s3-files.ts';

export interface Planning {
  /** That the settings were read from, for other threads. */
  readonly env: NodeJS.ProcessEnv;
  readonly runtime: Runtime;
}

/** `paths` are the log files that will be read. The caller destroys the runtime. Throws SettingsError. */
export async function openPlanning(options: CommandOptions, paths: readonly string[]): Promise<Planning> {
  const env = environmentOf(options);
  const settings = settingsOf(options, env, 'command-line');
  const callsAws = paths.some(isS3Url) || settings.live.sources.length > 0;
  const inRegion = callsAws ? await withRegion(env) : env;
  return { env: inRegion, runtime: createPlanningRuntime(settings, ownRegion(inRegion)) };
}
