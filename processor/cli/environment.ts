/** The environment that the settings of a command are read from: an option counts before the variable that it is for. */
import { SettingsError } from '../runtime/settings.ts';
import type { CommandOptions } from './command-rows.ts';

/** Throws SettingsError for an option that is given and empty, which as a variable would count as absent. */
export function environmentOf({ dryRun, services, role }: CommandOptions): NodeJS.ProcessEnv {
  if (services === '') throw new SettingsError('--services is empty: expected names of services, or all');
  if (role === '') throw new SettingsError('--role is empty: expected the name of a role');
  return {
    ...process.env,
    ...(services !== undefined && { SERVICES: services }),
    ...(role !== undefined && { MEMBER_ROLE_NAME: role }),
    ...(dryRun && { DRY_RUN: 'true' }),
  };
}
