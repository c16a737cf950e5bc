/**
 * Step Functions: executions of standard state machines that a test has put as a resource (`arn:aws:states:…:stateMachine:…` with the
 * `definition` among its details), carried out by their definition (step-functions/latest/apireference). Functions are called as the
 * sandbox's option `invoke` says.
 */
import { AwsError } from '../aws-error.ts';
import type { Context, Output, Service } from '../operation.ts';
import { awsJson } from '../protocols/json.ts';
import type { Resource } from '../world.ts';
import { ownResource, plainSpelling } from './common.ts';
import type { Flow } from './step-functions/definition.ts';
import { type Cursor, run, startOf } from './step-functions/flow.ts';
import { carryOut, countsOf, type MapRun, newMapRun } from './step-functions/map-run.ts';
import { StatesError } from './step-functions/states-error.ts';

export const stepFunctions: Service = {
  name: 'states',
  eventSource: 'states.amazonaws.com',
  eventVersion: '1.08',
  protocol: awsJson({ namespace: 'com.amazonaws.swf.service.v2.model', version: '1.0' }),
  unknownKey: ['UnrecognizedClientException', 400, 'The security token included in the request is invalid.'],
  denied: ['AccessDeniedException', 400],
  throttled: ['ThrottlingException', 400, 'Rate exceeded'],
  spelling: plainSpelling('states'),
  operations: {
    StartExecution: { run: startExecution, unrecorded: true },
    DescribeExecution: { run: describeExecution, unrecorded: true },
    StopExecution: { run: stopExecution, unrecorded: true },
    RedriveExecution: { run: redriveExecution, unrecorded: true },
    ListMapRuns: { run: listMapRuns, unrecorded: true },
    DescribeMapRun: { run: describeMapRun, unrecorded: true },
  },
};

interface Machine {
  readonly definition: Flow;
}

interface Execution {
  readonly machine: string;
  readonly flow: Flow;
  readonly name: string;
  readonly input: string;
  readonly cursor: Cursor;
  readonly startDate: number;
  readonly mapRuns: MapRun[];
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  stopping: AbortController;
  /** Of what goes on, also after it was stopped. */
  underWay: Promise<void>;
  stopDate?: number;
  output?: string;
  failure?: Pick<StatesError, 'error' | 'cause'>;
  redriveCount: number;
  redriveDate?: number;
}

interface StartInput {
  readonly stateMachineArn?: string;
  readonly name?: string;
  readonly input?: string;
}

/** API_StartExecution: idempotent by name and input while it runs; a name is taken for 90 days after that. */
function startExecution(
  context: Context,
  { stateMachineArn = '', name = '', input = '{}' }: StartInput,
): Output {
  const machine = ownResource<Machine>(context, stateMachineArn);
  if (machine === undefined) {
    throw new AwsError('StateMachineDoesNotExist', 400, `State Machine Does Not Exist: '${stateMachineArn}'`);
  }
  if (!/^[\w.-]{1,80}$/.test(name)) throw new AwsError('InvalidName', 400, `Invalid Name: '${name}'`);
  const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const known = context.world.resources.get(arn) as Resource<Execution> | undefined;
  if (known !== undefined) {
    const { status, input: former, startDate } = known.details;
    if (status === 'RUNNING' && former === input)
      return { executionArn: arn, startDate: new Date(startDate) };
    throw new AwsError('ExecutionAlreadyExists', 400, `Execution Already Exists: '${arn}'`);
  }
  const flow = machine.details.definition;
  const { account, region, world } = context;
  const execution: Execution = {
    machine: stateMachineArn,
    flow,
    name,
    input,
    cursor: startOf(flow, JSON.parse(input)),
    startDate: world.clock.now(),
    mapRuns: [],
    status: 'RUNNING',
    stopping: new AbortController(),
    underWay: Promise.resolve(),
    redriveCount: 0,
  };
  world.add<Execution>({ arn, account, region, details: execution });
  goOn(arn, execution, context);
  return { executionArn: arn, startDate: new Date(execution.startDate) };
}

/** From where its cursor stands; what of an earlier attempt is still under way is waited for. */
function goOn(arn: string, execution: Execution, { world, account, region }: Context): void {
  const { signal } = execution.stopping;
  const before = execution.underWay;
  const flow = {
    invoke: world.invoke,
    secondMs: world.secondMs,
    signal,
    map: async (name: string, state: MapRun['state'], input: unknown) => {
      const left = execution.mapRuns.at(-1);
      const mapRun = left?.status === 'SUCCEEDED' || left?.state !== state ? undefined : left;
      const current = mapRun ?? newMapRun(arn, name, state, world.clock.now());
      if (mapRun === undefined) execution.mapRuns.push(current);
      return carryOut(current, input, { world, place: { account, region }, flow });
    },
  };
  const end = (status: Execution['status'], more: Partial<Execution>) => {
    if (execution.status === 'RUNNING' && !signal.aborted) {
      Object.assign(execution, { status, stopDate: world.clock.now(), ...more });
    }
  };
  execution.underWay = before
    .then(() => run(execution.flow, execution.cursor, flow))
    .then(
      (output) => end('SUCCEEDED', { output: JSON.stringify(output) }),
      (error: unknown) => {
        const { error: name, cause } =
          error instanceof StatesError ? error : new StatesError('States.Runtime', String(error));
        end('FAILED', { failure: { error: name, cause } });
      },
    );
}

