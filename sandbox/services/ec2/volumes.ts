/** EBS volumes. */
import type { Context, Input, Output } from '../../operation.ts';
import { hex } from '../../random.ts';
import { withClientToken } from './client-token.ts';
import { ec2Arn, findEc2 } from './resource-types.ts';
import { specifiedTags, type TagSpecification, tagSetOf } from './tags.ts';

export interface Volume {
  /** In GiB, as text: so EC2 and its records write it. */
  readonly size: string;
}

export function createVolume(
  context: Context,
  input: Input & {
    Size?: string;
    AvailabilityZone?: string;
    VolumeType?: string;
    TagSpecification?: readonly TagSpecification[];
  },
): Output {
  const {
    Size: size = '8',
    AvailabilityZone: zone = `${context.region}a`,
    VolumeType: volumeType = 'gp2',
  } = input;
  return withClientToken(context, input, () => {
    const id = `vol-${hex(17)}`;
    const tags = specifiedTags(input.TagSpecification, 'volume');
    const { account, region, world } = context;
    const volume = world.add<Volume>({ arn: ec2Arn(context, id), account, region, tags, details: { size } });
    return {
      volumeId: id,
      size,
      availabilityZone: zone,
      status: 'creating',
      createTime: new Date(volume.createdAt),
      volumeType,
      iops: 100,
      encrypted: false,
      tagSet: tagSetOf(tags),
      multiAttachEnabled: false,
    };
  });
}

export function deleteVolume(context: Context, { VolumeId = '' }: { VolumeId?: string }): Output {
  for (const { arn } of findEc2(context, [VolumeId])) context.world.remove(arn);
  return { return: true };
}
