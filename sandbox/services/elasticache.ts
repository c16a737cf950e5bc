/** ElastiCache: cache clusters and replication groups, whose tags reach their member clusters, too. */
import { parseArn } from '../arn.ts';
import type { AwsError } from '../aws-error.ts';
import type { Context, Output, Service, TrailRow } from '../operation.ts';
import { awsQuery } from '../protocols/query.ts';
import { addedTags, TAG_RULES, type Tag } from '../rules/tag-rules.ts';
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
  toTagList,
} from './common.ts';

/** Records hold what is inside the answer's one structure. */
const flat: TrailRow = { response: (output) => lowerFirst(Object.values(output)[0]) };

export const elasticache: Service = {
  name: 'elasticache',
  eventSource: 'elasticache.amazonaws.com',
  eventVersion: '1.08',
  protocol: awsQuery('http://elasticache.amazonaws.com/doc/2015-02-02/', {
    TagList: 'Tag',
    CacheClusters: 'CacheCluster',
    ReplicationGroups: 'ReplicationGroup',
    MemberClusters: 'ClusterId',
  }),
  ...QUERY_REFUSALS,
  spelling: formSpelling('elasticache'),
  operations: {
    CreateCacheCluster: { run: createCacheCluster, trail: flat },
    DescribeCacheClusters: { run: describeCacheClusters },
    DeleteCacheCluster: { run: deleteCacheCluster, trail: flat },
    CreateReplicationGroup: { run: createReplicationGroup, trail: flat },
    DescribeReplicationGroups: { run: describeReplicationGroups },
    DeleteReplicationGroup: { run: deleteReplicationGroup, trail: flat },
    AddTagsToResource: { run: addTagsToResource },
    RemoveTagsFromResource: { run: removeTagsFromResource },
    ListTagsForResource: { run: listTagsForResource },
  },
};

interface Cache {
  /** ARNs of a replication group's clusters. */
  readonly members: readonly string[];
  readonly engine: string;
}

type ClusterInput = {
  readonly CacheClusterId?: string;
  readonly Engine?: string;
  readonly Tags?: readonly Tag[];
};
type GroupInput = {
  readonly ReplicationGroupId?: string;
  readonly ReplicationGroupDescription?: string;
  readonly NumCacheClusters?: string;
  readonly PrimaryClusterId?: string;
  readonly Engine?: string;
  readonly Tags?: readonly Tag[];
};

function createCacheCluster(
  context: Context,
  { CacheClusterId = '', Engine = 'redis', Tags }: ClusterInput,
): Output {
  const arn = arnOf(context, 'cluster', CacheClusterId);
  if (ownResource(context, arn)) throw alreadyExists('CacheCluster');
  return {
    CacheCluster: shownCluster(context, add(context, arn, Tags, { members: [], engine: Engine }), 'creating'),
  };
}

function describeCacheClusters(context: Context, { CacheClusterId: id }: ClusterInput): Output {
  const found =
    id === undefined
      ? ownResources<Cache>(context, 'elasticache', 'cluster')
      : [open(context, 'cluster', id)];
  return { CacheClusters: found.map((cluster) => shownCluster(context, cluster)) };
}

function deleteCacheCluster(context: Context, { CacheClusterId = '' }: ClusterInput): Output {
  const cluster = open(context, 'cluster', CacheClusterId);
  context.world.remove(cluster.arn);
  return { CacheCluster: shownCluster(context, cluster, 'deleting') };
}

function createReplicationGroup(context: Context, input: GroupInput): Output {
  const {
    ReplicationGroupId = '',
    ReplicationGroupDescription,
    NumCacheClusters = '1',
    PrimaryClusterId,
    Engine = 'redis',
    Tags,
  } = input;
  const arn = arnOf(context, 'replicationgroup', ReplicationGroupId);
  if (ownResource(context, arn)) throw alreadyExists('ReplicationGroup');
  const numbers = Array.from({ length: Number(NumCacheClusters) }, (_, index) =>
    String(index + 1).padStart(3, '0'),
  );
  // A node that is there becomes the primary (ElastiCache API reference, CreateReplicationGroup).
  const joined = PrimaryClusterId === undefined ? [] : [open(context, 'cluster', PrimaryClusterId).arn];
  const made = numbers.slice(joined.length).map((number) => {
    const member = arnOf(context, 'cluster', `${ReplicationGroupId}-${number}`);
    return add(context, member, Tags, { members: [], engine: Engine }).arn;
  });
  const members = [...joined, ...made];
  const group = add(context, arn, Tags, { members, engine: Engine });
  return {
    ReplicationGroup: { ...shownGroup(context, group, 'creating'), Description: ReplicationGroupDescription },
  };
}

function describeReplicationGroups(context: Context, { ReplicationGroupId: id }: GroupInput): Output {
  const type = 'replicationgroup';
  const found =
    id === undefined ? ownResources<Cache>(context, 'elasticache', type) : [open(context, type, id)];
  return { ReplicationGroups: found.map((group) => shownGroup(context, group)) };
}

function deleteReplicationGroup(context: Context, { ReplicationGroupId = '' }: GroupInput): Output {
  const group = open(context, 'replicationgroup', ReplicationGroupId);
  for (const arn of [group.arn, ...(group.details.members ?? [])]) context.world.remove(arn);
  return { ReplicationGroup: shownGroup(context, group, 'deleting') };
}

type TagsInput = {
  readonly ResourceName?: string;
  readonly Tags?: readonly Tag[];
  readonly TagKeys?: readonly string[];
};

/**
 * Tags of a replication group are written on all its clusters too, over what is there (ElastiCache user guide, "Tagging
 * your ElastiCache resources").
 */
