/** What the commands that tag begin with: settings, and whom the credentials are of. */
import type { Stop } from '../../../tag-manager/denials.ts';
import type { Journal } from '../../../tag-manager/journal.ts';
import {
  createTaggingRuntime,
  findOwnIdentity,
  type OwnIdentity,
  type TaggingRuntime,
} from '../../runtime/runtime.ts';
import { ownRegion, type Settings, type SettingsFor } from '../../runtime/settings.ts';
import type { CommandOptions } from '../command-rows.ts';
import type { Complaint, Complaints } from '../complaints.ts';
import { environmentOf, settingsOf, withRegion } from '../environment.ts';
import type { Terminal } from '../terminal.ts';

export interface SilentStart {
  readonly signal: AbortSignal;
  /** Hear of accounts that are left out because their role cannot be assumed, and of those where AWS denies everything. */
  readonly complaints: Complaints;
  /** Hears where nothing more is tried, because AWS denies everything there. */
  readonly onStop?: () => void;
  /** Hears of each write. */
  readonly journal?: Journal;
  /** Also what was tagged before, and undone, is tagged: somebody asks for it anew. @default false */
  readonly tagsUndone?: boolean;
  /** The settings as they are wanted here. @default as they are */
  readonly adapt?: (settings: Settings) => Settings;
}

export interface TaggingStart extends SilentStart {
  /** Is told who tags, and where. */
  readonly terminal: Terminal;
  /** What the command does, for the user, where that is not tagging. */
  readonly doing?: (isDry: boolean) => string;
  /** Variables that count where neither an option nor the environment says anything. */
  readonly defaults?: Readonly<Record<string, string>>;
}

export interface StartedTagging {
  /** The caller destroys it. */
  readonly runtime: TaggingRuntime;
  /** That the credentials are of. */
  readonly ownAccount: string;
  readonly identity: OwnIdentity;
}

/** Throws what is wrong with the settings or the credentials. */
export async function startTagging(
  options: CommandOptions,
  start: TaggingStart,
  settingsFor: SettingsFor = 'command-line',
): Promise<StartedTagging> {
  const { terminal, doing = tagging, defaults = {} } = start;
  const env = await withRegion({ ...defaults, ...environmentOf(options) });
  const started = await startTaggingIn(env, start, settingsFor, options);
  const { runtime, identity } = started;
  const what = doing(runtime.settings.tags.dryRun);
  terminal.complain(`${what} as ${identity.arn} in account ${identity.account}`);
  return started;
}

/** The same, whatever the settings are read from; says nothing of who tags. */
export async function startTaggingIn(
  env: NodeJS.ProcessEnv,
  { signal, complaints, onStop, journal, tagsUndone = false, adapt = (settings) => settings }: SilentStart,
  settingsFor: SettingsFor = 'command-line',
  options: CommandOptions = {},
): Promise<StartedTagging> {
  const settings = adapt(settingsOf(options, env, settingsFor));
  const region = ownRegion(env);
  const identity = await findOwnIdentity(region, signal);
  const ownAccount = identity.account;
  const runtime = createTaggingRuntime(settings, {
    ownAccount,
    region,
    ...(journal && { journal }),
    tagsUndone,
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
  return { runtime: await refreshed(runtime, signal), ownAccount, identity };
}

function tagging(isDry: boolean): string {
  return isDry ? 'a dry run, which tags nothing,' : 'tagging';
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