function open({ world, account, region }: Context, arn: string): Execution {
  const found = world.resources.get(arn) as Resource<Execution> | undefined;
  if (found?.account === account && found.region === region && found.type === 'execution')
    return found.details;
  throw new AwsError('ExecutionDoesNotExist', 400, `Execution Does Not Exist: '${arn}'`);
}

function describeExecution(context: Context, { executionArn = '' }: { executionArn?: string }): Output {
  const execution = open(context, executionArn);
  const { machine, name, input, startDate, stopDate, status, output, failure } = execution;
  const reason = notRedrivable(execution, context.at);
  return {
    executionArn,
    stateMachineArn: machine,
    name,
    status,
    startDate: new Date(startDate),
    ...(stopDate !== undefined && { stopDate: new Date(stopDate) }),
    input,
    inputDetails: { included: true },
    ...(output !== undefined && { output, outputDetails: { included: true } }),
    ...failure,
    redriveCount: execution.redriveCount,
    ...(execution.redriveDate !== undefined && { redriveDate: new Date(execution.redriveDate) }),
    redriveStatus: reason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(reason !== undefined && { redriveStatusReason: reason }),
  };
}

interface StopInput {
  readonly executionArn?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** What the functions do that were called goes on; nobody hears of it. */
function stopExecution(context: Context, { executionArn = '', error, cause }: StopInput): Output {
  const execution = open(context, executionArn);
  const stopDate = execution.stopDate ?? context.world.clock.now();
  if (execution.status === 'RUNNING') {
    const failure = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
    Object.assign(execution, { status: 'ABORTED', stopDate, failure });
    execution.stopping.abort(new Error('the execution was stopped'));
  }
  return { stopDate: new Date(stopDate) };
}

const REDRIVABLE_MS = 14 * 24 * 60 * 60 * 1000;

/** In the words of API_DescribeExecution. */
function notRedrivable({ status, stopDate = 0 }: Execution, now: number): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  return now - stopDate > REDRIVABLE_MS ? 'Execution redrivable period exceeded' : undefined;
}

/** API_RedriveExecution. */
function redriveExecution(context: Context, { executionArn = '' }: { executionArn?: string }): Output {
  const execution = open(context, executionArn);
  const reason = notRedrivable(execution, context.at);
  if (reason !== undefined) throw new AwsError('ExecutionNotRedrivable', 400, reason);
  const redriveDate = context.world.clock.now();
  Object.assign(execution, { status: 'RUNNING', stopping: new AbortController(), redriveDate });
  execution.redriveCount++;
  execution.cursor.tries = [];
  delete execution.stopDate;
  delete execution.failure;
  goOn(executionArn, execution, context);
  return { redriveDate: new Date(redriveDate) };
}

const PAGE = 2; // small, so that clients go through several

function listMapRuns(
  context: Context,
  { executionArn = '', nextToken = '0' }: { executionArn?: string; nextToken?: string },
): Output {
  const { mapRuns, machine } = open(context, executionArn);
  const end = Number(nextToken) + PAGE;
  return {
    mapRuns: mapRuns.slice(Number(nextToken), end).map(({ arn, startDate, stopDate }) => ({
      executionArn,
      mapRunArn: arn,
      stateMachineArn: machine,
      startDate: new Date(startDate),
      ...(stopDate !== undefined && { stopDate: new Date(stopDate) }),
    })),
    ...(end < mapRuns.length && { nextToken: String(end) }),
  };
}

function describeMapRun(context: Context, { mapRunArn = '' }: { mapRunArn?: string }): Output {
  const machine = mapRunArn.replace(':mapRun:', ':execution:').replace(/\/.*$/, ':');
  const executions = [...context.world.resources.values()].filter(({ arn }) => arn.startsWith(machine));
  const mapRun = executions
    .flatMap(({ details }) => (details as Execution).mapRuns)
    .find(({ arn }) => arn === mapRunArn);
  if (mapRun === undefined) throw new AwsError('ResourceNotFound', 400, `Resource not found: '${mapRunArn}'`);
  const { state, startDate, stopDate, redriveDate } = mapRun;
  return {
    executionArn: mapRun.executionArn,
    mapRunArn,
    status: mapRun.status,
    startDate: new Date(startDate),
    ...(stopDate !== undefined && { stopDate: new Date(stopDate) }),
    maxConcurrency: state.MaxConcurrency ?? 0,
    toleratedFailurePercentage: state.ToleratedFailurePercentage ?? 0,
    toleratedFailureCount: state.ToleratedFailureCount ?? 0,
    itemCounts: countsOf(mapRun, ({ items }) => items),
    executionCounts: countsOf(mapRun, () => 1),
    redriveCount: mapRun.redriveCount,
    ...(redriveDate !== undefined && { redriveDate: new Date(redriveDate) }),
  };
}
