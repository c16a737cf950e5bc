/** Records of calls that make stacks, written as CloudTrail writes them. */
import type { CloudTrailRecord } from '../../parser/record.ts';
import { ACCOUNT } from './fixtures.ts';

const HOME = 'eu-west-1';

/** Whoever makes it of this name has the same id. */
export const stackArn = (name: string, region = HOME): string =>
  `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${name}/0f3b9d00-acdc-11ef-a992-0abfc302ccc4`;

let events = 0;

/** `CreateStack`, as in the CloudFormation User Guide, "Logging AWS CloudFormation API calls with AWS CloudTrail". */
export function createStack(name: string, by = 'anna', more: Readonly<Record<string, unknown>> = {}) {
  return {
    eventVersion: '1.11',
    eventID: `3c1d5e2a-0000-4000-8000-${String(events++).padStart(12, '0')}`,
    eventTime: '2025-03-04T10:00:00Z',
    eventSource: 'cloudformation.amazonaws.com',
    eventName: 'CreateStack',
    awsRegion: HOME,
    recipientAccountId: ACCOUNT,
    sourceIPAddress: '192.0.2.7',
    userIdentity: {
      type: 'IAMUser',
      accountId: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:user/${by}`,
      userName: by,
    },
    requestParameters: { stackName: name, parameters: [], tags: [{ key: 'Team', value: 'blue' }] },
    responseElements: { stackId: stackArn(name) },
    ...more,
  } satisfies CloudTrailRecord;
}

/** As the CDK and `aws cloudformation deploy` make a stack, and change one. */
export function createChangeSet(name: string, changeSetType: string | undefined, by = 'anna') {
  const id = `arn:aws:cloudformation:${HOME}:${ACCOUNT}:changeSet/cdk/1f3b9d00-acdc-11ef-a992-0abfc302ccc4`;
  return createStack(name, by, {
    eventName: 'CreateChangeSet',
    requestParameters: { stackName: name, changeSetName: 'cdk', ...(changeSetType && { changeSetType }) },
    responseElements: { id, stackId: stackArn(name) },
  });
}
