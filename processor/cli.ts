/**
 * The command line, `auto-tagger`: runs the command that the arguments name, and says by the exit code how it ended.
 * Nothing but the answer goes to stdout.
 */
import type { Command } from './cli/command.ts';
import { ENDINGS, type Ending, lowest } from './cli/endings.ts';
import { listenForInterruption } from './cli/interruption.ts';
import { main } from './cli/main.ts';
import { onLostOutput, TERMINAL as terminal } from './cli/terminal.ts';

const interruption = listenForInterruption(terminal);

onLostOutput((error) => {
  interruption.giveUp(`the answer could not be written: ${error.message}`);
  process.exitCode = ENDINGS.failed.exitCode; // also where the command had ended before we heard of it
});
exitWith(await main(process.argv.slice(2), { terminal, interruption, demo }));

async function demo(): Promise<Command> {
  const { runDemo } = await import('../demo/demo.ts');
  return async ({ terminal: { print, complain }, signal }) =>
    (await runDemo(print, complain, signal)) ? 'done' : 'failed';
}

/** A command that was stopped may have left something open; what it said is written first. */
function exitWith(ending: Ending): void {
  const { isGivenUp, signal } = interruption;
  process.exitCode = ENDINGS[isGivenUp() ? lowest([ending, 'failed']) : ending].exitCode;
  if (!signal.aborted) return;
  if (process.stdout.writable) process.stdout.write('', () => process.exit());
  else process.exit();
}
