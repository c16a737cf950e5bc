/**
 * Options that npm kept for itself. `npm start process --dry-run …`, without `--` before the command, gives us no
 * `--dry-run`: npm takes it for a setting of its own, and tags would be written. So it does with `--dryrun`, which
 * we would refuse.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../runtime/misspelled.ts';
import { COMMANDS, type CommandRow, type Option } from './command-rows.ts';

/**
 * What to tell a user whose option did not reach us, `undefined` where there is none. npm hands its settings to
 * what it runs as `npm_config_…` (npm documentation, "scripts", "environment").
 */
export function keptByNpm(args: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  if (env.npm_lifecycle_event === undefined && env.npm_command === undefined) return undefined;
  const kept = OPTIONS.filter((option) => isKept(option, args, env));
  const [first] = kept;
  if (first === undefined) return undefined;
  const file = npmrcFiles(env).find((path) => isSetIn(path, settingOf(first)));
  if (file !== undefined) {
    return `npm's setting ${settingOf(first)} is in ${file} and is no option of auto-tagger: take it out, or give ${first.name} yourself as in ${withOptions([first], args, env)}`;
  }
  const names = kept.map((option) => asGiven(option, env)).join(' and ');
  return `npm kept ${names} for itself; nothing was done. Type: ${withOptions(kept, args, env)}`;
}

interface NamedOption {
  /** `--dry-run` */
  readonly name: string;
  /** What stands for its value, `FILE`; absent where it takes none. */
  readonly value?: string;
}

const ROWS: readonly CommandRow[] = COMMANDS;

const OPTIONS: readonly NamedOption[] = [
  ...new Map(ROWS.flatMap(({ options }) => options.map((option) => [option.flags, named(option)]))).values(),
];

function named({ flags }: Option): NamedOption {
  const [name = '', value] = flags.replace(/^-\w, /, '').split(' '); // npm takes short ones for its own
  return { name, ...(value !== undefined && { value: value.replace(/[<>]/g, '').toUpperCase() }) };
}

function settingOf({ name }: NamedOption): string {
  return name.replace(/^--/, '');
}

/** Those that are spelled right are of no other option. */
const KEPT_NAMES: ReadonlySet<string> = new Set(OPTIONS.map((option) => keptName(option)));

const NAMES_IN_CAPITALS = [...KEPT_NAMES].map((name) => name.toUpperCase());

function keptName(option: NamedOption): string {
  return settingOf(option).replaceAll('-', '_');
}

const PREFIX = 'npm_config_';

/** What npm keeps the option as; also a misspelled one, of which npm does not complain as we would. */
function keptAs(option: NamedOption, env: NodeJS.ProcessEnv): string | undefined {
  const right = keptName(option);
  const kept = Object.entries(env).flatMap(([name, value = '']) =>
    name.startsWith(PREFIX) && value !== '' && value !== 'false' ? name.slice(PREFIX.length) : [],
  );
  if (kept.includes(right)) return right;
  return kept.find(
    (name) => !KEPT_NAMES.has(name) && nearest(name, NAMES_IN_CAPITALS) === right.toUpperCase(),
  );
}

function asGiven(option: NamedOption, env: NodeJS.ProcessEnv): string {
  const given = `--${keptAs(option, env)?.replaceAll('_', '-')}`;
  return given === option.name ? given : `${given} (did you mean ${option.name}?)`;
}

/** npm gives the value of an option that it does not know only where it follows a `=`. */
function valueIn(env: NodeJS.ProcessEnv, option: NamedOption): string {
  const given = env[`${PREFIX}${keptAs(option, env)}`] ?? '';
  return given === 'true' ? (option.value ?? '') : given;
}

function isKept(option: NamedOption, args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const isGiven = args.some((arg) => arg === option.name || arg.startsWith(`${option.name}=`));
  return !isGiven && keptAs(option, env) !== undefined;
}

/** The command that was meant. */
function withOptions(
  options: readonly NamedOption[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): string {
  const length = ROWS.some(({ name }) => name === args.slice(0, 2).join(' ')) ? 2 : 1;
  const [command, rest] = [args.slice(0, length), args.slice(length)];
  const missing = options.flatMap((option) =>
    option.value !== undefined ? [option.name, valueIn(env, option)] : [option.name],
  );
  const words = [...command, ...missing, ...rest].filter((word) => word !== '').map(quoted);
  return [runnerOf(env), ...words].join(' ');
}

function runnerOf({
  npm_command: command,
  npm_lifecycle_event: script = 'start',
}: NodeJS.ProcessEnv): string {
  if (command === 'exec') return 'npm exec -- auto-tagger';
  return script === 'start' ? 'npm start --' : `npm run ${script} --`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Of the user, of the machine, and of the project. */
function npmrcFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const project = env.npm_config_local_prefix ?? env.INIT_CWD;
  return [
    env.npm_config_userconfig,
    env.npm_config_globalconfig,
    project === undefined ? undefined : join(project, '.npmrc'),
  ].flatMap((path) => path ?? []);
}

function isSetIn(path: string, setting: string): boolean {
  try {
    const names = readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0]?.trim());
    return names.includes(setting);
  } catch {
    return false; // most of them do not exist
  }
}