function addTagsToResource(context: Context, { ResourceName = '', Tags = [] }: TagsInput): Output {
  const resource = openNamed(context, ResourceName);
  const sums = withMembers(context, resource).map(({ tags }) => ({
    tags,
    sum: addedTags(TAG_RULES.elasticache, tags, Tags),
  }));
  for (const { tags, sum } of sums) for (const [key, value] of sum) tags.set(key, value);
  return { TagList: toTagList(resource.tags) };
}

function removeTagsFromResource(context: Context, { ResourceName = '', TagKeys = [] }: TagsInput): Output {
  const resource = openNamed(context, ResourceName);
  for (const { tags } of withMembers(context, resource)) for (const key of TagKeys) tags.delete(key);
  return { TagList: toTagList(resource.tags) };
}

function listTagsForResource(context: Context, { ResourceName = '' }: TagsInput): Output {
  return { TagList: toTagList(openNamed(context, ResourceName).tags) };
}

function withMembers({ world }: Context, resource: Resource<Cache>): Resource[] {
  const members = (resource.details.members ?? []).map((arn) => world.resources.get(arn));
  return [resource, ...members.filter((member) => member !== undefined)];
}

function add(
  context: Context,
  arn: string,
  tags: readonly Tag[] | undefined,
  details: Cache,
): Resource<Cache> {
  const { account, region, world } = context;
  return world.add({ arn, account, region, tags: newTags(TAG_RULES.elasticache, tags), details });
}

const arnOf = ({ partition, region, account }: Context, type: string, id: string): string =>
  `arn:${partition}:elasticache:${region}:${account}:${type}:${id.toLowerCase()}`;

function open(context: Context, type: string, id: string): Resource<Cache> {
  const resource = ownResource<Cache>(context, arnOf(context, type, id));
  if (!resource) throw notFound(type, id);
  return resource;
}

function openNamed(context: Context, arn: string): Resource<Cache> {
  const { type, name } = parseArn(arn) ?? { type: '', name: '' };
  if (!(type in NOT_FOUND))
    throw queryError('InvalidARNFault', 400, `The ARN is not valid: ${arn}`, 'InvalidARN');
  return openForTagging(
    context,
    arn,
    () => notFound(type, name),
    () => notReady(type, name),
  );
}

/** The error of each type: shape name and wire code (the SDK client's schema, `awsQueryError`). */
const NOT_FOUND: Readonly<Record<string, readonly [name: string, wire: string]>> = {
  cluster: ['CacheClusterNotFoundFault', 'CacheClusterNotFound'],
  replicationgroup: ['ReplicationGroupNotFoundFault', 'ReplicationGroupNotFoundFault'],
  snapshot: ['SnapshotNotFoundFault', 'SnapshotNotFoundFault'],
  serverlesscache: ['ServerlessCacheNotFoundFault', 'ServerlessCacheNotFoundFault'],
  serverlesscachesnapshot: ['ServerlessCacheSnapshotNotFoundFault', 'ServerlessCacheSnapshotNotFoundFault'],
  subnetgroup: ['CacheSubnetGroupNotFoundFault', 'CacheSubnetGroupNotFoundFault'],
  parametergroup: ['CacheParameterGroupNotFoundFault', 'CacheParameterGroupNotFound'],
  securitygroup: ['CacheSecurityGroupNotFoundFault', 'CacheSecurityGroupNotFound'],
  globalreplicationgroup: ['GlobalReplicationGroupNotFoundFault', 'GlobalReplicationGroupNotFoundFault'],
  'reserved-instance': ['ReservedCacheNodeNotFoundFault', 'ReservedCacheNodeNotFound'],
  user: ['UserNotFoundFault', 'UserNotFound'],
  usergroup: ['UserGroupNotFoundFault', 'UserGroupNotFound'],
};

function notFound(type: string, id: string): AwsError {
  const [name, wire] = NOT_FOUND[type] ?? ['CacheClusterNotFoundFault', 'CacheClusterNotFound'];
  return queryError(name, 404, `${id} is either not present or not available.`, wire);
}

/**
 * A cluster that is being created is answered for as if it were not there, a group by its state; both as clients of
 * the API report it.
 */
function notReady(type: string, id: string): AwsError {
  if (type !== 'replicationgroup') return notFound(type, id);
  const message = 'Cluster not in available state to perform tagging operations.';
  return queryError('InvalidReplicationGroupStateFault', 400, message, 'InvalidReplicationGroupState');
}

const alreadyExists = (what: 'CacheCluster' | 'ReplicationGroup'): AwsError =>
  queryError(`${what}AlreadyExistsFault`, 400, `${what} already exists`, `${what}AlreadyExists`);

const statusOf = ({ world }: Context, cache: Resource): string =>
  world.isTaggable(cache) ? 'available' : 'creating';

/** The create time is known once the cache is available. */
function shownCluster(context: Context, cluster: Resource<Cache>, status = statusOf(context, cluster)) {
  return {
    CacheClusterId: cluster.name,
    Engine: cluster.details.engine,
    CacheClusterStatus: status,
    ...(status !== 'creating' && { CacheClusterCreateTime: new Date(context.world.taggableAt(cluster)) }),
    ARN: cluster.arn,
  };
}

function shownGroup(context: Context, group: Resource<Cache>, status = statusOf(context, group)) {
  return {
    ReplicationGroupId: group.name,
    Status: status,
    MemberClusters: (group.details.members ?? []).map((arn) => parseArn(arn)?.name),
    ...(status !== 'creating' && { ReplicationGroupCreateTime: new Date(context.world.taggableAt(group)) }),
    ARN: group.arn,
  };
}
