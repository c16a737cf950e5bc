/** RDS: database instances and clusters. Identifiers are kept in lower case (AmazonRDS/latest/APIReference). */
import { parseArn } from '../arn.ts';
import type { AwsError } from '../aws-error.ts';
import type { Context, Output, Service, TrailRow } from '../operation.ts';
import { awsQuery } from '../protocols/query.ts';
import { hex, stableId } from '../random.ts';
import { TAG_RULES, type Tag } from '../rules/tag-rules.ts';
import { lowerFirst } from '../trail/spelling.ts';
import type { Resource } from '../world.ts';
import {
  formSpelling,
  newTags,
  openForTagging,
  ownResource,
  ownResources,
  QUERY_REFUSALS,
  queryError,
  tagResource,
  toTagList,
} from './common.ts';

/** Records hold what is inside the answer's one structure. */
const flat: TrailRow = { response: (output) => lowerFirst(Object.values(output)[0]) };

export const rds: Service = {
  name: 'rds',
  eventSource: 'rds.amazonaws.com',
  eventVersion: '1.11',
  protocol: awsQuery('http://rds.amazonaws.com/doc/2014-10-31/', {
    TagList: 'Tag',
    DBInstances: 'DBInstance',
    DBClusters: 'DBCluster',
  }),
  ...QUERY_REFUSALS,
  spelling: formSpelling('rds'),
  operations: {
    CreateDBInstance: { run: createDBInstance, trail: flat },
    DescribeDBInstances: { run: describeDBInstances },
    DeleteDBInstance: { run: deleteDBInstance, trail: flat },
    CreateDBCluster: { run: createDBCluster, trail: flat },
    DescribeDBClusters: { run: describeDBClusters },
    DeleteDBCluster: { run: deleteDBCluster, trail: flat },
    AddTagsToResource: { run: addTagsToResource },
    RemoveTagsFromResource: { run: removeTagsFromResource },
    ListTagsForResource: { run: listTagsForResource },
  },
};

interface Database {
  readonly engine: string;
  readonly instanceClass?: string;
  readonly cluster?: string;
  readonly resourceId: string;
}

type Instance = {
  readonly DBInstanceIdentifier?: string;
  readonly DBInstanceClass?: string;
  readonly DBClusterIdentifier?: string;
  readonly Engine?: string;
  readonly Tags?: readonly Tag[];
};

type Cluster = Pick<Instance, 'DBClusterIdentifier' | 'Engine' | 'Tags'>;

function createDBInstance(context: Context, input: Instance): Output {
  const { DBInstanceIdentifier = '', DBInstanceClass, DBClusterIdentifier, Engine = 'mysql', Tags } = input;
  const arn = arnOf(context, 'db', DBInstanceIdentifier);
  if (ownResource(context, arn)) {
    throw queryError(
      'DBInstanceAlreadyExistsFault',
      400,
      'DB instance already exists',
      'DBInstanceAlreadyExists',
    );
  }
  const instance = add(context, arn, Tags, {
    engine: Engine,
    ...(DBInstanceClass !== undefined && { instanceClass: DBInstanceClass }),
    ...(DBClusterIdentifier !== undefined && { cluster: DBClusterIdentifier.toLowerCase() }),
    resourceId: stableId('db-', hex(16)),
  });
  return { DBInstance: shownInstance(context, instance, 'creating') };
}

function describeDBInstances(context: Context, { DBInstanceIdentifier: id }: Instance): Output {
  const found = id === undefined ? ownResources<Database>(context, 'rds', 'db') : [open(context, 'db', id)];
  return { DBInstances: found.map((instance) => shownInstance(context, instance)) };
}

function deleteDBInstance(context: Context, { DBInstanceIdentifier = '' }: Instance): Output {
  const instance = open(context, 'db', DBInstanceIdentifier);
  context.world.remove(instance.arn);
  return { DBInstance: shownInstance(context, instance, 'deleting') };
}

