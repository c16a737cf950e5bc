/** The table of the metadata store, as `tag-manager/store/table.ts` describes it. It stays when the stack goes, unless that never came up. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { EXPIRES_AT, TABLE } from '../tag-manager/store/table.ts';

export function createTable(scope: Construct): CfnTable {
  const table = new CfnTable(scope, 'Table', {
    billingMode: TABLE.BillingMode,
    attributeDefinitions: TABLE.AttributeDefinitions.map(({ AttributeName, AttributeType }) => ({
      attributeName: AttributeName,
      attributeType: AttributeType,
    })),
    keySchema: keys(TABLE.KeySchema),
    globalSecondaryIndexes: TABLE.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
      indexName: IndexName,
      keySchema: keys(KeySchema),
      projection: { projectionType: Projection.ProjectionType },
    })),
    timeToLiveSpecification: { attributeName: EXPIRES_AT, enabled: true },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    streamSpecification: { streamViewType: 'NEW_IMAGE' },
    sseSpecification: { sseEnabled: true },
  });
  table.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  return table;
}

function keys(schema: (typeof TABLE)['KeySchema']) {
  return schema.map(({ AttributeName, KeyType }) => ({ attributeName: AttributeName, keyType: KeyType }));
}
