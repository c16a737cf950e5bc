/** What the commands that tag begin with: settings, and the account that the credentials are of. */
import { createTaggingRuntime, findOwnAccount, type TaggingRuntime } from '../../runtime/runtime.ts';
import { ownRegion, readSettings, type SettingsFor } from '../../runtime/settings.ts';
import type { CommandOptions } from '../command-rows.ts';
import { environmentOf } from '../environment.ts';

/**
 * The caller destroys it. Throws what is wrong with the settings or the credentials. `complain` hears once of each account
 * that is left out because its role cannot be assumed.
 */
export async function startTagging(
  options: CommandOptions,
  { signal, complain }: { readonly signal: AbortSignal; readonly complain: (problem: string) => void },
  settingsFor: SettingsFor = 'command-line',
): Promise<TaggingRuntime> {
  const env = environmentOf(options);
  const settings = readSettings(env, settingsFor);
  const region = ownRegion(env);
  const ownAccount = await findOwnAccount(region, signal);
  const runtime = createTaggingRuntime(settings, {
    ownAccount,
    region,
    onRefused: ({ account, roleArn, failure }) =>
      complain(
        `account ${account} is left out: ${roleArn} cannot be assumed: ${failure.message} (${failure.error})`,
      ),
  });
  return refreshed(runtime, signal);
}

async function refreshed(runtime: TaggingRuntime, signal: AbortSignal): Promise<TaggingRuntime> {
  try {
    await runtime.refresh(signal);
    return runtime;
  } catch (error) {
    runtime.destroy();
    throw error;
  }
}
