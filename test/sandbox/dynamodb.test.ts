/** The simulated DynamoDB keeps items as AWS does: keys, conditions, pages, indexes that lag, and what it refuses. */
import {
  CreateTableCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Clients, failureOf } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let clients: Clients;

const TableName = 'music';
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' as const });

withSandbox('each test', async (started, clientsAs) => {
  sandbox = started;
  sandbox.clock.set('2026-01-01T00:00:00Z');
  clients = clientsAs();
  await clients.dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['Artist', 'Song', 'Genre'].map((name) => ({
        AttributeName: name,
        AttributeType: 'S',
      })),
      KeySchema: [hash('Artist'), range('Song')],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-genre',
          KeySchema: [hash('Genre'), range('Song')],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
});

const key = (Artist: string, Song: string) => ({ Artist: { S: Artist }, Song: { S: Song } });

const put = (Artist: string, Song: string, more: Record<string, { S: string } | { N: string }> = {}) =>
  clients.dynamodb.send(new PutItemCommand({ TableName, Item: { ...key(Artist, Song), ...more } }));

const get = async (Artist: string, Song: string, ConsistentRead = true) =>
  (await clients.dynamodb.send(new GetItemCommand({ TableName, Key: key(Artist, Song), ConsistentRead })))
    .Item;

const update = (input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) =>
  clients.dynamodb.send(new UpdateItemCommand({ TableName, Key: key('Acme', 'Happy'), ...input }));

const query = (more: Partial<QueryCommandInput> = {}) =>
  clients.dynamodb.send(
    new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: '#a = :a',
      ExpressionAttributeNames: { '#a': 'Artist' },
      ExpressionAttributeValues: { ':a': { S: 'Acme' } },
      ...more,
    }),
  );

test('an item that was put is got, replaced as a whole, and deleted', async () => {
  await put('Acme', 'Happy', { Year: { N: '2013' } });
  await put('Acme', 'Happy', { Genre: { S: 'pop' } });
  expect(await get('Acme', 'Happy')).toEqual({ ...key('Acme', 'Happy'), Genre: { S: 'pop' } });
  await clients.dynamodb.send(new DeleteItemCommand({ TableName, Key: key('Acme', 'Happy') }));
  expect(await get('Acme', 'Happy')).toBeUndefined();
});

test('an update makes the item, sets, keeps what is there already, adds to numbers and sets, and removes', async () => {
  const names = { '#l': 'Label', '#y': 'Year', '#n': 'Plays', '#t': 'Styles' };
  const values = { ':l': { S: 'one' }, ':y': { N: '2013' }, ':n': { N: '2' }, ':t': { SS: ['a'] } };
  const expression = 'SET #l = :l, #y = if_not_exists(#y, :y) ADD #n :n, #t :t';
  await update({
    UpdateExpression: expression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  });
  const again = { ...values, ':l': { S: 'two' }, ':y': { N: '1999' }, ':t': { SS: ['b', 'a'] } };
  await update({
    UpdateExpression: expression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: again,
  });
  expect(await get('Acme', 'Happy')).toEqual({
    ...key('Acme', 'Happy'),
    Label: { S: 'two' },
    Year: { N: '2013' },
    Plays: { N: '4' },
    Styles: { SS: ['a', 'b'] },
  });
  await update({ UpdateExpression: 'REMOVE #l', ExpressionAttributeNames: { '#l': 'Label' } });
  expect(await get('Acme', 'Happy')).not.toHaveProperty('Label');
});

test('a condition that does not hold changes nothing', async () => {
  const first = new PutItemCommand({
    TableName,
    Item: { ...key('Acme', 'Happy'), Version: { N: '1' } },
    ConditionExpression: 'attribute_not_exists(#v)',
    ExpressionAttributeNames: { '#v': 'Version' },
  });
  await clients.dynamodb.send(first);
  const refused = { name: 'ConditionalCheckFailedException', status: 400 };
  expect(await failureOf(clients.dynamodb.send(first))).toMatchObject(refused);
  const next = (from: string) => ({
    UpdateExpression: 'SET #v = :to',
    ConditionExpression: '#v = :from',
    ExpressionAttributeNames: { '#v': 'Version' },
    ExpressionAttributeValues: { ':from': { N: from }, ':to': { N: '2' } },
  });
  expect(await failureOf(update(next('7')))).toMatchObject(refused);
  await update(next('1'));
  expect(await get('Acme', 'Happy')).toMatchObject({ Version: { N: '2' } });
});