function createDBCluster(
  context: Context,
  { DBClusterIdentifier = '', Engine = 'aurora-mysql', Tags }: Cluster,
): Output {
  const arn = arnOf(context, 'cluster', DBClusterIdentifier);
  if (ownResource(context, arn))
    throw queryError('DBClusterAlreadyExistsFault', 400, 'DB Cluster already exists');
  const cluster = add(context, arn, Tags, { engine: Engine, resourceId: stableId('cluster-', hex(16)) });
  return { DBCluster: shownCluster(context, cluster, 'creating') };
}

function describeDBClusters(context: Context, { DBClusterIdentifier: id }: Cluster): Output {
  const found =
    id === undefined ? ownResources<Database>(context, 'rds', 'cluster') : [open(context, 'cluster', id)];
  return { DBClusters: found.map((cluster) => shownCluster(context, cluster)) };
}

function deleteDBCluster(context: Context, { DBClusterIdentifier = '' }: Cluster): Output {
  const cluster = open(context, 'cluster', DBClusterIdentifier);
  context.world.remove(cluster.arn);
  return { DBCluster: shownCluster(context, cluster, 'deleting') };
}

function addTagsToResource(
  context: Context,
  { ResourceName = '', Tags = [] }: { ResourceName?: string; Tags?: readonly Tag[] },
): undefined {
  tagResource(TAG_RULES.rds, openNamed(context, ResourceName), Tags);
}

function removeTagsFromResource(
  context: Context,
  { ResourceName = '', TagKeys = [] }: { ResourceName?: string; TagKeys?: readonly string[] },
): undefined {
  const { tags } = openNamed(context, ResourceName);
  for (const key of TagKeys) tags.delete(key);
}

function listTagsForResource(context: Context, { ResourceName = '' }: { ResourceName?: string }): Output {
  return { TagList: toTagList(openNamed(context, ResourceName).tags) };
}

function add(
  context: Context,
  arn: string,
  tags: readonly Tag[] | undefined,
  details: Database,
): Resource<Database> {
  const { account, region, world } = context;
  return world.add({ arn, account, region, tags: newTags(TAG_RULES.rds, tags), details });
}

const arnOf = ({ partition, region, account }: Context, type: string, id: string): string =>
  `arn:${partition}:rds:${region}:${account}:${type}:${id.toLowerCase()}`;

function open(context: Context, type: string, id: string): Resource<Database> {
  const resource = ownResource<Database>(context, arnOf(context, type, id));
  if (!resource) throw notFound(type, id);
  return resource;
}

function openNamed(context: Context, arn: string): Resource {
  const { type, name, region } = parseArn(arn) ?? { type: '', name: '', region: '' };
  if (!(type in NOT_FOUND) || ![context.region, ''].includes(region)) {
    const message = `The specified resource name does not match an RDS resource in this region: ${arn}`;
    throw queryError('InvalidParameterValueException', 400, message, 'InvalidParameterValue');
  }
  return openForTagging(
    context,
    arn,
    () => notFound(type, name),
    () => notReady(type, name),
  );
}

/**
 * The error of each type: shape name, which is what records hold, and wire code (the SDK client's schema, `awsQueryError`).
 */
