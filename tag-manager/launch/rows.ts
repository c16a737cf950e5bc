/**
 * What is made on the way to something else and that no record names, a row a type: which call tells of it, how its answer
 * looks, and what of that was made then and was not there before.
 */
import type { TemplateMembers } from '../apis/api.ts';

export interface LaunchRow {
  /** Service and type, and what several of them are called. */
  readonly resourceType: string;
  readonly noun: string;
  /** What it is made on the way to. */
  readonly madeWith: string;
  /** The tagging API of both, whose service is asked. */
  readonly api: string;
  readonly call: string;
  /** The IAM action that it takes. */
  readonly action: string;
  /** The filter whose values are ids of `madeWith`. */
  readonly filter: string;
  /** What the request holds besides. */
  readonly request?: Readonly<Record<string, readonly string[]>>;
  /**
   * The answer as it looks, by the names on the wire: `$of` is the id of `madeWith`, `$id` that of what was made, `$createdAt`
   * and `$attachedAt` are times. What stands around a list goes for each of its items.
   */
  readonly out: TemplateMembers;
  readonly id: RegExp;
  /** More of them than one can have. */
  readonly maxEach: number;
  /** How its times tell that it was made then; where there are none, all that is shown was. */
  readonly born?: Birth;
  /** The pages that say so. */
  readonly source: string;
}

export interface Birth {
  /** Before and behind the launch it may have been created. */
  readonly earlierMs: number;
  readonly laterMs: number;
  /** How far its creation and its attachment may be apart. */
  readonly attachedMs: number;
}

export const LAUNCH_ROWS: readonly LaunchRow[] = [
  {
    resourceType: 'ec2:volume',
    noun: 'volumes',
    madeWith: 'ec2:instance',
    api: 'ec2:CreateTags',
    call: 'DescribeVolumes',
    action: 'ec2:DescribeVolumes',
    filter: 'attachment.instance-id',
    out: {
      'volumeSet[item]': [
        {
          volumeId: '$id',
          createTime: '$createdAt',
          'attachmentSet[item]': [{ instanceId: '$of', attachTime: '$attachedAt' }],
        },
      ],
      nextToken: '$next',
    },
    id: /^vol-[0-9a-f]{8}(?:[0-9a-f]{9})?$/,
    // EBS user guide, "Amazon EBS volume limits for Amazon EC2 instances": at most 128.
    maxEach: 128,
    /**
     * A launch attaches what it creates at once, and says so to the second. Nobody else can: AttachVolume takes a volume that is
     * `available` and an instance that is running (EC2 API reference, `DescribeVolumes`, `AttachVolume`).
     */
    born: { earlierMs: 5_000, laterMs: 30_000, attachedMs: 2_000 },
    source: 'AWSEC2/latest/APIReference/API_DescribeVolumes; AWSEC2/latest/APIReference/API_VolumeAttachment',
  },
  {
    resourceType: 'ec2:snapshot',
    noun: 'snapshots',
    madeWith: 'ec2:image',
    api: 'ec2:CreateTags',
    call: 'DescribeImages',
    action: 'ec2:DescribeImages',
    filter: 'image-id',
    request: { Owner: ['self'] },
    out: {
      'imagesSet[item]': [{ imageId: '$of', 'blockDeviceMapping[item]': [{ ebs: { snapshotId: '$id' } }] }],
      nextToken: '$next',
    },
    id: /^snap-[0-9a-f]{8}(?:[0-9a-f]{9})?$/,
    // As many as an instance has volumes.
    maxEach: 128,
    // CreateImage takes a snapshot of each volume of the instance; a mapping of the request may name others, which the record tells.
    // CopyImage copies each (EC2 user guide, "How Amazon EC2 AMI copy works": identical but distinct), and shows none until it is done.
    source: 'AWSEC2/latest/APIReference/API_CreateImage; AWSEC2/latest/APIReference/API_DescribeImages',
  },
];

/** Whether it was created when `launchedAt` something was launched. */
export function isBornWith(
  { born }: Pick<LaunchRow, 'born'>,
  { createdAt, attachedAt }: { readonly createdAt: number; readonly attachedAt: number },
  launchedAt: number,
): boolean {
  if (born === undefined) return true;
  const age = createdAt - launchedAt;
  const isThen = age >= -born.earlierMs && age <= born.laterMs;
  return isThen && Math.abs(attachedAt - createdAt) <= born.attachedMs; // a time that is none compares as false
}
