/** What a run in AWS cannot do, said before anything is begun: what only its function decides, and what only this process can do. */
import { SettingsError } from '../../../runtime/settings.ts';
import type { CommandOptions } from '../../command-rows.ts';
import { decidedByFunction } from '../run-settings.ts';

const OPTIONS = [
  ['services', '--services'],
  ['role', '--role'],
] as const satisfies readonly (readonly [keyof CommandOptions, string])[];

/** Throws SettingsError. */
export function refuseOptions(engine: string, options: CommandOptions): void {
  const given = OPTIONS.flatMap(([option, flag]) => (options[option] === undefined ? [] : [flag]));
  if (given.length > 0) {
    throw new SettingsError(
      `${given.join(' and ')}: with --engine ${engine} the deployed function decides what is tagged, and where; leave it out, or use --engine local`,
    );
  }
}

/** Variables that say otherwise than those of the function would be passed over. Throws SettingsError. */
export function refuseSettings(
  engine: string,
  env: NodeJS.ProcessEnv,
  deployed: Readonly<Record<string, string>>,
): void {
  const others = decidedByFunction(env).filter((name) => env[name] !== deployed[name]);
  if (others.length === 0) return;
  throw new SettingsError(
    `${others.join(', ')}: with --engine ${engine} the settings of the deployed function hold, and there ${others.length === 1 ? 'it is' : 'they are'} otherwise; unset ${others.length === 1 ? 'it' : 'them'} here, or use --engine local`,
  );
}
