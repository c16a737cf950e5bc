/**
 * One flow of states, from where its cursor stands to its end. The cursor says how far it is: who goes on with a flow that failed or
 * was stopped begins at the state that did not end, with the input that it had (Developer Guide, "Redriving executions").
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Flow, MapState, Retrier, Rule, State, TaskState } from './definition.ts';
import { at, filled, find, placed } from './paths.ts';
import { StatesError } from './states-error.ts';

export interface Cursor {
  state: string;
  input: unknown;
  /** How often the state at hand was tried in vain, by retrier. */
  tries: number[];
}

export interface FlowWorld {
  readonly invoke: (functionArn: string, payload: unknown) => Promise<unknown>;
  /** Carries out a map of many child workflows, or goes on with it; gives its result. */
  readonly map: (name: string, state: MapState, input: unknown) => Promise<unknown>;
  /** How long a second of Wait and Retry is. */
  readonly secondMs: number;
  /** Aborted when the execution is stopped. */
  readonly signal: AbortSignal;
}

export function startOf(flow: Flow, input: unknown): Cursor {
  return { state: flow.StartAt, input, tries: [] };
}

/** Gives the flow's output; throws StatesError, or the signal's reason. */
export async function run(flow: Flow, cursor: Cursor, world: FlowWorld): Promise<unknown> {
  for (;;) {
    world.signal.throwIfAborted();
    const state = flow.States[cursor.state];
    if (state === undefined) throw new StatesError('States.Runtime', `there is no state ${cursor.state}`);
    const { output, next } = await entered(state, cursor, world);
    if (next === undefined) return output;
    cursor.state = next;
    cursor.input = output;
    cursor.tries = [];
  }
}

interface Left {
  readonly output: unknown;
  /** Absent at the end of the flow. */
  readonly next?: string | undefined;
}

async function entered(state: State, cursor: Cursor, world: FlowWorld): Promise<Left> {
  const input = selected(state.InputPath, cursor.input);
  const left = (result: unknown): Left => ({
    output: fits(selected(state.OutputPath, placed(input, state.ResultPath, result))),
    next: state.Next,
  });
  switch (state.Type) {
    case 'Choice': {
      const chosen = state.Choices.find((rule) => holds(rule, input))?.Next ?? state.Default;
      if (chosen === undefined) throw new StatesError('States.NoChoiceMatched', `of ${cursor.state}`);
      return { output: input, next: chosen };
    }
    case 'Fail':
      throw new StatesError(
        state.Error ?? 'Failed',
        state.CausePath === undefined ? (state.Cause ?? '') : String(at(state.CausePath, { input })),
      );
    case 'Map':
      return left(await world.map(cursor.state, state, input));
    case 'Pass':
      return left(state.Result ?? parameters(state, input));
    case 'Succeed':
      return { output: selected(state.OutputPath, input) };
    case 'Task':
      return left(await tried(state, input, cursor, world));
    case 'Wait':
      await sleep(state.Seconds * world.secondMs, undefined, { signal: world.signal });
      return { output: input, next: state.Next };
  }
}

/** `null` selects nothing. */
function selected(path: string | null | undefined, value: unknown): unknown {
  if (path === null) return {};
  return path === undefined ? value : at(path, { input: value });
}

function parameters({ Parameters }: State, input: unknown): unknown {
  return Parameters === undefined ? input : filled(Parameters, { input });
}

function holds(rule: Rule, input: unknown): boolean {
  if (rule.And !== undefined) return rule.And.every((each) => holds(each, input));
  if (rule.Or !== undefined) return rule.Or.some((each) => holds(each, input));
  if (rule.Not !== undefined) return !holds(rule.Not, input);
  const { Variable = '$', IsPresent, StringEquals, NumericLessThan, NumericLessThanPath } = rule;
  if (IsPresent !== undefined) return (find(Variable, { input }) !== undefined) === IsPresent;
  const value = at(Variable, { input }); // what is not there cannot be compared, and fails
  if (StringEquals !== undefined) return value === StringEquals;
  const than = NumericLessThanPath === undefined ? NumericLessThan : at(NumericLessThanPath, { input });
  if (typeof than === 'number') return typeof value === 'number' && value < than;
  throw new StatesError('States.Runtime', `the sandbox does not know the rule ${JSON.stringify(rule)}`);
}

/** Developer Guide, "Handling errors in Step Functions workflows": the first retrier that names the error counts its attempts. */
async function tried(state: TaskState, input: unknown, cursor: Cursor, world: FlowWorld): Promise<unknown> {
  for (;;) {
    try {
      const result = await task(state, input, world);
      return state.ResultSelector === undefined ? result : filled(state.ResultSelector, { input: result });
    } catch (error) {
      world.signal.throwIfAborted();
      const failure =
        error instanceof StatesError ? error : new StatesError('States.TaskFailed', String(error));
      const retriers = state.Retry ?? [];
      const index = retriers.findIndex((retrier) => isFor(retrier, failure));
      const retrier = retriers[index];
      const before = cursor.tries[index] ?? 0;
      if (retrier === undefined || before >= (retrier.MaxAttempts ?? 3)) throw failure;
      cursor.tries[index] = before + 1;
      await sleep(secondsOf(retrier, before) * world.secondMs, undefined, { signal: world.signal });
    }
  }
}

/** What no States.ALL is for (as above). */
const NEVER_RETRIED = new Set(['States.DataLimitExceeded', 'States.Runtime']);

function isFor({ ErrorEquals }: Retrier, { error }: StatesError): boolean {
  return ErrorEquals.includes(error) || (ErrorEquals.includes('States.ALL') && !NEVER_RETRIED.has(error));
}

function secondsOf(retrier: Retrier, before: number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** before, MaxDelaySeconds);
  return retrier.JitterStrategy === 'FULL' ? seconds * Math.random() : seconds;
}

interface Invocation {
  readonly FunctionName: string;
  readonly Payload: unknown;
}

async function task(state: TaskState, input: unknown, { invoke, signal }: FlowWorld): Promise<unknown> {
  if (!state.Resource.endsWith(':states:::lambda:invoke')) {
    throw new StatesError('States.Runtime', `the sandbox does not know the resource ${state.Resource}`);
  }
  const { FunctionName, Payload } = fits(parameters(state, input)) as Invocation;
  const answer = await stoppable(invoke(FunctionName, Payload).catch(functionError), signal);
  return fits({ ExecutedVersion: '$LATEST', Payload: answer, StatusCode: 200 });
}

/** A stopped execution waits for no call; the function goes on. */
function stoppable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  return Promise.race([promise, stopped]).finally(() => signal.removeEventListener('abort', stop));
}

function functionError(error: Error): never {
  throw new StatesError(
    error.name,
    JSON.stringify({ errorMessage: error.message, errorType: error.name, trace: [] }),
  );
}

/** Developer Guide, "Service quotas": of a task, state or execution. */
const MAX_BYTES = 262_144;

/** Fails where it is more than a state may take or give. */
export function fits<Value>(value: Value): Value {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  if (bytes <= MAX_BYTES) return value;
  throw new StatesError('States.DataLimitExceeded', `${bytes} bytes are more than ${MAX_BYTES}`);
}
