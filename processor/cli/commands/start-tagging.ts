/** What the commands that tag begin with: settings, and whom the credentials are of. */
import type { Stop } from '../../../tag-manager/denials.ts';
import { createTaggingRuntime, findOwnIdentity, type TaggingRuntime } from '../../runtime/runtime.ts';
import { ownRegion, type SettingsFor } from '../../runtime/settings.ts';
import type { CommandOptions } from '../command-rows.ts';
import type { Complaint, Complaints } from '../complaints.ts';
import { environmentOf, settingsOf, withRegion } from '../environment.ts';
import type { Terminal } from '../terminal.ts';

export interface TaggingStart {
  readonly signal: AbortSignal;
  /** Is told who tags, and where. */
  readonly terminal: Terminal;
  /** Hear of accounts that are left out because their role cannot be assumed, and of those where AWS denies everything. */
  readonly complaints: Complaints;
  /** Hears where nothing more is tried, because AWS denies everything there. */
  readonly onStop?: () => void;
}

export interface StartedTagging {
  /** The caller destroys it. */
  readonly runtime: TaggingRuntime;
  /** That the credentials are of. */
  readonly ownAccount: string;
}

/** Throws what is wrong with the settings or the credentials. */
export async function startTagging(
  options: CommandOptions,
  { signal, terminal, complaints, onStop }: TaggingStart,
  settingsFor: SettingsFor = 'command-line',
): Promise<StartedTagging> {
  const env = await withRegion(environmentOf(options));
  const settings = settingsOf(options, env, settingsFor);
  const region = ownRegion(env);
  const { account: ownAccount, arn } = await findOwnIdentity(region, signal);
  const what = settings.tags.dryRun ? 'a dry run, which tags nothing, ' : 'tagging ';
  terminal.complain(`${what}as ${arn} in account ${ownAccount}`);
  const runtime = createTaggingRuntime(settings, {
    ownAccount,
    region,
    onStop(stop) {
      onStop?.();
      complaints.add(complaintOfStop(stop));
    },
    onRefused({ account, roleArn, failure: { error, message } }) {
      complaints.add({
        kind: `account ${error}`,
        problem: `account ${account} is left out: ${roleArn} cannot be assumed: ${message} (${error})`,
        name: account,
        more: (count, names) =>
          `${count} more of the accounts are left out (${names}): their roles cannot be assumed either (${error})`,
      });
    },
  });
  return { runtime: await refreshed(runtime, signal), ownAccount };
}

function complaintOfStop({ account, place, failure: { error, message } }: Stop): Complaint {
  const [api, , region] = place?.split(' ') ?? [];
  const where =
    place === undefined ? `in account ${account}` : `by ${api} in account ${account} in ${region}`;
  const denied = place === undefined ? '' : ', which denied all so far';
  return {
    kind: `stop ${error}`,
    problem: `nothing more is tried ${where}${denied}: ${error}: ${message}`,
    name: where,
    more: (count, names) => `nothing more is tried in ${count} other cases (${names}): ${error}`,
  };
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