test('of ten puts at once with one condition, one succeeds', async () => {
  const puts = Array.from({ length: 10 }, (_, at) =>
    clients.dynamodb.send(
      new PutItemCommand({
        TableName,
        Item: { ...key('Acme', 'Happy'), Who: { N: String(at) } },
        ConditionExpression: 'attribute_not_exists(#w)',
        ExpressionAttributeNames: { '#w': 'Who' },
      }),
    ),
  );
  const settled = await Promise.allSettled(puts);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a query gives the items of one partition by their sort key, forwards and backwards, page by page', async () => {
  for (const song of ['c', 'a', 'd', 'b']) await put('Acme', song);
  await put('Other', 'x');
  const songs = ({ Items = [] }: { Items?: Record<string, { S?: string }>[] | undefined }) =>
    Items.map(({ Song }) => Song?.S).join('');
  expect(songs((await query()) as never)).toBe('abcd');
  const first = await query({ ScanIndexForward: false, Limit: 3 });
  expect([songs(first as never), first.LastEvaluatedKey]).toEqual(['dcb', key('Acme', 'b')]);
  const second = await query({ ScanIndexForward: false, ExclusiveStartKey: first.LastEvaluatedKey });
  expect([songs(second as never), second.LastEvaluatedKey]).toEqual(['a', undefined]);
  const names = { '#a': 'Artist', '#s': 'Song' };
  const between = { ':a': { S: 'Acme' }, ':from': { S: 'b' }, ':to': { S: 'c' } };
  const some = { ExpressionAttributeNames: names, ExpressionAttributeValues: between };
  const found = await query({ KeyConditionExpression: '#a = :a AND #s BETWEEN :from AND :to', ...some });
  expect(songs(found as never)).toBe('bc');
});

test('a page ends after 1 MB', async () => {
  for (const song of ['a', 'b', 'c', 'd']) await put('Acme', song, { Text: { S: 'x'.repeat(390_000) } });
  const { Count, LastEvaluatedKey } = await query();
  expect({ Count, LastEvaluatedKey }).toEqual({ Count: 2, LastEvaluatedKey: key('Acme', 'b') });
});

test('reads that are not strongly consistent, and all of an index, are behind', async () => {
  sandbox.replicationLag(1_000);
  await put('Acme', 'Happy', { Genre: { S: 'pop' } });
  const byGenre = () =>
    query({
      IndexName: 'by-genre',
      ConsistentRead: false,
      ExpressionAttributeNames: { '#a': 'Genre' },
      ExpressionAttributeValues: { ':a': { S: 'pop' } },
    });
  expect(await get('Acme', 'Happy')).toBeDefined();
  expect(await get('Acme', 'Happy', false)).toBeUndefined();
  expect((await byGenre()).Count).toBe(0);
  sandbox.clock.advance(1_000);
  expect(await get('Acme', 'Happy', false)).toBeDefined();
  expect((await byGenre()).Count).toBe(1);
});

test('an index has only the items that have its key', async () => {
  await put('Acme', 'Happy', { Genre: { S: 'pop' } });
  await put('Acme', 'Sad');
  const input = {
    ExpressionAttributeNames: { '#a': 'Genre' },
    ExpressionAttributeValues: { ':a': { S: 'pop' } },
  };
  const { Items } = await query({ IndexName: 'by-genre', ConsistentRead: false, ...input });
  expect(Items).toHaveLength(1);
});

const scan = (more: Partial<ScanCommandInput> = {}) =>
  clients.dynamodb.send(new ScanCommand({ TableName, ...more }));

