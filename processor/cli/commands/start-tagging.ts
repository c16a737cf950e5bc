/** What the commands that tag begin with: settings, and the account that the credentials are of. */
import { createTaggingRuntime, findOwnAccount, type TaggingRuntime } from '../../runtime/runtime.ts';
import { ownRegion, readSettings, type SettingsFor } from '../../runtime/settings.ts';
import type { CommandOptions } from '../command-rows.ts';
import { environmentOf } from '../environment.ts';

/** The caller destroys it. Throws what is wrong with the settings or the credentials. */
export async function startTagging(
  options: CommandOptions,
  signal: AbortSignal,
  settingsFor: SettingsFor = 'command-line',
): Promise<TaggingRuntime> {
  const env = environmentOf(options);
  const settings = readSettings(env, settingsFor);
  const region = ownRegion(env);
  return createTaggingRuntime(settings, await findOwnAccount(region, signal), region);
}
