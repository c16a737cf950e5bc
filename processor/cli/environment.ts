/** The environment that the settings of a command are read from: an option counts before the variable that it is for. */
import { readSettings, type Settings, SettingsError, type SettingsFor } from '../runtime/settings.ts';
import type { CommandOptions } from './command-rows.ts';

interface OptionVariable {
  readonly option: 'services' | 'role' | 'account' | 'region' | 'service' | 'event' | 'creator' | 'table';
  readonly variable: string;
  /** What must not be left out. */
  readonly expected: string;
}

const OPTION_VARIABLES: readonly OptionVariable[] = [
  { option: 'services', variable: 'SERVICES', expected: 'names of services, or all' },
  { option: 'role', variable: 'MEMBER_ROLE_NAME', expected: 'the name of a role' },
  { option: 'table', variable: 'DYNAMODB_TABLE', expected: 'the name of a table' },
  { option: 'account', variable: 'INCLUDE_ACCOUNTS', expected: 'accounts' },
  { option: 'region', variable: 'INCLUDE_REGIONS', expected: 'regions' },
  { option: 'service', variable: 'INCLUDE_SERVICES', expected: 'services' },
  { option: 'event', variable: 'INCLUDE_EVENTS', expected: 'events' },
  { option: 'creator', variable: 'INCLUDE_CREATORS', expected: 'ARNs, names or persons' },
];

/**
 * Throws SettingsError for an option that is given and empty, which as a variable would count as absent, and for options
 * of which one would be passed over.
 */
export function environmentOf(options: CommandOptions): NodeJS.ProcessEnv {
  if (options.json && options.wide)
    throw new SettingsError('--wide is about the table, and --json prints none');
  const given = OPTION_VARIABLES.flatMap(({ option, variable, expected }) => {
    const value = options[option];
    if (value === undefined) return [];
    refuseEmpty(option, value, expected);
    return [[variable, value] as const];
  });
  return { ...process.env, ...Object.fromEntries(given), ...(options.dryRun && { DRY_RUN: 'true' }) };
}

/** As `readSettings`, of which errors name the options that were given in the place of variables. */
export function settingsOf(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  settingsFor: SettingsFor,
): Settings {
  try {
    return readSettings(env, settingsFor);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const given = OPTION_VARIABLES.filter(({ option }) => options[option] !== undefined);
    const message = given.reduce(
      (text, { option, variable }) => text.replaceAll(`${variable}: `, `--${option}: `),
      error.message,
    );
    throw new SettingsError(message, { cause: error });
  }
}

/** Beside the name of a profile the SDK warns of them in several lines, and may one day prefer them. */
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

/** Makes this process use the profile of `--profile`, as the AWS CLI does: before keys of the environment. */
export function useProfile({ profile }: CommandOptions): void {
  if (profile === undefined) return;
  refuseEmpty('profile', profile, 'the name of a profile');
  for (const name of KEYS) delete process.env[name];
  process.env.AWS_PROFILE = profile;
}

/** Where the environment names no region, with that of the profile, as the AWS CLI takes it. */
export async function withRegion(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  if (env.AWS_REGION || env.AWS_DEFAULT_REGION) return env;
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const profile = env.AWS_PROFILE || 'default';
  const region = credentialsFile[profile]?.region ?? configFile[profile]?.region;
  return region ? { ...env, AWS_REGION: region } : env;
}

function refuseEmpty(option: string, value: string, expected: string): void {
  if (value.trim() === '') throw new SettingsError(`--${option} is empty: expected ${expected}`);
}
