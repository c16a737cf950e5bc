/** What a command is given, and how it ends. */
import type { CommandOptions } from './command-rows.ts';
import type { Ending } from './endings.ts';
import type { Interruption } from './interruption.ts';
import type { Terminal } from './terminal.ts';

export interface CommandCall extends Pick<Interruption, 'signal' | 'giveUp'> {
  readonly args: readonly string[];
  readonly options: CommandOptions;
  readonly terminal: Terminal;
}

/** Throws what stood in the way, with a message for the user. */
export type Command = (call: CommandCall) => Promise<Ending>;
