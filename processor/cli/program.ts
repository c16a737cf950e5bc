/** The arguments of the command line, read by commander as the rows of the commands say. */
import { Command, InvalidArgumentError } from 'commander';
import { printable } from '../../parser/printable.ts';
import { COMMANDS, type CommandName, type CommandOptions, type CommandRow } from './command-rows.ts';
import { VERSION } from './version.ts';

export type OnCommand = (
  name: CommandName,
  args: readonly string[],
  options: CommandOptions,
) => Promise<void>;

/** Throws commander's own errors, after it has said what is wrong, or shown the help that was asked for. */
export function createProgram(onCommand: OnCommand): Command {
  const program = new Command('auto-tagger')
    .description(
      'Tags what was created in an AWS account with who created it and when, read from CloudTrail logs.',
    )
    .version(VERSION, '--version', 'print the version')
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions() // what stands behind the name of a command belongs to that
    .configureOutput({ writeErr: (text) => process.stderr.write(text.split('\n').map(printable).join('\n')) })
    .addHelpText(
      'after',
      '\nEnvironment variables choose the tags and the filters: see docs/configuration.md.',
    )
    .showHelpAfterError('(auto-tagger --help tells more)')
    .exitOverride();
  for (const row of COMMANDS) addCommand(program, row, onCommand);
  return program;
}

function addCommand(program: Command, row: CommandRow & { name: CommandName }, onCommand: OnCommand): void {
  const names = row.name.split(' ');
  const command = commandNamed(names, program).description(row.description);
  const { parent } = command;
  command.enablePositionalOptions();
  if (parent !== program) command.configureHelp({ showGlobalOptions: false });
  for (const argument of [row.argument, row.moreArguments]) {
    if (argument !== undefined) command.argument(argument.form, argument.description);
  }
  for (const { flags, description } of row.options) {
    if (flags.includes('<')) command.option(flags, description, once);
    else command.option(flags, description);
  }
  command.action(async () => {
    if (parent !== program) refuseOptions(parent, command);
    await onCommand(row.name, command.args, command.opts<CommandOptions>());
  });
}

/** A command of two words stands below that of the first, which has a row before it. */
function commandNamed([first = '', second]: readonly string[], program: Command): Command {
  if (second === undefined) return program.command(first);
  return (program.commands.find((command) => command.name() === first) ?? program).command(second);
}

/** Of an option that is given twice, one value would be passed over without a word. */
function once(value: string, before: string | undefined): string {
  if (before === undefined) return value;
  throw new InvalidArgumentError(`It is given twice, and was ${JSON.stringify(before)} before.`);
}

/** Of the command above nobody would look at them. */
function refuseOptions(parent: Command | null, command: Command): void {
  const [given] = Object.keys(parent?.opts() ?? {});
  if (given === undefined) return;
  const option = parent?.options.find((each) => each.attributeName() === given)?.long;
  command.error(`error: option '${option}' must stand behind '${command.name()}'`);
}
