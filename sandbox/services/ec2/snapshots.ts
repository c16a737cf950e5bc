/** EBS snapshots: of a volume, of all volumes of an instance, and copies from another region. */
import type { Context, Output } from '../../operation.ts';
import { hex } from '../../random.ts';
import { ec2Arn, findEc2 } from './resource-types.ts';
import { specifiedTags, type TagSpecification, tagSetOf } from './tags.ts';
import type { Volume } from './volumes.ts';

interface Snapshot {
  readonly volumeId: string;
  readonly volumeSize: string;
}

export function createSnapshot(
  context: Context,
  { VolumeId = '', TagSpecification }: { VolumeId?: string; TagSpecification?: readonly TagSpecification[] },
): Output {
  const [volume] = findEc2<Volume>(context, [VolumeId]);
  const tags = specifiedTags(TagSpecification, 'snapshot');
  return add(context, { volumeId: VolumeId, volumeSize: volume?.details.size ?? '8' }, tags);
}

/** One snapshot a volume of the instance. The sandbox's instances have two volumes that only show here. */
export function createSnapshots(
  context: Context,
  input: {
    InstanceSpecification?: { InstanceId?: string; ExcludeBootVolume?: string };
    TagSpecification?: readonly TagSpecification[];
  },
): Output {
  const { InstanceId = '', ExcludeBootVolume } = input.InstanceSpecification ?? {};
  findEc2(context, [InstanceId]);
  const tags = specifiedTags(input.TagSpecification, 'snapshot');
  const volumes = ExcludeBootVolume === 'true' ? 1 : 2;
  return {
    snapshotSet: Array.from({ length: volumes }, () => {
      const { status, ...snapshot } = add(context, { volumeId: `vol-${hex(17)}`, volumeSize: '8' }, tags);
      return { ...snapshot, state: status };
    }),
  };
}

/** The caller's region is the destination. */
export function copySnapshot(
  context: Context,
  input: { SourceRegion?: string; SourceSnapshotId?: string; TagSpecification?: readonly TagSpecification[] },
): Output {
  const { SourceRegion = context.region, SourceSnapshotId = '', TagSpecification } = input;
  const [source] = findEc2<Snapshot>({ ...context, region: SourceRegion }, [SourceSnapshotId]);
  const tags = specifiedTags(TagSpecification, 'snapshot');
  const details = { volumeId: 'vol-ffffffff', volumeSize: source?.details.volumeSize ?? '8' };
  return {
    snapshotId: add(context, details, tags).snapshotId,
    ...(tags.size > 0 && { tagSet: tagSetOf(tags) }),
  };
}

export function deleteSnapshot(context: Context, { SnapshotId = '' }: { SnapshotId?: string }): Output {
  for (const { arn } of findEc2(context, [SnapshotId])) context.world.remove(arn);
  return { return: true };
}

function add(context: Context, details: Snapshot, tags: ReadonlyMap<string, string>) {
  const id = `snap-${hex(17)}`;
  const { account, region, world } = context;
  const snapshot = world.add<Snapshot>({ arn: ec2Arn(context, id), account, region, tags, details });
  return {
    snapshotId: id,
    volumeId: details.volumeId,
    status: 'pending',
    startTime: new Date(snapshot.createdAt),
    progress: '',
    ownerId: account,
    volumeSize: details.volumeSize,
    encrypted: false,
    tagSet: tagSetOf(tags),
  };
}
