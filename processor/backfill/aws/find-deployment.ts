/** Finds what is deployed under a name, by asking Lambda for its backfill function: all else follows from that. */
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CallError } from '../../../tag-manager/calls/call-failure.ts';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import { deployedNames } from '../../deployed-names.ts';
import { BulkError } from './bulk-error.ts';
import type { Deployment } from './deployment.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

/** What Lambda takes for the name of a function, with what is put behind it. */
const NAME = /^[A-Za-z0-9_-]{1,55}$/;

/** In the account and region of the caller. Throws BulkError where there is none like it, else CallError. */
export async function findDeployment(
  name: string,
  { account, region }: Place,
  calls: Calls,
  signal: AbortSignal,
): Promise<Deployment> {
  if (!NAME.test(name)) {
    throw new BulkError(
      `--deployment ${JSON.stringify(name)}: expected letters, digits, - and _, 55 of them at most`,
    );
  }
  const { backfillFunction, batchRole, stateMachine } = deployedNames(name);
  const where = `in account ${account}, region ${region}`;
  const command = new GetFunctionConfigurationCommand({ FunctionName: backfillFunction });
  const callee = { client: LambdaClient, account: undefined, region };
  const found = await calls
    .make(callee, signal, (client, options) => client.send(command, options))
    .catch((error: unknown) => {
      if (!(error instanceof CallError) || error.failure.class !== 'not-found') throw error;
      throw new BulkError(
        `there is no function ${backfillFunction} ${where}: it is deployed with the option backfillBucketName; --deployment names another deployment, AWS_REGION another region`,
      );
    });
  const settings = found.Environment?.Variables ?? {};
  const bucket = settings.BACKFILL_BUCKET;
  if (bucket === undefined || bucket === '')
    throw new BulkError(`the function ${backfillFunction} ${where} has no BACKFILL_BUCKET: deploy it anew`);
  const functionArn = found.FunctionArn ?? '';
  const partition = functionArn.split(':')[1] ?? 'aws';
  return {
    name,
    partition,
    account,
    region,
    functionArn,
    roleArn: found.Role ?? '',
    settings,
    bucket,
    batchRoleArn: `arn:${partition}:iam::${account}:role/${batchRole}`,
    stateMachineArn: `arn:${partition}:states:${region}:${account}:stateMachine:${stateMachine}`,
  };
}