const NOT_FOUND: Readonly<Record<string, readonly [name: string, wire: string, noun: string]>> = {
  db: ['DBInstanceNotFoundFault', 'DBInstanceNotFound', 'DBInstance'],
  cluster: ['DBClusterNotFoundFault', 'DBClusterNotFoundFault', 'DBCluster'],
  'global-cluster': ['GlobalClusterNotFoundFault', 'GlobalClusterNotFoundFault', 'Global cluster'],
  snapshot: ['DBSnapshotNotFoundFault', 'DBSnapshotNotFound', 'DBSnapshot'],
  'cluster-snapshot': [
    'DBClusterSnapshotNotFoundFault',
    'DBClusterSnapshotNotFoundFault',
    'DBClusterSnapshot',
  ],
  subgrp: ['DBSubnetGroupNotFoundFault', 'DBSubnetGroupNotFoundFault', 'DBSubnetGroup'],
  pg: ['DBParameterGroupNotFoundFault', 'DBParameterGroupNotFound', 'DBParameterGroup'],
  'cluster-pg': ['DBParameterGroupNotFoundFault', 'DBParameterGroupNotFound', 'DBClusterParameterGroup'],
  og: ['OptionGroupNotFoundFault', 'OptionGroupNotFoundFault', 'OptionGroup'],
  'db-proxy': ['DBProxyNotFoundFault', 'DBProxyNotFoundFault', 'DBProxy'],
  es: ['SubscriptionNotFoundFault', 'SubscriptionNotFound', 'Event subscription'],
  'auto-backup': [
    'DBInstanceAutomatedBackupNotFoundFault',
    'DBInstanceAutomatedBackupNotFound',
    'Automated backup',
  ],
  cev: ['CustomDBEngineVersionNotFoundFault', 'CustomDBEngineVersionNotFoundFault', 'Engine version'],
  'cluster-endpoint': [
    'DBClusterEndpointNotFoundFault',
    'DBClusterEndpointNotFoundFault',
    'Cluster endpoint',
  ],
  'db-proxy-endpoint': ['DBProxyEndpointNotFoundFault', 'DBProxyEndpointNotFoundFault', 'DBProxyEndpoint'],
  deployment: ['BlueGreenDeploymentNotFoundFault', 'BlueGreenDeploymentNotFoundFault', 'Deployment'],
  integration: ['IntegrationNotFoundFault', 'IntegrationNotFoundFault', 'Integration'],
  ri: ['ReservedDBInstanceNotFoundFault', 'ReservedDBInstanceNotFound', 'ReservedDBInstance'],
  secgrp: ['DBSecurityGroupNotFoundFault', 'DBSecurityGroupNotFound', 'DBSecurityGroup'],
  'shard-group': ['DBShardGroupNotFoundFault', 'DBShardGroupNotFound', 'DBShardGroup'],
  'tenant-database': ['TenantDatabaseNotFoundFault', 'TenantDatabaseNotFound', 'Tenant database'],
};

function notFound(type: string, id: string): AwsError {
  const [name, wire, noun] = NOT_FOUND[type] ?? [
    'ResourceNotFoundFault',
    'ResourceNotFoundFault',
    'Resource',
  ];
  return queryError(name, 404, `${noun} ${id} not found.`, wire);
}

function notReady(type: string, id: string): AwsError {
  if (type !== 'db')
    return queryError('InvalidDBClusterStateFault', 400, `DB cluster ${id} is not available.`);
  const message = `Database instance is not in available state: ${id}`;
  return queryError('InvalidDBInstanceStateFault', 400, message, 'InvalidDBInstanceState');
}

const statusOf = ({ world }: Context, database: Resource): string =>
  world.isTaggable(database) ? 'available' : 'creating';

/** The create time is known once the database is available. */
function shownInstance(context: Context, instance: Resource<Database>, status = statusOf(context, instance)) {
  const { name, arn, details, tags } = instance;
  return {
    DBInstanceIdentifier: name,
    DBInstanceClass: details.instanceClass,
    Engine: details.engine,
    DBInstanceStatus: status,
    ...(status !== 'creating' && { InstanceCreateTime: new Date(context.world.taggableAt(instance)) }),
    ...(details.cluster !== undefined && { DBClusterIdentifier: details.cluster }),
    DbiResourceId: details.resourceId,
    DBInstanceArn: arn,
    TagList: toTagList(tags),
  };
}

function shownCluster(context: Context, cluster: Resource<Database>, status = statusOf(context, cluster)) {
  const { name, arn, details, tags } = cluster;
  return {
    DBClusterIdentifier: name,
    Status: status,
    Engine: details.engine,
    DbClusterResourceId: details.resourceId,
    DBClusterArn: arn,
    ...(status !== 'creating' && { ClusterCreateTime: new Date(context.world.taggableAt(cluster)) }),
    TagList: toTagList(tags),
  };
}
