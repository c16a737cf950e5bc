/** Security groups: a name is unique within its VPC. */
import { AwsError } from '../../aws-error.ts';
import type { Context, Output } from '../../operation.ts';
import { hex } from '../../random.ts';
import { ownResources } from '../common.ts';
import { ec2Arn, findEc2 } from './resource-types.ts';
import { specifiedTags, type TagSpecification, tagSetOf } from './tags.ts';

interface SecurityGroup {
  readonly groupName: string;
  readonly vpcId: string;
}

export function createSecurityGroup(
  context: Context,
  input: { GroupName?: string; VpcId?: string; TagSpecification?: readonly TagSpecification[] },
): Output {
  const { GroupName: groupName = '', VpcId: vpcId = 'vpc-0123456789abcdef0', TagSpecification } = input;
  const groups = ownResources<SecurityGroup>(context, 'ec2', 'security-group');
  if (groups.some(({ details }) => details.groupName === groupName && details.vpcId === vpcId)) {
    const message = `The security group '${groupName}' already exists for VPC '${vpcId}'`;
    throw new AwsError('InvalidGroup.Duplicate', 400, message);
  }
  const id = `sg-${hex(17)}`;
  const tags = specifiedTags(TagSpecification, 'security-group');
  const { account, region, world } = context;
  world.add<SecurityGroup>({
    arn: ec2Arn(context, id),
    account,
    region,
    tags,
    details: { groupName, vpcId },
  });
  return { return: true, groupId: id, ...(tags.size > 0 && { tagSet: tagSetOf(tags) }) };
}

export function deleteSecurityGroup(context: Context, { GroupId = '' }: { GroupId?: string }): Output {
  for (const { arn } of findEc2(context, [GroupId])) context.world.remove(arn);
  return { return: true, groupId: GroupId };
}
