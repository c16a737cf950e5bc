/**
 * The table of the store, as data: its keys, its indexes and the attribute by which items expire. Tests make the table
 * of it, and so does whoever deploys it.
 *
 *     ResourceId          Event
 *     arn:…               deletion#<time>#<id>    the name was deleted
 *     arn:…               event#<time>#<id>       it was created
 *     arn:…               state#<account>         what stands on the resource now
 *     s3://bucket/key     file                    a log file that was read
 *
 * Deletions sort before creations: of a name with very many events the last deletion is found with one read.
 */

export const KEY = { partition: 'ResourceId', sort: 'Event' } as const;

/** Seconds since 1970; DynamoDB deletes the item within days after that. */
export const EXPIRES_AT = 'ExpiresAt';

/** Their keys stand in items of states alone, so that these alone are in the indexes. */
export const INDEXES = {
  'by-creator': { partition: 'User', sort: 'EventTime' },
  'by-id': { partition: 'ShortId', sort: 'EventTime' },
} as const;

const ATTRIBUTES = ['ResourceId', 'Event', 'User', 'ShortId', 'EventTime'] as const;

/** All of `CreateTable` but the name. */
export const TABLE = {
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: ATTRIBUTES.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  KeySchema: keySchema(KEY),
  GlobalSecondaryIndexes: Object.entries(INDEXES).map(([IndexName, keys]) => ({
    IndexName,
    KeySchema: keySchema(keys),
    Projection: { ProjectionType: 'ALL' as const },
  })),
};

function keySchema({ partition, sort }: { readonly partition: string; readonly sort: string }) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}

/** The IAM actions that the store needs on the table; none on its indexes. */
export const TABLE_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
] as const;

export const FILE = 'file';

/** Two accounts may have had a bucket of one name, and so of one ARN. */
export function stateKey(account: string): string {
  return `state#${account}`;
}

/** Without an id: what the keys of the events of that second begin with; without a time, those of all. */
export function creationKey(eventTime = '', eventID = ''): string {
  return keyOf('event', eventTime, eventID);
}

export function deletionKey(eventTime = '', eventID = ''): string {
  return keyOf('deletion', eventTime, eventID);
}

function keyOf(kind: string, eventTime: string, eventID: string): string {
  return eventTime === '' ? `${kind}#` : `${kind}#${eventTime}#${eventID}`;
}

export function fileId(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}
