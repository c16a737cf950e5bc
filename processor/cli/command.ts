/** What a command is given, and how it ends. */
import type { CommandOptions } from './command-rows.ts';
import type { Terminal } from './terminal.ts';

export interface CommandCall {
  readonly args: readonly string[];
  readonly options: CommandOptions;
  readonly terminal: Terminal;
  /** Aborted when the user wants the command to stop: then it says what was done, and ends. */
  readonly signal: AbortSignal;
}

/** True when everything was done. Throws what stood in the way, with a message for the user. */
export type Command = (call: CommandCall) => Promise<boolean>;
