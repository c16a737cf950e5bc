/** EC2 instances. A terminated instance is gone at once, where AWS shows it for an hour. */
import { AwsError } from '../../aws-error.ts';
import type { Context, Input, Output } from '../../operation.ts';
import { hex } from '../../random.ts';
import type { Resource } from '../../world.ts';
import { ownResources } from '../common.ts';
import { withClientToken } from './client-token.ts';
import { ec2Arn, findEc2 } from './resource-types.ts';
import { specifiedTags, type TagSpecification, tagSetOf } from './tags.ts';
import { launchVolumes, removeLaunched } from './volumes.ts';

interface Instance {
  readonly imageId: string;
  readonly instanceType: string;
}

export function runInstances(
  context: Context,
  input: Input & {
    MinCount?: string;
    MaxCount?: string;
    ImageId?: string;
    InstanceType?: string;
    BlockDeviceMapping?: readonly { readonly Ebs?: unknown }[];
    TagSpecification?: readonly TagSpecification[];
  },
): Output {
  const { MaxCount = '1', MinCount = MaxCount, ImageId: imageId = 'ami-0123456789abcdef0' } = input;
  const { InstanceType: instanceType = 'm1.small', BlockDeviceMapping = [], TagSpecification } = input;
  const volumes = 1 + BlockDeviceMapping.filter(({ Ebs }) => Ebs !== undefined).length;
  const count = Number(MaxCount);
  if (Number(MinCount) > count) throw new AwsError('InvalidParameterValue', 400, 'MinCount is over MaxCount');
  return withClientToken(context, input, () => {
    const tags = specifiedTags(TagSpecification, 'instance');
    const instances = Array.from({ length: count }, () => {
      const id = `i-${hex(17)}`;
      launchVolumes(context, id, volumes, TagSpecification);
      return context.world.add<Instance>({
        arn: ec2Arn(context, id),
        account: context.account,
        region: context.region,
        tags,
        details: { imageId, instanceType },
      });
    });
    return {
      reservationId: `r-${hex(17)}`,
      ownerId: context.account,
      groupSet: [],
      instancesSet: instances.map((instance, index) => ({
        ...shown(instance, 0, 'pending'),
        amiLaunchIndex: index,
        ...(typeof input.ClientToken === 'string' && { clientToken: input.ClientToken }),
      })),
    };
  });
}

export function terminateInstances(
  context: Context,
  { InstanceId = [] }: { InstanceId?: readonly string[] },
): Output {
  const instances = findEc2<Instance>(context, InstanceId);
  for (const { arn, name, createdAt } of instances) {
    removeLaunched(context, name, createdAt);
    context.world.remove(arn);
  }
  return {
    instancesSet: instances.map(({ name }) => ({
      instanceId: name,
      currentState: { code: 32, name: 'shutting-down' },
      previousState: { code: 16, name: 'running' },
    })),
  };
}

export function describeInstances(
  context: Context,
  { InstanceId }: { InstanceId?: readonly string[] },
): Output {
  const instances = InstanceId
    ? findEc2<Instance>(context, InstanceId)
    : ownResources<Instance>(context, 'ec2', 'instance');
  return {
    reservationSet: instances.map((instance) => ({
      reservationId: `r-${instance.name.slice(2)}`,
      ownerId: context.account,
      instancesSet: [shown(instance, 16, 'running')],
    })),
  };
}

function shown({ name, details, createdAt, region, tags }: Resource<Instance>, code: number, state: string) {
  return {
    instanceId: name,
    imageId: details.imageId,
    instanceState: { code, name: state },
    instanceType: details.instanceType,
    launchTime: new Date(createdAt),
    placement: { availabilityZone: `${region}a`, tenancy: 'default' },
    blockDeviceMapping: [],
    tagSet: tagSetOf(tags),
  };
}
