/**
 * The form that each variable of an ARN must have, by service, as the source of a regular expression with the flag
 * `u`. Ids reach us in records, which are untrusted, and leave us in requests. Sources: the service models and API
 * references, and for the ids of EC2 its user guide, "Resource IDs".
 */

/** Not dots alone, which no part of a URL can be. */
const NOT_DOTS = '(?!\\.+(?:[:\\/]|$))';

/** No wildcard, no control character, nothing that parts an ARN. */
const SAFE = `${NOT_DOTS}[^\\p{C}\\p{Zl}\\p{Zp}:\\/*?]{1,256}`;

/** The same with slashes inside, as paths have. */
const SAFE_PATH = `${SAFE}(?:\\/${SAFE})*`;

/** EC2 ids have 8 or 17 hexadecimal digits. */
const ec2Id = (prefix: string) => `${prefix}-[0-9a-f]{8}(?:[0-9a-f]{9})?`;

const UUID = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';

/** Names of IAM (IAM API reference, `CreateRole`), and paths before them. */
const IAM_NAME = '[\\w+=,.@\\-]{1,128}';
const IAM_PATH = `(?:[^\\p{C}\\s:*?\\/]+\\/)*${IAM_NAME}`;

/** RDS and ElastiCache store identifiers in lower case (API references, `CreateDBInstance`, `CreateCacheCluster`). */
const lowerName = (characters: number) => `[a-z][a-z0-9\\-]{0,${characters - 1}}`;

/** Snapshots that AWS Backup or the service itself makes have a prefix. */
const SNAPSHOT_NAME = '(?:[a-z]+:)?[A-Za-z0-9._\\-]{1,255}';

/** Names of AWS IoT may have colons (IoT API reference, `CreateThingGroup`). */
const IOT_NAME = '[\\w:\\-]{1,128}';

const LOAD_BALANCER_TYPE = 'app|net|gwy';

type Forms = Readonly<Record<string, string>>;

