/**
 * A run in this process: branches side by side, the days of each in their order, all through one line of files.
 *
 *     branches ─▶ pages of keys ─▶ line of files ─▶ the run's folder
 *        16          32 ahead
 *
 * Memory does not grow with the number of files, nor, beyond sixteen, with that of branches.
 */
import { wasReadingStopped } from '../../file/file-report.ts';
import type { LogFileRef } from '../../log-file-ref.ts';
import type { EngineWork, FileDone, LocalEngine } from '../engine.ts';
import type { RunFile } from '../run/run-writer.ts';
import type { Ahead } from '../scope/ahead.ts';
import { eachBranch } from '../scope/each-branch.ts';
import type { FoundBranch } from '../scope/find-branches.ts';
import { listBranch } from '../scope/list-branch.ts';
import { SILENT } from '../scope/listing-listener.ts';
import { createFileLine, type FileLine } from './file-line.ts';
import { skippedInOrder } from './in-order-of-keys.ts';

export const LOCAL_ENGINE: LocalEngine = {
  kind: 'here',
  carryOut: (work) => carryOut(work),
};

interface LocalWork extends EngineWork {
  readonly line: FileLine<FileDone>;
  /** Files that are being read or tagged. */
  readonly underWay: Set<Promise<void>>;
}

/** For tests of the bound; else as LOCAL_ENGINE. */
export async function carryOut(engineWork: EngineWork, mostCreations?: number): Promise<void> {
  const { run, branches, signal, listener, files } = engineWork;
  const work: LocalWork = {
    ...engineWork,
    line: createFileLine({
      openFiles: files.openFiles,
      step: (file, onRead) => files.process(file, signal, onRead),
      signal,
      ...(mostCreations !== undefined && { mostCreations }),
    }),
    underWay: new Set(),
  };
  const left = branches.filter(({ name }) => run.progressOf(name)?.done === undefined);
  await eachBranch(left, async (branch, ahead) => {
    if (signal.aborted) return;
    try {
      await readBranch(branch, ahead, work);
    } catch (error) {
      if (!signal.aborted) listener.onProblem(branch, error);
    }
  });
  await Promise.all(work.underWay);
}

/** Begins all its files. Throws what listing throws, and the reason of the signal. */
async function readBranch(branch: FoundBranch, ahead: Ahead, work: LocalWork): Promise<void> {
  const { run, scope, list, signal, listener, files } = work;
  const { onSkipped, tell } = skippedInOrder(run, branch.name);
  const options = { ahead, listener: { ...SILENT, onSkipped } };
  const after = run.progressOf(branch.name)?.after;
  for await (const page of listBranch(branch, scope, after, list, signal, options)) {
    for (const object of page) {
      tell(object.key);
      await beginFile(branch, object, work);
    }
  }
  tell();
  run.endBranch(branch.name, await files.endBranch?.(branch));
  listener.onBranch(branch);
}

interface SizedObject {
  readonly key: string;
  readonly size: number;
}

async function beginFile(branch: FoundBranch, { key, size }: SizedObject, work: LocalWork): Promise<void> {
  const { run, scope, signal, line, underWay } = work;
  const begun = await run.begin(branch.name, { key, size }, signal);
  await line.enter(size);
  const ref = { bucket: scope.bucket, key, size };
  const doing: Promise<void> = doFile(branch, ref, begun, work).finally(() => underWay.delete(doing));
  underWay.add(doing);
}

async function doFile(
  branch: FoundBranch,
  ref: LogFileRef & SizedObject,
  begun: RunFile,
  work: LocalWork,
): Promise<void> {
  const { signal, line, files, listener } = work;
  const done = await line.pass(files.logFile(ref, branch), ref.size);
  if (files.endsRun(done) || wasStopped(done, signal)) return; // it is done again when the run is gone on with
  const { report, outcomes } = done;
  await begun.end({ report, outcomes, failures: files.leftOver(done) });
  listener.onFile(done, ref.size);
}

/** Its reading, or the tagging of some of its resources, was broken off. */
function wasStopped(done: FileDone, signal: AbortSignal): boolean {
  if (wasReadingStopped(done, signal)) return true;
  const ended = [...done.outcomes, ...done.undone];
  return signal.aborted && ended.some(({ failure }) => failure?.class === 'stopped');
}
