/** Amazon RDS, Neptune and DocumentDB, which share source, names and ARNs. */
import { type CatalogueRow, LONG_GRACE_SECONDS } from './row.ts';

const RDS = {
  eventSource: 'rds.amazonaws.com',
  naming: 'reusable',
  creation: 'strict',
  tagger: 'rds',
  graceSeconds: LONG_GRACE_SECONDS,
  requestTagsPath: 'requestParameters.tags[]',
} as const;

export const RDS_ROWS: readonly CatalogueRow[] = [
  {
    ...RDS,
    eventName: 'CreateDBInstance',
    resourceType: 'rds:db',
    arn: 'arn:{Partition}:rds:{Region}:{Account}:db:{DbInstanceName}',
    arnPaths: ['responseElements.dBInstanceArn'],
    // Records of eventVersion 1.03 (2016) hold no ARN.
    ids: {
      DbInstanceName: [
        'responseElements.dBInstanceIdentifier|lower',
        'requestParameters.dBInstanceIdentifier|lower',
      ],
    },
  },
  {
    ...RDS,
    eventName: 'CreateDBCluster',
    resourceType: 'rds:cluster',
    arn: 'arn:{Partition}:rds:{Region}:{Account}:cluster:{DbClusterInstanceName}',
    arnPaths: ['responseElements.dBClusterArn'],
    ids: {
      DbClusterInstanceName: [
        'responseElements.dBClusterIdentifier|lower',
        'requestParameters.dBClusterIdentifier|lower',
      ],
    },
  },
];
