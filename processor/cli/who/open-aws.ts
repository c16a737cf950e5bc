/** What `who` and `why` ask AWS with: everything that tagging has, in a dry run, so that nothing is ever written. */
import type { TaggingRuntime } from '../../runtime/runtime.ts';
import type { Home } from '../../who/places.ts';
import type { CommandOptions } from '../command-rows.ts';
import { startTagging, type TaggingStart } from '../commands/start-tagging.ts';

/** The caller destroys the runtime. Throws what is wrong with the settings or the credentials. */
export async function openAws(
  options: CommandOptions,
  start: TaggingStart,
): Promise<{ readonly runtime: TaggingRuntime; readonly home: Home }> {
  const { runtime } = await startTagging({ ...options, dryRun: true }, start);
  const { ownAccount: account, ownRegion: region } = runtime.resources;
  return { runtime, home: { account, region } };
}
