/** Parameter Store of Systems Manager: parameters that were put, read one at a time (systems-manager/latest/APIReference). */
import { AwsError } from '../aws-error.ts';
import type { Context, Output, Service } from '../operation.ts';
import { awsJson } from '../protocols/json.ts';
import { plainSpelling } from './common.ts';

export const parameterStore: Service = {
  name: 'ssm',
  eventSource: 'ssm.amazonaws.com',
  eventVersion: '1.08',
  protocol: awsJson({ namespace: 'com.amazonaws.ssm', version: '1.1' }),
  unknownKey: ['UnrecognizedClientException', 400, 'The security token included in the request is invalid.'],
  denied: ['AccessDeniedException', 400],
  throttled: ['ThrottlingException', 400, 'Rate exceeded'],
  spelling: plainSpelling('ssm'),
  operations: { GetParameter: { run: getParameter, unrecorded: true } },
};

function getParameter(
  { account, region, world, partition }: Context,
  { Name = '' }: { Name?: string },
): Output {
  const Value = world.parameters.get(parameterKey({ account, region, name: Name }));
  if (Value === undefined) throw new AwsError('ParameterNotFound', 400, '');
  const ARN = `arn:${partition}:ssm:${region}:${account}:parameter/${Name.replace(/^\//, '')}`;
  return { Parameter: { Name, Value, Type: 'String', Version: 1, DataType: 'text', ARN } };
}

/** Names are of their account and region. */
export function parameterKey({
  account,
  region,
  name,
}: {
  account: string;
  region: string;
  name: string;
}): string {
  return `${account} ${region} ${name}`;
}
