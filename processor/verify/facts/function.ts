/** The function as Lambda describes it, and its environment as the function would read it. */
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  LambdaClient,
  ListEventSourceMappingsCommand,
  type ListEventSourceMappingsCommandOutput,
} from '@aws-sdk/client-lambda';
import { readSettings, SettingsError } from '../../runtime/settings.ts';
import { type Answer, foundIn, mapAnswer } from '../answer.ts';
import type { Asker } from '../asker.ts';
import type { Configuration, FunctionFacts, Mapping, SettingsFact } from './facts.ts';

export async function lookUpFunction({ ask }: Asker, FunctionName: string): Promise<FunctionFacts> {
  const [configuration, concurrency, mappings] = await Promise.all([
    ask('lambda:GetFunctionConfiguration', LambdaClient, (client, options) =>
      client.send(new GetFunctionConfigurationCommand({ FunctionName }), options),
    ),
    ask('lambda:GetFunctionConcurrency', LambdaClient, (client, options) =>
      client.send(new GetFunctionConcurrencyCommand({ FunctionName }), options),
    ),
    // One page: a function that more than 100 queues invoke is not one of ours.
    ask('lambda:ListEventSourceMappings', LambdaClient, (client, options) =>
      client.send(new ListEventSourceMappingsCommand({ FunctionName }), options),
    ),
  ]);
  return {
    configuration: mapAnswer(configuration, configurationOf),
    reserved: mapAnswer(concurrency, ({ ReservedConcurrentExecutions: reserved }) => reserved),
    mappings: mapAnswer(mappings, mappingsOf),
  };
}

function configurationOf(output: GetFunctionConfigurationCommandOutput): Configuration {
  const { FunctionArn = '', Role = '', Runtime = '', MemorySize = 0, Timeout = 0 } = output;
  const { State = 'Active', StateReason = '', LastUpdateStatus = 'Successful', Environment } = output;
  const { FunctionName = '', LoggingConfig } = output;
  return {
    arn: FunctionArn,
    role: Role,
    runtime: Runtime,
    memoryMiB: MemorySize,
    timeoutSeconds: Timeout,
    state: State,
    stateReason: StateReason,
    lastUpdate: LastUpdateStatus,
    logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`,
    environment: Environment?.Variables ?? {},
  };
}

function mappingsOf({ EventSourceMappings = [] }: ListEventSourceMappingsCommandOutput): readonly Mapping[] {
  return EventSourceMappings.flatMap((mapping) => {
    const { EventSourceArn = '', State = '', FunctionResponseTypes = [], ScalingConfig } = mapping;
    if (EventSourceArn.split(':')[2] !== 'sqs') return [];
    return {
      id: mapping.UUID ?? '',
      queueArn: EventSourceArn,
      state: State,
      reportsFailures: FunctionResponseTypes.includes('ReportBatchItemFailures'),
      windowSeconds: mapping.MaximumBatchingWindowInSeconds ?? 0,
      maximumConcurrency: ScalingConfig?.MaximumConcurrency,
    };
  });
}

/** By the code that the function reads them with. */
export function settingsOf(configuration: Answer<Configuration>, region: string): SettingsFact {
  const environment = foundIn(configuration)?.environment;
  if (environment === undefined) return { kind: 'none' };
  try {
    return { kind: 'read', settings: readSettings({ ...environment, AWS_REGION: region }, 'function') };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { kind: 'refused', problem: error.message };
  }
}
