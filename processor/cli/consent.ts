/** Whether somebody wants it, asked before what cannot be taken back by pressing Ctrl-C is begun. */
import { SettingsError } from '../runtime/settings.ts';
import type { CommandCall } from './command.ts';

export interface Asked {
  /** For people: what `--yes` does without asking, as `tag`. */
  readonly doing: string;
  /** It changes nothing, so that nobody need be asked. */
  readonly isDry: boolean;
}

/** Before anything is begun: throws SettingsError where nobody could be asked. */
export function refuseUnasked({ options, terminal }: CommandCall, { doing, isDry }: Asked): void {
  if (isDry || options.yes || terminal.ask !== undefined) return;
  throw new SettingsError(
    `nobody can be asked here whether to ${doing}: --yes does it without asking, --dry-run changes nothing`,
  );
}

/** Once it was said what is about to be done. A no is answered with a word. Throws the reason of the signal. */
export async function isWanted(
  { options, terminal: { ask, complain } }: CommandCall,
  { isDry }: Asked,
  signal: AbortSignal,
): Promise<boolean> {
  if (isDry || options.yes) return true;
  if (ask !== undefined && (await ask('Go on? [y/N] ', signal))) return true;
  complain('nothing was done');
  return false;
}
