/**
 * EC2 ids: which type of resource a prefix stands for, how its ARN is built, and how EC2 says that it is not there
 * (AWSEC2/latest/APIReference/errors-overview; the messages as clients of the API report them).
 */
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../operation.ts';
import type { Resource } from '../../world.ts';

interface Ec2Type {
  readonly prefix: string;
  readonly type: string;
  readonly notFound: string;
  message(ids: readonly string[]): string;
}

const named =
  (noun: string) =>
  (ids: readonly string[]): string =>
    ids.length === 1
      ? `The ${noun} '${ids[0]}' does not exist`
      : `The ${noun}s '${ids.join(', ')}' do not exist`;
const first =
  (noun: string) =>
  ([id]: readonly string[]): string =>
    `The ${noun} '${id}' does not exist`;

const row = (prefix: string, type: string, notFound: string, message: Ec2Type['message']): Ec2Type => ({
  prefix,
  type,
  notFound,
  message,
});

const TYPES: readonly Ec2Type[] = [
  row('i', 'instance', 'InvalidInstanceID.NotFound', named('instance ID')),
  row('vol', 'volume', 'InvalidVolume.NotFound', ([id]) => `The volume '${id}' does not exist.`),
  row('snap', 'snapshot', 'InvalidSnapshot.NotFound', ([id]) => `The snapshot '${id}' does not exist.`),
  row('sg', 'security-group', 'InvalidGroup.NotFound', first('security group')),
  row('sgr', 'security-group-rule', 'InvalidSecurityGroupRuleId.NotFound', first('security group rule ID')),
  row('ami', 'image', 'InvalidAMIID.NotFound', ([id]) => `The image id '[${id}]' does not exist`),
  row('vpc', 'vpc', 'InvalidVpcID.NotFound', first('vpc ID')),
  row('subnet', 'subnet', 'InvalidSubnetID.NotFound', first('subnet ID')),
  row('eni', 'network-interface', 'InvalidNetworkInterfaceID.NotFound', first('networkInterface ID')),
  row('igw', 'internet-gateway', 'InvalidInternetGatewayID.NotFound', first('internetGateway ID')),
  row('nat', 'natgateway', 'NatGatewayNotFound', ([id]) => `The Nat Gateway ${id} was not found`),
  row('rtb', 'route-table', 'InvalidRouteTableID.NotFound', first('routeTable ID')),
  row('acl', 'network-acl', 'InvalidNetworkAclID.NotFound', first('networkAcl ID')),
  row('dopt', 'dhcp-options', 'InvalidDhcpOptionsID.NotFound', first('dhcpOption ID')),
  row('eipalloc', 'elastic-ip', 'InvalidAllocationID.NotFound', first('allocation ID')),
  row('key', 'key-pair', 'InvalidKeyPair.NotFound', first('key pair ID')),
  row('lt', 'launch-template', 'InvalidLaunchTemplateId.NotFound', first('launch template ID')),
  row('pg', 'placement-group', 'InvalidPlacementGroup.Unknown', first('placement group')),
  row('vpce', 'vpc-endpoint', 'InvalidVpcEndpointId.NotFound', first('VpcEndpoint ID')),
  row(
    'pcx',
    'vpc-peering-connection',
    'InvalidVpcPeeringConnectionID.NotFound',
    first('vpcPeeringConnection ID'),
  ),
  row('tgw', 'transit-gateway', 'InvalidTransitGatewayID.NotFound', first('transitGateway ID')),
  row(
    'tgw-attach',
    'transit-gateway-attachment',
    'InvalidTransitGatewayAttachmentID.NotFound',
    first('attachment ID'),
  ),
  row('fl', 'vpc-flow-log', 'InvalidFlowLogId.NotFound', first('flow log ID')),
  row(
    'cr',
    'capacity-reservation',
    'InvalidCapacityReservationId.NotFound',
    first('capacity reservation ID'),
  ),
];

const BY_PREFIX = new Map(TYPES.map((type) => [type.prefix, type]));

/** Images and snapshots have no account in their ARN (Service Authorization Reference, EC2). */
const WITHOUT_ACCOUNT = new Set(['image', 'snapshot']);

/** The ARN of an EC2 resource of the caller's region. Throws where EC2 would not take the id at all. */
export function ec2Arn({ partition, region, account }: Context, id: string): string {
  const { type } = typeOf(id);
  return `arn:${partition}:ec2:${region}:${WITHOUT_ACCOUNT.has(type) ? '' : account}:${type}/${id}`;
}

/** The caller's resources of those ids that exist; other ids are passed over. */
export function existingEc2(context: Context, ids: readonly string[]): Resource[] {
  return ids.flatMap((id) => find(context, id) ?? []);
}

/** The caller's resources of these ids, in their order; throws the not-found error that names what is missing. */
export function findEc2<Details>(
  context: Context,
  ids: readonly string[],
  isThere: (resource: Resource) => boolean = () => true,
): Resource<Details>[] {
  const found: Resource<Details>[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    const resource = find(context, id);
    if (resource && isThere(resource)) found.push(resource as Resource<Details>);
    else missing.push(id);
  }
  if (missing[0] === undefined) return found;
  if (!BY_PREFIX.has(prefixOf(missing[0]))) throw invalidId(missing[0]);
  // One error names ids of one type only.
  const type = typeOf(missing[0]);
  const named = missing.filter((id) => BY_PREFIX.get(prefixOf(id)) === type);
  throw new AwsError(type.notFound, 400, type.message(named));
}

/** The caller's own. Ids of types that have no row here are those of resources that were put. */
function find(context: Context, id: string): Resource | undefined {
  const { world, account, region } = context;
  const isKnown = BY_PREFIX.has(prefixOf(id)) && DIGITS.test(digitsOf(id));
  const resource =
    (isKnown ? world.resources.get(ec2Arn(context, id)) : undefined) ??
    world.resources
      .values()
      .find((each) => each.service === 'ec2' && each.region === region && idOf(each) === id);
  return resource?.account === account ? resource : undefined;
}

/** What calls name it by: as it was put, else the end of its ARN. */
export function idOf({ name, details }: Resource): string {
  return (details as { readonly id?: string }).id ?? name;
}

function typeOf(id: string): Ec2Type {
  const type = BY_PREFIX.get(prefixOf(id));
  if (!type) throw invalidId(id);
  if (DIGITS.test(digitsOf(id))) return type;
  throw new AwsError(
    type.notFound.replace(/\.?(?:NotFound|Unknown)$/, '.Malformed'),
    400,
    `Invalid id: "${id}"`,
  );
}

const invalidId = (id: string): AwsError => new AwsError('InvalidID', 400, `The ID '${id}' is not valid`);

const DIGITS = /^[0-9a-f]{8}(?:[0-9a-f]{9})?$/;

const prefixOf = (id: string): string => id.slice(0, id.lastIndexOf('-'));
const digitsOf = (id: string): string => id.slice(id.lastIndexOf('-') + 1);
