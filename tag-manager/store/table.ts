/**
 * The table of the store, as data: its keys, its indexes and the attribute by which items expire. Tests make the table
 * of it, and so does whoever deploys it.
 *
 *     ResourceId          Event
 *     arn:…               <account>#deletion#<time>#<id>    the name was deleted
 *     arn:…               <account>#event#<time>#<id>       it was created
 *     arn:…               <account>#state                   what stands on the resource now
 *     children:arn:…      <account>#child#<arn>#<id>        was made for it, and what it was told
 *     s3://bucket/key     file                              a log file that was read
 *     alert:…             claim                             an alert that was sent
 *
 * The ARN of a bucket does not tell the account, and two may have had a bucket of one name: what is of one of them is read
 * without passing over the other's. Deletions sort before creations: of a name with very many events the last deletion is
 * found with one read. The state is the last of all.
 */

export const KEY = { partition: 'ResourceId', sort: 'Event' } as const;

/** Seconds since 1970; DynamoDB deletes the item within days after that. What is no number does not expire. */
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

/** The IAM actions that the function needs on the table, which reads no item of a file; none on its indexes, which only `who` reads. */
export const TABLE_ACTIONS = ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'] as const;

/** Those that it takes to keep that something was undone. */
export const UNDO_TABLE_ACTIONS = ['dynamodb:PutItem', 'dynamodb:Query'] as const;

export const FILE = 'file';
export const CLAIM = 'claim';

export function stateKey(account: string): string {
  return `${keysOf(account)}state`;
}

/** What all keys of an account begin with. */
export function keysOf(account: string): string {
  return `${account}#`;
}

/** Without an id: what the keys of the events of that second begin with; without a time, those of all. */
export function creationKey(account: string, eventTime = '', eventID = ''): string {
  return keyOf(account, 'event', eventTime, eventID);
}

export function deletionKey(account: string, eventTime = '', eventID = ''): string {
  return keyOf(account, 'deletion', eventTime, eventID);
}

/** Where the children of a parent are, apart from its events: there may be very many. */
export function childrenOf(arn: string): string {
  return `children:${arn}`;
}

/** Without a child: what the keys of all children in an account begin with. */
export function childKey(account: string, arn = '', eventID = ''): string {
  const rest = arn === '' ? '' : `${arn}#${eventID}`;
  return `${keysOf(account)}child#${rest}`;
}

function keyOf(account: string, kind: string, eventTime: string, eventID: string): string {
  const rest = eventTime === '' ? '' : `${eventTime}#${eventID}`;
  return `${keysOf(account)}${kind}#${rest}`;
}

export function fileId(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}
