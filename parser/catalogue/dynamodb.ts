/** Amazon DynamoDB: a table answers "not found" to tag calls while it is being created. */
import { type CatalogueRow, LONG_GRACE_SECONDS } from './row.ts';

export const DYNAMODB_ROWS: readonly CatalogueRow[] = [
  {
    eventSource: 'dynamodb.amazonaws.com',
    eventName: 'CreateTable',
    resourceType: 'dynamodb:table',
    arn: 'arn:{Partition}:dynamodb:{Region}:{Account}:table/{TableName}',
    arnPaths: ['responseElements.tableDescription.tableArn'],
    ids: { TableName: ['responseElements.tableDescription.tableName'] },
    requestTagsPath: 'requestParameters.tags[]',
    naming: 'reusable',
    creation: 'strict',
    tagger: 'dynamodb',
    graceSeconds: LONG_GRACE_SECONDS,
  },
];
