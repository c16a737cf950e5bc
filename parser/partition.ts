/**
 * The AWS partitions that we serve, and which of them a region belongs to. A region decides which host is
 * called, so one that a record names counts only when it has the form of a region of a known partition.
 */

export type PartitionName = 'aws' | 'aws-cn' | 'aws-us-gov';

export interface Partition {
  readonly name: PartitionName;
  /** Forms of its regions, as in the SDK's endpoint rules (@aws-sdk/util-endpoints, partitions.json). */
  readonly regions: RegExp;
  readonly dnsSuffix: string;
}

export const PARTITIONS: readonly Partition[] = [
  {
    name: 'aws',
    regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-(central|north|south|(north|south)?(east|west))-\d{1,2}$/,
    dnsSuffix: 'amazonaws.com',
  },
  { name: 'aws-cn', regions: /^cn-[a-z]+-\d{1,2}$/, dnsSuffix: 'amazonaws.com.cn' },
  { name: 'aws-us-gov', regions: /^us-gov-[a-z]+-\d{1,2}$/, dnsSuffix: 'amazonaws.com' },
];

export function partitionNamed(name: string | undefined): Partition | undefined {
  return PARTITIONS.find((partition) => partition.name === name);
}

/** The partition of a well-formed region, `undefined` for anything else. */
export function partitionOf(region: string): Partition | undefined {
  return PARTITIONS.find((partition) => partition.regions.test(region));
}
