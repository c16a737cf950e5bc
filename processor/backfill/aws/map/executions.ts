/** Calls to Step Functions: executions of the deployment's state machine, and the map runs in them. */
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  DescribeMapRunCommand,
  type DescribeMapRunOutput,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CallError } from '../../../../tag-manager/calls/call-failure.ts';
import type { MachineInput } from '../../bulk/machine-input.ts';
import type { BulkWork } from '../bulk-engine.ts';

/** Gives its ARN; that of the one that there is where AWS knows the name already: it is ours, and has the same input. Throws CallError. */
export async function startExecution(work: BulkWork, name: string, input: MachineInput): Promise<string> {
  const { stateMachineArn } = work.deployment;
  const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
  try {
    const { executionArn = '' } = await states(work, (client, options) => client.send(command, options));
    return executionArn;
  } catch (error) {
    if (!isCalled(error, 'ExecutionAlreadyExists')) throw error;
    return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}

/** `undefined` where AWS does not know it any more: it keeps them for 90 days after their end. Throws CallError. */
export async function describeExecution(
  work: BulkWork,
  executionArn: string,
): Promise<DescribeExecutionOutput | undefined> {
  const command = new DescribeExecutionCommand({ executionArn });
  try {
    return await states(work, (client, options) => client.send(command, options));
  } catch (error) {
    if (isCalled(error, 'ExecutionDoesNotExist')) return undefined;
    throw error;
  }
}

/** Throws CallError. */
export async function redriveExecution(work: BulkWork, executionArn: string): Promise<void> {
  const command = new RedriveExecutionCommand({ executionArn });
  await states(work, (client, options) => client.send(command, options));
}

/** What has ended meanwhile is let be. Throws CallError. */
export async function stopExecution(work: BulkWork, executionArn: string): Promise<void> {
  const command = new StopExecutionCommand({ executionArn, cause: 'auto-tagger backfill stop' });
  await states(work, (client, options) => client.send(command, options));
}

/** Throws CallError. */
export async function mapRunsOf(work: BulkWork, executionArn: string): Promise<readonly string[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const command = new ListMapRunsCommand({ executionArn, ...(nextToken !== undefined && { nextToken }) });
    const page = await states(work, (client, options) => client.send(command, options));
    arns.push(...(page.mapRuns ?? []).flatMap(({ mapRunArn }) => mapRunArn ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return arns;
}

/** Throws CallError. */
export function describeMapRun(work: BulkWork, mapRunArn: string): Promise<DescribeMapRunOutput> {
  const command = new DescribeMapRunCommand({ mapRunArn });
  return states(work, (client, options) => client.send(command, options));
}

type Send<Output> = (client: SFNClient, options: { readonly abortSignal: AbortSignal }) => Promise<Output>;

function states<Output>({ calls, deployment, signal }: BulkWork, send: Send<Output>): Promise<Output> {
  return calls.make({ client: SFNClient, account: undefined, region: deployment.region }, signal, send);
}

function isCalled(error: unknown, name: string): boolean {
  return error instanceof CallError && error.failure.error === name;
}
