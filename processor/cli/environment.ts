/** The environment that the settings of a command are read from: an option counts before the variable that it is for. */
import { SettingsError } from '../runtime/settings.ts';
import type { CommandOptions } from './command-rows.ts';

/** Throws SettingsError for an option that is given and empty, which as a variable would count as absent. */
export function environmentOf({ dryRun, services }: CommandOptions): NodeJS.ProcessEnv {
  if (services === '') throw new SettingsError('--services is empty: expected names of services, or all');
  return {
    ...process.env,
    ...(services !== undefined && { SERVICES: services }),
    ...(dryRun && { DRY_RUN: 'true' }),
  };
}
