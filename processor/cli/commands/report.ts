/** `report`: what log files say was created, or what a run did, as a page, as CSV, or as a summary on the terminal. */
import { findRun, namesRun } from '../../backfill/run/run-id.ts';
import { CSV_HEAD, csvLine } from '../../report/csv.ts';
import { GENERATOR } from '../../report/html/generator.ts';
import { dayOf } from '../../report/sums/days.ts';
import { type Report, reportOf, type Subject } from '../../report/view/report.ts';
import { bytes } from '../../report/view/words.ts';
import type { CommandCall } from '../command.ts';
import type { CommandOptions } from '../command-rows.ts';
import { createComplaints } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { openPlanning } from '../open-planning.ts';
import {
  OutputError,
  type OutputFile,
  openOutput,
  STANDARD_OUTPUT,
  toStandardOutput,
} from '../output-file.ts';
import { startProgress } from '../progress.ts';
import { sumLogs } from '../report/sum-logs.ts';
import type { Terminal } from '../terminal.ts';
import { VERSION } from '../version.ts';

const DEFAULT_FILE = 'report.html';

export async function run(call: CommandCall): Promise<Ending> {
  const { options, terminal } = call;
  const page = pageFile(options);
  checkOneAnswer(page, options);
  const outputs: OutputFile[] = [];
  const open = async (path: string, output: Omit<Parameters<typeof openOutput>[1], 'what'>) => {
    const file =
      path === STANDARD_OUTPUT
        ? toStandardOutput(terminal, call.signal)
        : await openOutput(path, { what: 'report', ...output });
    outputs.push(file);
    return file;
  };
  try {
    const html = page === undefined ? undefined : await open(page, { option: '-o', mark: GENERATOR });
    const csv =
      options.csv === undefined ? undefined : await open(options.csv, { option: '--csv', mark: CSV_HEAD });
    await csv?.write(CSV_HEAD);
    const run = runIn(call);
    const { report, ending } =
      run === undefined ? await reportOfLogs(call, csv) : await reportOfRun(run, csv, call.signal);
    if (report.tallies.files === 0 && ending !== 'done') return ending; // there is nothing to tell of
    if (html !== undefined) {
      const { pageOf } = await import('../../report/html/page.ts'); // with all that draws
      for (const piece of pageOf(report)) await html.write(piece);
      await committed(html, page, terminal);
    }
    if (csv !== undefined) await committed(csv, options.csv, terminal);
    if (options.text) terminal.print((await import('../../report/text.ts')).textOf(report));
    return ending;
  } finally {
    for (const each of outputs) await each.discard();
  }
}

/** Where only text or CSV is asked for, no page is written. */
function pageFile({ output, text, csv }: CommandOptions): string | undefined {
  return output ?? (text || csv !== undefined ? undefined : DEFAULT_FILE);
}

function checkOneAnswer(page: string | undefined, { csv, text }: CommandOptions): void {
  const answers = [
    ...(page === STANDARD_OUTPUT ? ['-o -'] : []),
    ...(csv === STANDARD_OUTPUT ? ['--csv -'] : []),
    ...(text ? ['--text'] : []),
  ];
  if (answers.length > 1)
    throw new OutputError(`${answers.join(' and ')} would both go to standard output: expected one`);
  if (page !== undefined && page === csv) throw new OutputError(`-o and --csv name the same file: ${page}`);
}

async function committed(file: OutputFile, path = STANDARD_OUTPUT, { complain }: Terminal): Promise<void> {
  const size = await file.commit();
  if (path !== STANDARD_OUTPUT) complain(`${path}: written, ${bytes(size)}`);
}

/** What chooses among log files; what a run is about was chosen when it began. */
const OF_LOGS = ['services', 'account', 'region', 'service', 'event', 'creator', 'profile'] as const;

/** The folder of the run that is named; undefined where log files are. */
function runIn({ args, options }: CommandCall): string | undefined {
  const named = args.find(namesRun);
  if (named === undefined) return undefined;
  if (args.length > 1) throw new OutputError(`${named} is a run: expected one alone, or log files`);
  const astray = OF_LOGS.find((name) => options[name] !== undefined);
  if (astray !== undefined) throw new OutputError(`--${astray} is about log files, and ${named} is a run`);
  return findRun(named);
}

interface Made {
  readonly report: Report;
  readonly ending: Ending;
}

async function reportOfRun(folder: string, csv: OutputFile | undefined, signal: AbortSignal): Promise<Made> {
  const at = new Date().toISOString();
  const { readRun } = await import('../../report/run/read-run.ts');
  const { sums, subject } = await readRun(folder, {
    lastDay: lastDayAt(at),
    onRows: async (rows) => csv?.write(rows.map(csvLine).join('')),
    signal,
  });
  return { report: reportOf(sums, subject, { at, version: VERSION }), ending: 'done' };
}

/** Clocks differ. */
function lastDayAt(time: string): number {
  return dayOf(time) + 1;
}

async function reportOfLogs(
  { args, options, terminal, signal }: CommandCall,
  csv: OutputFile | undefined,
): Promise<Made> {
  const { env, runtime } = await openPlanning(options, args);
  const complaints = createComplaints(terminal.complain);
  const progress = startProgress(signal);
  const begun = performance.now();
  try {
    await runtime.refresh(signal);
    const at = new Date().toISOString();
    const { sums, ending } = await sumLogs(args, {
      runtime,
      settings: { env, texts: runtime.settings.live.texts() },
      lastDay: lastDayAt(at),
      asCsv: csv !== undefined,
      onCsv: async (lines) => csv?.write(lines),
      complaints,
      progress,
      signal,
    });
    const subject: Subject = {
      title: 'Log files',
      about: args,
      facts: [],
      isPartial: signal.aborted,
      speed: { seconds: (performance.now() - begun) / 1000 },
    };
    return { report: reportOf(sums, subject, { at, version: VERSION }), ending };
  } finally {
    progress.stop();
    complaints.end();
    runtime.destroy();
  }
}
