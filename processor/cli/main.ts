/**
 * Runs one command as its arguments say, and tells how it ended. What only one command needs is loaded by that
 * command: the clients of eight services take half a second.
 */
import { CommanderError } from 'commander';
import type { Command } from './command.ts';
import type { CommandName } from './command-rows.ts';
import { type Ending, endingOfError, lowest } from './endings.ts';
import type { Interruption } from './interruption.ts';
import { keptByNpm } from './npm-options.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

const RUN: Readonly<Record<Exclude<CommandName, 'demo'>, () => Promise<Command>>> = {
  backfill: async () => (await import('./commands/backfill.ts')).run,
  'backfill resume': async () => (await import('./commands/backfill-resume.ts')).run,
  'backfill status': async () => (await import('./commands/backfill-status.ts')).run,
  'backfill stop': async () => (await import('./commands/backfill-stop.ts')).run,
  'backfill undo': async () => (await import('./commands/backfill-undo.ts')).run,
  coverage: async () => (await import('./commands/coverage.ts')).run,
  export: async () => (await import('./commands/export.ts')).run,
  plan: async () => (await import('./commands/plan.ts')).run,
  policy: async () => (await import('./commands/policy.ts')).run,
  process: async () => (await import('./commands/process.ts')).run,
  report: async () => (await import('./commands/report.ts')).run,
  replay: async () => (await import('./commands/replay.ts')).run,
  verify: async () => (await import('./commands/verify.ts')).run,
  why: async () => (await import('./commands/why.ts')).run,
  who: async () => (await import('./commands/who.ts')).run,
};

export interface MainOptions {
  readonly terminal: Terminal;
  readonly interruption: Interruption;
  /** Lies beside the program. */
  readonly demo: () => Promise<Command>;
}

/** Throws nothing: what is wrong is complained about. */
export async function main(
  args: readonly string[],
  { terminal, interruption, demo }: MainOptions,
): Promise<Ending> {
  const problem = keptByNpm(args, process.env);
  if (problem !== undefined) {
    terminal.complain(problem);
    return 'usage';
  }
  const { signal } = interruption;
  let ending: Ending = 'done';
  const program = createProgram(async (name, args, options) => {
    // What reads settings is loaded by the commands that have any.
    if (options.profile !== undefined) (await import('./environment.ts')).useProfile(options);
    const run = await (name === 'demo' ? demo() : RUN[name]());
    ending = await run({ args, options, terminal, ...interruption });
  });
  try {
    await program.parseAsync(args.length > 0 ? args : ['demo'], { from: 'user' });
    return signal.aborted ? lowest([ending, 'interrupted']) : ending;
  } catch (error) {
    return signal.aborted ? 'interrupted' : told(error, terminal);
  }
}

/** Says what is wrong, unless commander has said it. */
function told(error: unknown, { complain }: Terminal): Ending {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'done' : 'usage';
  complain(error instanceof Error ? error.message : String(error));
  return endingOfError(error);
}
