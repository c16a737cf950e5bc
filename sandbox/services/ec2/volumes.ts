/** EBS volumes. */
import type { Context, Input, Output } from '../../operation.ts';
import { hex } from '../../random.ts';
import { ownResources } from '../common.ts';
import { withClientToken } from './client-token.ts';
import { checkFilters, type Filter, type Paging, pageOf } from './describe.ts';
import { ec2Arn, findEc2 } from './resource-types.ts';
import { specifiedTags, type TagSpecification, tagSetOf } from './tags.ts';

export interface Volume {
  /** In GiB, as text: so EC2 and its records write it. */
  readonly size: string;
  readonly attachments?: readonly Attachment[];
}

export interface Attachment {
  readonly instanceId: string;
  /** Epoch milliseconds. */
  readonly attachedAt: number;
}

/** Of what launches create. */
const ROOT = { size: '8' };

/** What a launch creates for an instance, and attaches at once: a volume for its root, and one for each that is asked for. */
export function launchVolumes(
  context: Context,
  instanceId: string,
  count: number,
  specifications: readonly TagSpecification[] | undefined,
): void {
  const { account, region, world } = context;
  const attachedAt = Math.floor(world.clock.now() / 1000) * 1000;
  for (let at = 0; at < count; at++) {
    world.add<Volume>({
      arn: ec2Arn(context, `vol-${hex(17)}`),
      account,
      region,
      tags: specifiedTags(specifications, 'volume'),
      details: { ...ROOT, attachments: [{ instanceId, attachedAt }] },
    });
  }
}

/** Those that a launch created go with the instance, and the others stay. */
export function removeLaunched(context: Context, instanceId: string, createdAt: number): void {
  for (const { arn, details, createdAt: born } of ownResources<Volume>(context, 'ec2', 'volume')) {
    const isIts = details.attachments?.some((each) => each.instanceId === instanceId) ?? false;
    if (isIts && born - createdAt < LAUNCH_MS) context.world.remove(arn);
  }
}

const LAUNCH_MS = 1_000;

const FILTERS = ['attachment.instance-id'];

export function describeVolumes(
  context: Context,
  { Filter: filters = [], ...paging }: Paging & { Filter?: readonly Filter[] },
): Output {
  checkFilters(filters, FILTERS);
  const volumes = ownResources<Volume>(context, 'ec2', 'volume').filter(({ details }) =>
    filters.every(({ Value = [] }) =>
      (details.attachments ?? []).some(({ instanceId }) => Value.includes(instanceId)),
    ),
  );
  const { page, nextToken } = pageOf(volumes, paging);
  return {
    volumeSet: page.map(({ name, createdAt, region, tags, details: { size = '8', attachments = [] } }) => ({
      volumeId: name,
      size,
      availabilityZone: `${region}a`,
      status: attachments.length > 0 ? 'in-use' : 'available',
      createTime: new Date(createdAt),
      attachmentSet: attachments.map(({ instanceId, attachedAt }) => ({
        volumeId: name,
        instanceId,
        device: '/dev/sda1',
        status: 'attached',
        attachTime: new Date(attachedAt),
        deleteOnTermination: true,
      })),
      tagSet: tagSetOf(tags),
    })),
    ...(nextToken !== undefined && { nextToken }),
  };
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
