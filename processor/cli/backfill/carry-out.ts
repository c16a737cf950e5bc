/** A run, from where its folder says it is to its end: the engine, how it goes, and the sums. */
import { InterruptedError } from '../../../tag-manager/calls/stop.ts';
import type { FileDone, LocalEngine } from '../../backfill/engine.ts';
import type { RunOptions, RunWriter } from '../../backfill/run/run-writer.ts';
import { type ExpectedFiles, findExpected } from '../../backfill/scope/expected-files.ts';
import { s3LogFile } from '../../file/log-file.ts';
import { rowOf } from '../../file/resource-row.ts';
import { startTotals } from '../../file/totals.ts';
import { leftAsMessages } from '../../work/left-as-messages.ts';
import type { CommandCall } from '../command.ts';
import { type Ending, endingOfError } from '../endings.ts';
import { complaintsOf } from '../file-complaints.ts';
import { runFile } from '../file-result.ts';
import { filesDone } from '../files-done.ts';
import { createOpenFiles } from '../open-files.ts';
import { printerFor } from '../printer-for.ts';
import { isWithoutCredentials } from '../run-ending.ts';
import { watchedLogs } from '../watched-logs.ts';
import { complaintOfBranch } from './complaint-of-branch.ts';
import type { PreparedRun } from './prepare-run.ts';
import { startRunProgress } from './run-progress.ts';
import { againBy } from './run-words.ts';
import { UNVERIFIED, verifiedFiles } from './verified-files.ts';
import { makeRoomForYoungObjects } from './young-objects.ts';

/** For whoever makes or opens the run. */
export function runOptions({ giveUp }: Pick<CommandCall, 'giveUp'>): RunOptions {
  return { rowOf, onLost: giveUp, now: Date.now };
}

/** Closes the run. */
export async function carryOutRun(
  call: CommandCall,
  prepared: PreparedRun,
  run: RunWriter,
  engine: LocalEngine,
): Promise<Ending> {
  const { options, terminal } = call;
  const { runtime, branches, signal, complaints, ending, scope, list } = prepared;
  makeRoomForYoungObjects();
  const over = new AbortController();
  const progress = startCounting(prepared, run, AbortSignal.any([signal, over.signal]));
  const stopShowing = startRunProgress({
    state: progress.state,
    say: terminal.complain,
    isTerminal: process.stderr.isTTY === true,
    signal,
  });
  const openFiles = createOpenFiles({ most: runtime.maxOpenFiles });
  const logs = watchedLogs(runtime.logs, openFiles);
  const verifying = run.info.verifyDigests ? verifiedFiles(prepared, run) : UNVERIFIED;
  const before = run.totals;
  addEarlier(before, prepared);
  prepared.writeTo(run);
  try {
    await engine.carryOut({
      run,
      scope,
      branches,
      list,
      signal,
      files: {
        logFile: (ref, branch) => verifying.logFile(s3LogFile(logs, ref), ref.key, branch),
        process: async (file, each, onRead) =>
          verifying.counted(file, await runFile(file, runtime.files, each, onRead)),
        leftOver: (done) => leftAsMessages(done, run.info.verifyDigests),
        endBranch: verifying.endBranch,
        endsRun: (done) => endsRun(done, call, prepared),
        openFiles,
      },
      listener: {
        onFile(done, size) {
          progress.addFile(size);
          ending.addFiles(filesDone([{ ...done, passedOver: [] }], SILENT), signal.aborted);
          for (const each of complaintsOf(done, signal.aborted)) complaints.add(each);
        },
        onBranch: progress.addBranch,
        onProblem(branch, error) {
          ending.add(endingOfError(error));
          complaints.add(complaintOfBranch(branch, error));
        },
      },
    });
  } finally {
    over.abort();
    stopShowing();
    await run.close();
  }
  const printer = await printerFor(options, terminal, runtime.settings.tags);
  printer.summary({
    ...run.totals,
    ...(run.info.verifyDigests && { digests: run.totals.digests ?? {} }),
    ...(signal.aborted && { interrupted: true }),
  });
  complaints.end();
  const isOver = branches.every(({ name }) => run.progressOf(name)?.done);
  terminal.complain(isOver ? `${run.folder} keeps what was done` : howToGoOn(run, options.runs));
  if (run.totals.files === 0 && isOver) return 'nothing';
  return ending.ending;
}

const SILENT = { explain: false, asLines: false };

function howToGoOn({ info, folder }: Pick<RunWriter, 'info' | 'folder'>, runs?: string): string {
  return `${folder} keeps what was done; it is gone on with by: ${againBy(info.id, runs)('resume')}`;
}

/** Credentials that have expired will not do for the files behind: all of these are left to whoever goes on. */
function endsRun(done: FileDone, { terminal }: CommandCall, { signal, stop, ending }: PreparedRun): boolean {
  const failures = [...done.outcomes, ...done.undone].map(({ failure }) => failure);
  const expired = failures.find((failure) => failure?.class === 'credentials');
  if (expired === undefined && !isWithoutCredentials(done.report)) return false;
  if (!signal.aborted) {
    terminal.complain(
      `the credentials are no longer taken: ${expired?.message ?? done.report.error?.message}`,
    );
    ending.add('access');
    stop(new InterruptedError());
  }
  return true;
}

/** What an earlier process has left counts for how the run ends, too. */
function addEarlier(
  { outcomes, unreadable, ignored, files, digests = {} }: RunWriter['totals'],
  { ending }: PreparedRun,
): void {
  if (files > unreadable)
    ending.addFiles({ totals: { ...startTotals(), files, unreadable, ignored }, unfinished: [] }, false);
  if (unreadable > 0 || (outcomes.failed ?? 0) > 0 || Object.keys(digests).length > 0) ending.add('failed');
  if ((outcomes.deferred ?? 0) > 0) ending.add('incomplete');
}

/** How many files there are is found out while the run goes on, if it takes longer; `over` is aborted when it ends. */
function startCounting({ branches, runtime, scope, list }: PreparedRun, run: RunWriter, over: AbortSignal) {
  const began = performance.now();
  const progressOf = branches.map(({ name }) => run.progressOf(name));
  const filesBefore = run.totals.files;
  const bytesBefore = progressOf.reduce((sum, each) => sum + (each?.bytes ?? 0), 0);
  const done = { files: 0, bytes: 0, branches: progressOf.filter((each) => each?.done).length };
  let expected: ExpectedFiles | undefined;
  const left = branches.filter((_, index) => !progressOf[index]?.done);
  const isOver = progressOf.filter((each) => each?.done);
  findExpected(left, { scope, list, signal: over, now: Date.now() }).then((found) => {
    expected = found && {
      files: isOver.reduce((sum, each) => sum + (each?.files ?? 0), found.files),
      bytes: isOver.reduce((sum, each) => sum + (each?.bytes ?? 0), found.bytes),
    };
  });
  return {
    addFile(size: number) {
      done.files += 1;
      done.bytes += size;
    },
    addBranch() {
      done.branches += 1;
    },
    state: () => ({
      seconds: (performance.now() - began) / 1000,
      files: done.files,
      bytes: done.bytes,
      filesBefore,
      bytesBefore,
      branches: branches.length,
      branchesListed: done.branches,
      outcomes: run.totals.outcomes,
      slowed: runtime.calls.slowed(),
      expected,
    }),
  };
}
