/**
 * The command line, `auto-tagger`: `demo`, `plan`, `process` and `replay`. Exit codes: 0 done, 1 something failed (said
 * on stderr), 2 wrong usage. Nothing but the answer goes to stdout. What only one command needs is loaded by
 * that command: the clients of eight services take half a second.
 */
import { appendFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { partitionOf } from '../parser/partition.ts';

import { jsonPrinter } from './cli/json-printer.ts';
import { runFiles } from './cli/run-files.ts';
import { tablePrinter } from './cli/table-printer.ts';
import { createPlanningRuntime, type Runtime } from './runtime/planning-runtime.ts';
import type { TaggingRuntime } from './runtime/runtime.ts';
import { readSettings, SettingsError } from './runtime/settings.ts';

const EXIT = { done: 0, failed: 1, usage: 2 } as const;

interface FileOptions {
  readonly json?: true;
  readonly explain?: true;
  readonly dryRun?: true;
  readonly failures?: string;
}

const program = new Command('auto-tagger')
  .description(
    'Tags what was created in an AWS account with who created it and when, read from CloudTrail logs.',
  )
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', '\nEnvironment variables choose the tags and the filters: see docs/configuration.md.')
  .showHelpAfterError('(auto-tagger --help tells more)')
  .exitOverride();

program
  .command('demo')
  .description(
    'tag resources of a simulated AWS on this machine, from log files to tags read back; the default',
  )
  .action(async () => {
    const { runDemo } = await import('../demo/demo.ts');
    exit(await runDemo(printOut, complain));
  });

program
  .command('plan')
  .description('say what would be tagged, and with what; log files on disk are read without any AWS call')
  .argument('<path...>', 'log files, folders or s3://bucket/prefix')
  .option('--json', 'one JSON object a line')
  .option('--explain', 'add each record of a known event that was passed over, with the reason')
  .action(async (paths: string[], options: FileOptions) => {
    const runtime = createPlanningRuntime(readSettings(process.env, 'command-line'), region());
    exit(await run(paths, runtime, options, false));
  });

program
  .command('process')
  .description('tag what the log files say was created, with the usual AWS credentials')
  .argument('<path...>', 'log files, folders or s3://bucket/prefix')
  .option('--json', 'one JSON object a line')
  .option('--explain', 'add each record of a known event that was passed over, with the reason')
  .option('--dry-run', 'do everything but write tags')
  .option('--failures <file>', 'append what could not be done to this file, for `replay`')
  .action(async (paths: string[], options: FileOptions) => {
    exit(await run(paths, await taggingRuntime(options), options, true));
  });

program
  .command('replay')
  .description('deal again with what was handed on as failed')
  .argument('<source>', 'URL of the failure queue, or a file with one message a line')
  .option('--json', 'one JSON object a line')
  .option('--dry-run', 'do everything but write tags; messages stay in the queue')
  .action(async (source: string, options: FileOptions) => {
    const { replay } = await import('./cli/replay.ts');
    const runtime = await taggingRuntime(options);
    const printer = options.json ? jsonPrinter(printOut, true) : tablePrinter(printOut, true);
    try {
      const { totals, left } = await replay(source, {
        runtime,
        region: queueRegion(source),
        keepsAll: runtime.settings.tags.dryRun,
        onReport: (report) => printer.file(report),
        complain,
      });
      printer.summary(totals);
      exit(left === 0);
    } finally {
      runtime.destroy();
    }
  });

async function run(
  paths: readonly string[],
  runtime: Runtime,
  { json, explain, failures }: FileOptions,
  asksAws: boolean,
): Promise<boolean> {
  const printer = json ? jsonPrinter(printOut, asksAws) : tablePrinter(printOut, asksAws);
  try {
    const keep = failures === undefined ? undefined : (message: object) => appendLine(failures, message);
    return await runFiles(paths, runtime, {
      explain: explain ?? false,
      inThreads: !asksAws,
      printer,
      complain,
      ...(keep !== undefined && { keep }),
    });
  } finally {
    runtime.destroy();
  }
}

async function taggingRuntime({ dryRun }: FileOptions): Promise<TaggingRuntime> {
  const settings = readSettings(dryRun ? { ...process.env, DRY_RUN: 'true' } : process.env, 'command-line');
  const { createTaggingRuntime, findOwnAccount } = await import('./runtime/runtime.ts');
  return createTaggingRuntime(settings, await findOwnAccount(region()), region());
}

/** `https://sqs.eu-west-1.amazonaws.com/111122223333/name` */
function queueRegion(url: string): string {
  const named = /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(url)?.[1] ?? '';
  return partitionOf(named) === undefined ? region() : named;
}

function region(): string {
  return process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
}

/** At once, so that nothing is lost when we are stopped. */
function appendLine(path: string, message: object): void {
  appendFileSync(path, `${JSON.stringify(message)}\n`);
}

function printOut(text: string): void {
  process.stdout.write(text);
}

function complain(problem: string): void {
  process.stderr.write(`auto-tagger: ${problem}\n`);
}

function exit(isClean: boolean): void {
  process.exitCode = isClean ? EXIT.done : EXIT.failed;
}

// `auto-tagger plan … | head` closes our output early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, 'demo']);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage; // commander has said what is wrong
  } else if (error instanceof SettingsError) {
    complain(error.message);
    process.exitCode = EXIT.usage;
  } else {
    complain((error as Error).message);
    process.exitCode = EXIT.failed;
  }
}