test('a scan gives every item once, in parts and page by page, and filters what it has read', async () => {
  const artists = Array.from({ length: 20 }, (_, number) => `artist ${number}`);
  for (const artist of artists) await put(artist, 'a', artist.endsWith('7') ? { Genre: { S: 'pop' } } : {});
  const found: string[] = [];
  for (const Segment of [0, 1, 2]) {
    let ExclusiveStartKey: ScanCommandInput['ExclusiveStartKey'];
    do {
      const page = await scan({ Segment, TotalSegments: 3, Limit: 4, ExclusiveStartKey });
      found.push(...(page.Items ?? []).map(({ Artist }) => Artist?.S ?? ''));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }
  expect(found.toSorted()).toEqual(artists.toSorted());
  const having = {
    FilterExpression: 'attribute_exists(#g)',
    ExpressionAttributeNames: { '#g': 'Genre' },
  };
  expect(await scan(having)).toMatchObject({ Count: 2, ScannedCount: 20 });
  expect(await scan({ IndexName: 'by-genre' })).toMatchObject({ Count: 2, ScannedCount: 2 });
});

const names = { '#v': 'Version' };
const one = { ':one': { N: '1' } };

test.each<[string, () => Promise<unknown>, string]>([
  [
    'an expression with a word too many',
    () =>
      update({
        UpdateExpression: 'SET #v = :one twice',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: one,
      }),
    'Syntax error',
  ],
  [
    'an unknown function',
    () =>
      update({
        UpdateExpression: 'SET #v = list_append(#v, :one)',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: one,
      }),
    'Syntax error',
  ],
  [
    'a name that is not defined',
    () =>
      update({
        UpdateExpression: 'SET #x = :one',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: one,
      }),
    'not defined',
  ],
  [
    'a value that no expression uses',
    () =>
      update({
        UpdateExpression: 'REMOVE #v',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: one,
      }),
    'unused in expressions',
  ],
  [
    'a key that is changed',
    () =>
      update({
        UpdateExpression: 'SET #s = :s',
        ExpressionAttributeNames: { '#s': 'Song' },
        ExpressionAttributeValues: { ':s': { S: 'x' } },
      }),
    'part of the key',
  ],
  [
    'one attribute twice',
    () =>
      update({
        UpdateExpression: 'SET #v = :one REMOVE #v',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: one,
      }),
    'overlap',
  ],
  [
    'an item over 400 KB',
    () => put('Acme', 'Long', { Text: { S: 'x'.repeat(410_000) } }),
    'maximum allowed size',
  ],
  [
    'an item without its sort key',
    () => clients.dynamodb.send(new PutItemCommand({ TableName, Item: { Artist: { S: 'Acme' } } })),
    'Missing the key Song',
  ],
  [
    'a key of another type',
    () =>
      clients.dynamodb.send(
        new PutItemCommand({ TableName, Item: { Artist: { S: 'Acme' }, Song: { N: '1' } } }),
      ),
    'Type mismatch',
  ],
  ['an empty key of an index', () => put('Acme', 'Happy', { Genre: { S: '' } }), 'empty string value'],
  [
    'an empty set',
    () =>
      update({
        UpdateExpression: 'ADD #v :set',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':set': { SS: [] } },
      }),
    'no attribute value',
  ],
  [
    'a consistent read of an index',
    () => query({ IndexName: 'by-genre', ExpressionAttributeNames: { '#a': 'Genre' } }),
    'Consistent reads are not supported',
  ],
  [
    'an index that is not there',
    () => query({ IndexName: 'by-year', ConsistentRead: false }),
    'does not have the specified index',
  ],
  [
    'a query without a partition key',
    () => query({ ExpressionAttributeNames: { '#a': 'Song' } }),
    'key condition not supported',
  ],
  ['a part of nothing', () => scan({ Segment: 3 }), 'The Segment parameter is required'],
  ['a part behind the last', () => scan({ Segment: 3, TotalSegments: 3 }), 'Segment parameter'],
  ['a member that the sandbox does not know', () => query({ Select: 'COUNT' }), 'does not know the member'],
])('%s is a ValidationException', async (_, call, message) => {
  expect(await failureOf(call())).toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
    status: 400,
  });
});

test('a table that is not there, or is being created, has no items', async () => {
  const other = new GetItemCommand({ TableName: 'other', Key: key('Acme', 'Happy') });
  expect(await failureOf(clients.dynamodb.send(other))).toMatchObject({ name: 'ResourceNotFoundException' });
  sandbox.taggableAfterMs['dynamodb:table'] = 5_000;
  expect(await failureOf(put('Acme', 'Happy'))).toMatchObject({ name: 'ResourceNotFoundException' });
});
