/** Amazon ElastiCache: clusters and replication groups answer "not found" while they are being created. */
import { type CatalogueRow, LONG_GRACE_SECONDS } from './row.ts';

const ELASTICACHE = {
  eventSource: 'elasticache.amazonaws.com',
  arnPaths: ['responseElements.aRN'],
  requestTagsPath: 'requestParameters.tags[]',
  naming: 'reusable',
  creation: 'strict',
  tagger: 'elasticache',
  graceSeconds: LONG_GRACE_SECONDS,
} as const;

export const ELASTICACHE_ROWS: readonly CatalogueRow[] = [
  {
    ...ELASTICACHE,
    eventName: 'CreateCacheCluster',
    resourceType: 'elasticache:cluster',
    arn: 'arn:{Partition}:elasticache:{Region}:{Account}:cluster:{CacheClusterId}',
    // Records of 2014 hold no ARN.
    ids: {
      CacheClusterId: ['responseElements.cacheClusterId|lower', 'requestParameters.cacheClusterId|lower'],
    },
  },
  {
    ...ELASTICACHE,
    eventName: 'CreateReplicationGroup',
    resourceType: 'elasticache:replicationgroup',
    arn: 'arn:{Partition}:elasticache:{Region}:{Account}:replicationgroup:{ReplicationGroupId}',
    ids: {
      ReplicationGroupId: [
        'responseElements.replicationGroupId|lower',
        'requestParameters.replicationGroupId|lower',
      ],
    },
  },
];
