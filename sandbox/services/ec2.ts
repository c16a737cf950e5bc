/** EC2: the table of operations. What they do is in the folder beside this file. */
import { AwsError } from '../aws-error.ts';
import type { Input, Operation, Service } from '../operation.ts';
import { ec2Query } from '../protocols/query.ts';
import { hostOf } from './common.ts';
import { describeImages } from './ec2/images.ts';
import { describeInstances, runInstances, terminateInstances } from './ec2/instances.ts';
import { createSecurityGroup, deleteSecurityGroup } from './ec2/security-groups.ts';
import { copySnapshot, createSnapshot, createSnapshots, deleteSnapshot } from './ec2/snapshots.ts';
import { createTags, deleteTags, describeTags } from './ec2/tags.ts';
import {
  requestParametersOf,
  responseElementsOf,
  runInstancesParameters,
  wrapped,
} from './ec2/trail-spelling.ts';
import { createVolume, deleteVolume, describeVolumes } from './ec2/volumes.ts';

export const ec2: Service = {
  name: 'ec2',
  eventSource: 'ec2.amazonaws.com',
  eventVersion: '1.11',
  protocol: ec2Query('http://ec2.amazonaws.com/doc/2016-11-15/'),
  // AWSEC2/latest/APIReference/errors-overview
  unknownKey: ['AuthFailure', 401, 'AWS was not able to validate the provided access credentials'],
  denied: ['UnauthorizedOperation', 403],
  throttled: ['RequestLimitExceeded', 503, 'Request limit exceeded.'],
  spelling: {
    request: requestParametersOf,
    response: responseElementsOf,
    host: (_, call) => hostOf('ec2', call),
    errorCode: ({ code, status }) =>
      `${status < 500 || code === 'RequestLimitExceeded' ? 'Client' : 'Server'}.${code}`,
  },
  operations: {
    RunInstances: {
      run: mayBeDry(runInstances),
      trail: {
        request: runInstancesParameters,
        resources: (_, { instancesSet }, { account, region, partition }) =>
          (instancesSet as { instanceId: string }[]).map(({ instanceId }) => ({
            type: 'AWS::EC2::Instance',
            arn: `arn:${partition}:ec2:${region}:${account}:instance/${instanceId}`,
          })),
      },
    },
    TerminateInstances: { run: mayBeDry(terminateInstances) },
    DescribeInstances: { run: describeInstances },
    CreateVolume: {
      run: mayBeDry(createVolume),
      trail: {
        response: ({ availabilityZone: zone, ...volume }, call) =>
          responseElementsOf({ ...volume, zone }, call),
      },
    },
    DescribeVolumes: { run: describeVolumes },
    DescribeImages: { run: describeImages },
    DeleteVolume: { run: mayBeDry(deleteVolume) },
    CreateSnapshot: { run: mayBeDry(createSnapshot) },
    CreateSnapshots: { run: mayBeDry(createSnapshots), trail: wrapped('CreateSnapshots') },
    CopySnapshot: { run: mayBeDry(copySnapshot) },
    DeleteSnapshot: { run: mayBeDry(deleteSnapshot) },
    CreateSecurityGroup: { run: mayBeDry(createSecurityGroup) },
    DeleteSecurityGroup: { run: mayBeDry(deleteSecurityGroup) },
    CreateTags: { run: mayBeDry(createTags) },
    DeleteTags: { run: mayBeDry(deleteTags) },
    DescribeTags: { run: describeTags },
    DescribeRegions: { run: describeRegions },
  },
};

/** AWSEC2/latest/APIReference/errors-overview: the answer to an allowed request with DryRun is an error. */
function mayBeDry(run: Operation['run']): Operation['run'] {
  return (context, input: Input) => {
    if (input.DryRun !== 'true') return run(context, input);
    throw new AwsError('DryRunOperation', 412, 'Request would have succeeded, but DryRun flag is set.');
  };
}

const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-east-2', 'us-west-2'];

function describeRegions() {
  return {
    regionInfo: REGIONS.map((regionName) => ({
      regionName,
      regionEndpoint: `ec2.${regionName}.amazonaws.com`,
      optInStatus: 'opt-in-not-required',
    })),
  };
}
