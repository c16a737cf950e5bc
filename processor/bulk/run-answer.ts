/** What the engine of a bulk run is told: each log file with its sums, what is to be brought again, and what nobody can do. */
import type { S3BatchResult } from 'aws-lambda';
import { AnswerError, RESULT_CODES } from '../answer/answer.ts';
import { jsonBytes } from '../answer/report.ts';
import { printSums, sumsObject } from '../backfill/bulk/file-sums.ts';
import type { LogFileRef } from '../log-file-ref.ts';
import { CALLERS } from '../notification/callers.ts';
import type { Invocation } from '../notification/invocation.ts';
import { brief } from '../notification/show.ts';
import type { Item, Task } from '../notification/task.ts';
import type { Disposition } from '../work/settle.ts';
import type { Told } from './do-run-file.ts';

/** To a Distributed Map. */
export interface MapRunAnswer {
  readonly run: string;
  /** Of each log file that is done: its key, and what it came to. */
  readonly sums: readonly object[];
  /** The same of those that are not, so far. */
  readonly unfinished: readonly object[];
  /** An event that asks for what was not done, to be sent as it is; empty where all is done. */
  readonly remaining: readonly object[];
  /** What was not done, and why: like ones together. */
  readonly problems: readonly Problem[];
  /** Nothing of the run can be carried out, and why: absent where it can. */
  readonly rejected?: string;
}

export type RunAnswer = S3BatchResult | MapRunAnswer;

export interface Problem {
  readonly disposition: Disposition;
  readonly problem: string;
  readonly count: number;
}

/** A task of an invocation, what became of it, and the object that it is about. */
export interface ToldTask {
  readonly item: Item;
  readonly task: Task;
  readonly told: Told;
}

/** Amazon S3 User Guide says of no limit to a result's text; it goes into a line of the completion report. */
const MAX_RESULT_STRING = 1000;

/** Of what surrounds the key and the sums of a log file, and the event that asks for it again. */
const AROUND_BYTES = 150;

const MAX_PROBLEMS = 20;
const MAX_PROBLEM = 300;

/** How many bytes the sums of one log file may take. */
export function roomForSums({ caller }: Invocation, keys: readonly string[]): number {
  const { answer, maxAnswerBytes } = CALLERS[caller];
  if (answer === 'result-codes') return MAX_RESULT_STRING;
  const ofKeys = keys.reduce(
    (sum, key) => sum + 2 * jsonBytes(key) + AROUND_BYTES,
    MAX_PROBLEMS * 2 * MAX_PROBLEM,
  );
  return Math.min(MAX_RESULT_STRING, Math.floor((maxAnswerBytes - ofKeys) / Math.max(1, keys.length)));
}

/** Throws AnswerError where what is left takes more than the answer has room for. */
export function runAnswer(
  invocation: Invocation,
  run: string,
  tasks: readonly ToldTask[],
  refused?: string,
): RunAnswer {
  const { batch, caller } = invocation;
  if (batch !== undefined) return resultCodes(batch, tasks);
  const isLeft = ({ told }: ToldTask) => told.disposition === 'retry';
  const left = tasks.filter(isLeft);
  const answer: MapRunAnswer = {
    run: brief(run, MAX_PROBLEM),
    sums: sumsIn(tasks.filter((each) => !isLeft(each))),
    unfinished: sumsIn(left),
    remaining: eventFor(run, left),
    problems: problemsIn(tasks),
    ...(refused !== undefined && { rejected: brief(refused, MAX_PROBLEM) }),
  };
  const { maxAnswerBytes } = CALLERS[caller];
  if (jsonBytes(answer) <= maxAnswerBytes) return answer;
  const message = `the sums of ${tasks.length} log files take more than the ${maxAnswerBytes} bytes of an answer; bring fewer at once`;
  throw new AnswerError('AnswerTooLarge', message);
}

function sumsIn(tasks: readonly ToldTask[]): readonly object[] {
  return tasks.flatMap(({ task, told: { sums } }) =>
    sums === undefined ? [] : [{ key: objectOf(task)?.key, ...sumsObject(sums) }],
  );
}

/** One of each id, as Batch Operations sends them. */
function resultCodes(
  { invocationSchemaVersion, invocationId }: NonNullable<Invocation['batch']>,
  tasks: readonly ToldTask[],
): S3BatchResult {
  const results = new Map(
    tasks.map(({ item: { id = '' }, told: { disposition, sums, problem = '' } }) => [
      id,
      {
        taskId: id,
        resultCode: RESULT_CODES[disposition],
        resultString: sums === undefined ? brief(problem, MAX_RESULT_STRING) : printSums(sums),
      },
    ]),
  );
  return {
    invocationSchemaVersion,
    treatMissingKeysAs: 'TemporaryFailure',
    invocationId,
    results: [...results.values()],
  };
}

/** Like ones once. */
export function problemsIn(tasks: readonly ToldTask[]): readonly Problem[] {
  const found = new Map<string, Problem>();
  for (const { told } of tasks) {
    if (told.problem === undefined) continue;
    const { disposition } = told;
    const problem = brief(told.problem, MAX_PROBLEM);
    const key = `${disposition} ${problem}`;
    const known = found.get(key);
    if (known === undefined && found.size === MAX_PROBLEMS) continue;
    found.set(key, { disposition, problem, count: (known?.count ?? 0) + 1 });
  }
  return [...found.values()];
}

/** As the map's batcher writes it, of keys as they are. */
function eventFor(run: string, tasks: readonly ToldTask[]): readonly object[] {
  const items = tasks.flatMap(({ task }) => {
    const object = objectOf(task);
    if (object === undefined) return [];
    const { bucket: Bucket, key: Key, versionId } = object;
    return [{ Bucket, Key, ...(versionId !== undefined && { VersionId: versionId }) }];
  });
  return items.length === 0 ? [] : [{ BatchInput: { run }, Items: items }];
}

/** What a run is brought; `undefined` for everything else, which it does not take. */
export function objectOf(task: Task): LogFileRef | undefined {
  return task.kind === 'file' ? task.file : task.kind === 'skipped' ? task.object : undefined;
}