const FORMS: Readonly<Record<string, Forms>> = {
  amplify: { BranchName: SAFE_PATH },
  'app-integrations': { EventIntegrationName: SAFE_PATH },
  autoscaling: { GroupFriendlyName: '[ -)+-9;->@-~]{1,255}' },
  bedrock: { BaseModelId: '[a-z0-9][a-z0-9.:\\-]{0,255}' },
  budgets: { BudgetName: `${SAFE}(?:\\/(?!action\\/)${SAFE})*` },
  cloudwatch: { AlarmName: '[^\\p{C}*?]{1,255}' },
  codeartifact: { EncodedPackageGroupPattern: '\\/[\\w.~%$\\/@+\\-]{0,520}' },
  'cognito-identity': { IdentityPoolId: `[a-z0-9\\-]{1,24}:${UUID}` },
  comprehend: {
    EndpointType: 'document-classifier-endpoint|entity-recognizer-endpoint',
    ModelType: 'document-classifier|entity-recognizer',
  },
  dynamodb: { TableName: '[A-Za-z0-9_.\\-]{3,255}' },
  ec2: {
    AllocationId: ec2Id('eipalloc'),
    CapacityReservationFleetId: ec2Id('crf'),
    CapacityReservationId: ec2Id('cr'),
    CarrierGatewayId: ec2Id('cagw'),
    ClientVpnEndpointId: ec2Id('cvpn-endpoint'),
    CustomerGatewayId: ec2Id('cgw'),
    DedicatedHostId: ec2Id('h'),
    DhcpOptionsId: ec2Id('dopt'),
    EgressOnlyInternetGatewayId: ec2Id('eigw'),
    FleetId: `fleet-${UUID}`,
    FpgaImageId: ec2Id('afi'),
    ImageId: ec2Id('ami'),
    InstanceConnectEndpointId: ec2Id('eice'),
    InstanceEventWindowId: ec2Id('iew'),
    InstanceId: ec2Id('i'),
    InternetGatewayId: ec2Id('igw'),
    IpamId: ec2Id('ipam'),
    IpamPoolId: ec2Id('ipam-pool'),
    IpamResourceDiscoveryId: ec2Id('ipam-res-disco'),
    IpamScopeId: ec2Id('ipam-scope'),
    KeyPairId: ec2Id('key'),
    KeyPairName: '[^\\p{C}:*?]{1,255}',
    LaunchTemplateId: ec2Id('lt'),
    NaclId: ec2Id('acl'),
    NatGatewayId: ec2Id('nat'),
    NetworkInsightsAccessScopeId: ec2Id('nis'),
    NetworkInsightsPathId: ec2Id('nip'),
    NetworkInterfaceId: ec2Id('eni'),
    PlacementGroupId: ec2Id('pg'),
    PrefixListId: ec2Id('pl'),
    ReservationId: UUID,
    RouteTableId: ec2Id('rtb'),
    SecurityGroupId: ec2Id('sg'),
    SecurityGroupRuleId: ec2Id('sgr'),
    SnapshotId: ec2Id('snap'),
    SpotFleetRequestId: `sfr-${UUID}`,
    SpotInstanceRequestId: 'sir-[0-9a-z]{8,17}',
    SubnetCidrReservationId: ec2Id('scr'),
    SubnetId: ec2Id('subnet'),
    TrafficMirrorFilterId: ec2Id('tmf'),
    TrafficMirrorFilterRuleId: ec2Id('tmfr'),
    TrafficMirrorSessionId: ec2Id('tms'),
    TrafficMirrorTargetId: ec2Id('tmt'),
    TransitGatewayAttachmentId: ec2Id('tgw-attach'),
    TransitGatewayConnectPeerId: ec2Id('tgw-connect-peer'),
    TransitGatewayId: ec2Id('tgw'),
    TransitGatewayMulticastDomainId: ec2Id('tgw-mcast-domain'),
    TransitGatewayPolicyTableId: ec2Id('tgw-ptb'),
    TransitGatewayRouteTableId: ec2Id('tgw-rtb'),
    VerifiedAccessEndpointId: ec2Id('vae'),
    VerifiedAccessGroupId: ec2Id('vagr'),
    VerifiedAccessInstanceId: ec2Id('vai'),
    VerifiedAccessTrustProviderId: ec2Id('vatp'),
    VolumeId: ec2Id('vol'),
    VpcEndpointId: ec2Id('vpce'),
    VpcEndpointServiceId: ec2Id('vpce-svc'),
    VpcFlowLogId: ec2Id('fl'),
    VpcId: ec2Id('vpc'),
    VpcPeeringConnectionId: ec2Id('pcx'),
    VpnConnectionId: ec2Id('vpn'),
    VpnGatewayId: ec2Id('vgw'),
  },
  ecr: { RepositoryName: '[a-z0-9][a-z0-9._\\/\\-]{1,255}' },
  'ecr-public': { RepositoryName: '[a-z0-9][a-z0-9._\\/\\-]{1,255}' },
  /** ECS API reference, `CreateCluster`. */
  ecs: { ClusterName: '[\\w\\-]{1,255}' },
  /** EKS API reference, `CreateCluster`, `CreateNodegroup`. */
  eks: {
    ClusterName: '[0-9A-Za-z][\\w\\-]{0,99}',
    NodegroupName: '[\\w\\-]{1,63}',
    IamIdentityName: '[\\w+=,.@\\/\\-]{1,512}',
  },
  elasticache: { CacheClusterId: lowerName(50), ReplicationGroupId: lowerName(40) },
  elasticloadbalancing: { LoadBalancerType: LOAD_BALANCER_TYPE },
  events: { EventBusName: '[\\w.\\/\\-]{1,256}', RuleName: '[\\w.\\-]{1,64}' },
  iam: {
    CertificateNameWithPath: IAM_PATH,
    InstanceProfileName: IAM_NAME,
    InstanceProfileNameWithPath: IAM_PATH,
    MfaTokenIdWithPath: IAM_PATH,
    OidcProviderName: '[\\w.~:%\\/\\-]{1,255}',
    PolicyNameWithPath: IAM_PATH,
    RoleName: IAM_NAME,
    RoleNameWithPath: IAM_PATH,
    ServerCertificateName: IAM_NAME,
    UserName: IAM_NAME,
    UserNameWithPath: IAM_PATH,
  },
  iot: {
    BillingGroupName: IOT_NAME,
    DimensionName: IOT_NAME,
    MetricName: IOT_NAME,
    SecurityProfileName: IOT_NAME,
    ThingGroupName: IOT_NAME,
    ThingTypeName: IOT_NAME,
    TunnelId: '[\\w+=:\\-]{1,128}',
  },
  iotfleetwise: { CampaignName: IOT_NAME, FleetId: IOT_NAME, Name: IOT_NAME, VehicleId: IOT_NAME },
  iotmanagedintegrations: { Identifier: '[\\w:\\-]{1,256}' },
  iottwinmaker: { ComponentTypeId: '[\\w.:\\-]{1,256}', EntityId: '[\\w.:\\-]{1,256}' },
  kinesis: { StreamType: 'stream' },
  lambda: { FunctionName: '[A-Za-z0-9_\\-]{1,140}' },
  logs: { DestinationName: SAFE_PATH, LogGroupName: '[\\w.#\\/\\-]{1,512}' },
  'network-firewall': { RuleGroupType: 'stateful-rulegroup|stateless-rulegroup' },
  organizations: {
    AccountId: '\\d{12}',
    OrganizationId: '[a-z0-9]{10,32}',
    OrganizationalUnitId: '[0-9a-z]{4,32}-[0-9a-z]{8,32}',
    TargetId: '(?:ou|p|rp)-[0-9a-zA-Z_\\-]{4,128}',
  },
  rds: {
    ClusterSnapshotName: SNAPSHOT_NAME,
    DbClusterInstanceName: lowerName(63),
    DbInstanceName: lowerName(63),
    SnapshotName: SNAPSHOT_NAME,
  },
  redshift: { SnapshotName: SNAPSHOT_NAME },
  /** Groups of an application have its id behind their names. */
  'resource-groups': { GroupName: '[\\w.\\-]{1,300}(?:\\/[a-z0-9]{26})?' },
  route53: { HostedZoneId: '[A-Z0-9]{1,32}' },
  /** Names of today, and those up to 255 characters that us-east-1 gave out until 2018 (S3 user guide, "Bucket naming rules"). */
  s3: { BucketName: '[A-Za-z0-9][A-Za-z0-9._\\-]{1,253}[A-Za-z0-9]' },
  secretsmanager: { SecretId: '[A-Za-z0-9\\/_+=.@!\\-]{1,519}' },
  sns: { TopicName: '[A-Za-z0-9_\\-]{1,256}(?:\\.fifo)?' },
  sqs: { QueueName: '[A-Za-z0-9_\\-]{1,80}(?:\\.fifo)?' },
  ssm: {
    ParameterName: '\\/?[\\w.\\-]+(?:\\/[\\w.\\-]+)*',
    ParameterNameWithoutLeadingSlash: '[\\w.\\-]+(?:\\/[\\w.\\-]+)*',
  },
  wafv2: { Scope: 'regional|global' },
};

/** What the services above do not name: all ids of EC2 are alike, and variables that are called paths are some. */
const OTHERS: Forms = { ec2: '[a-z][a-z0-9\\-]*-[0-9a-z]{8,64}' };

/** Neither an ARN nor dots are an id, whatever characters a name may have. */
const NO_ID = `(?!arn:)${NOT_DOTS}`;

/** The form of a variable by itself. */
export function idForm(service: string, variable: string): string {
  const form = FORMS[service]?.[variable] ?? OTHERS[service];
  return form ?? (variable.endsWith('Path') ? SAFE_PATH : SAFE);
}

/** The same inside a larger pattern. */
export function idPattern(service: string, variable: string): string {
  return `${NO_ID}(?:${idForm(service, variable)})`;
}

/** Has the text the form of this variable? */
export function isId(service: string, variable: string, text: string): boolean {
  return new RegExp(`^${idPattern(service, variable)}$`, 'u').test(text);
}
