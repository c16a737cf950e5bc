/**
 * The command line, `auto-tagger`: reads the arguments, runs one command, and says by the exit code how it ended.
 * Nothing but the answer goes to stdout. What only one command needs is loaded by that command: the clients of eight
 * services take half a second.
 */
import { CommanderError } from 'commander';
import type { Command } from './cli/command.ts';
import type { CommandName } from './cli/command-rows.ts';
import { EXIT_INTERRUPTED, listenForInterruption } from './cli/interruption.ts';
import { keptByNpm } from './cli/npm-options.ts';
import { createProgram } from './cli/program.ts';
import { endWithOutput, TERMINAL as terminal } from './cli/terminal.ts';

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: EXIT_INTERRUPTED } as const;

type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const RUN: Readonly<Record<CommandName, () => Promise<Command>>> = {
  coverage: async () => (await import('./cli/commands/coverage.ts')).run,
  demo: async () => {
    const { runDemo } = await import('../demo/demo.ts');
    return ({ terminal: { print, complain }, signal }) => runDemo(print, complain, signal);
  },
  plan: async () => (await import('./cli/commands/plan.ts')).run,
  policy: async () => (await import('./cli/commands/policy.ts')).run,
  process: async () => (await import('./cli/commands/process.ts')).run,
  replay: async () => (await import('./cli/commands/replay.ts')).run,
  verify: async () => (await import('./cli/commands/verify.ts')).run,
};

/** What the user can mend by typing something else. */
const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'SettingsError',
  'QueueUrlError',
  'NotCoveredError',
  'PolicyError',
  'VerifyError',
]);

endWithOutput();
exitWith(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<ExitCode> {
  const problem = keptByNpm(args, process.env);
  if (problem !== undefined) {
    terminal.complain(problem);
    return EXIT.usage;
  }
  const signal = listenForInterruption(terminal);
  let isDone = true;
  const program = createProgram(async (name, args, options) => {
    const run = await RUN[name]();
    isDone = await run({ args, options, terminal, signal });
  });
  try {
    await program.parseAsync(args.length > 0 ? args : ['demo'], { from: 'user' });
    return signal.aborted ? EXIT.interrupted : isDone ? EXIT.done : EXIT.failed;
  } catch (error) {
    return signal.aborted ? EXIT.interrupted : exitCodeFor(error as Error);
  }
}

/** Says what is wrong, unless commander has said it. */
function exitCodeFor(error: Error): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  terminal.complain(error.message);
  return USAGE_ERRORS.has(error.name) ? EXIT.usage : EXIT.failed;
}

/** A command that was stopped may have left something open; what it said is written first. */
function exitWith(code: ExitCode): void {
  process.exitCode = code;
  if (code === EXIT.interrupted) process.stdout.write('', () => process.exit());
}
