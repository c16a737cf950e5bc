/** The metadata store, over HTTP against the sandbox's DynamoDB. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CreationEvent, DeletionEvent, Name } from '../../../tag-manager/ownership/name-event.ts';
import type { History, Ledger, Settled } from '../../../tag-manager/store/ledger.ts';
import { ACCOUNT, ALICE, OTHER_ACCOUNT } from '../creations.ts';
import { ours, startTagging, type Tagging, UNENDING } from '../tagging.ts';
import {
  type Item,
  itemsOf,
  itemsOfPartition,
  openStore,
  putItem,
  putTable,
  stateOf,
  TABLE_NAME,
} from './stores.ts';

let tagging: Tagging;
let ledger: Ledger;
let names = 0;
let name: Name;

beforeAll(async () => {
  tagging = await startTagging();
  await putTable(tagging);
});
afterAll(() => tagging.close());

beforeEach(() => {
  ledger = openStore(tagging).ledger;
  name = { account: ACCOUNT, arn: `arn:aws:sns:eu-west-1:${ACCOUNT}:topic-${names++}` };
});

const T = (second: number) =>
  new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString().replace('.000Z', 'Z');

const topic = () => name.arn.split(':').at(-1) ?? '';

const creation = (eventID: string, second: number, more: Partial<CreationEvent> = {}): CreationEvent => ({
  kind: 'creation',
  eventID,
  eventTime: T(second),
  creation: 'idempotent',
  naming: 'reusable',
  copiesTags: false,
  person: 'alice',
  eventSource: 'sns.amazonaws.com',
  eventName: 'CreateTopic',
  user: ALICE,
  createdBy: ALICE,
  resource: { arn: name.arn, id: topic(), type: 'sns:topic', region: 'eu-west-1', api: 'sns:TagResource' },
  tags: new Map(Object.entries(ours(ALICE, T(second)))),
  requestTags: {},
  createdAt: undefined,
  ...more,
});

const deletion = (eventID: string, second: number): DeletionEvent => ({
  kind: 'deletion',
  eventID,
  eventTime: T(second),
  eventName: 'DeleteTopic',
});

const resourceWith =
  (forged: Readonly<Record<string, unknown>>) =>
  (sound: Item): Item => ({
    ...sound,
    Resource: { S: JSON.stringify({ ...JSON.parse(sound.Resource?.S ?? ''), ...forged }) },
  });

const record = (...events: (CreationEvent | DeletionEvent)[]) => ledger.record(name, events, UNENDING);

const idsOf = ({ events }: History) => events.map(({ eventID }) => eventID).toSorted();

const tagged = (event: CreationEvent): Settled => ({ outcome: 'tagged', event, written: event.tags });

test('events come back as they were recorded, from whoever recorded them', async () => {
  const first = creation('one', 1, { createdAt: 1_763_632_801_000, requestTags: { CreatedBy: 'eve' } });
  await record(first);
  await openStore(tagging).ledger.record(name, [deletion('two', 2)], UNENDING);
  const { events } = await record();
  expect(events.find(({ eventID }) => eventID === 'one')).toEqual(first);
  expect(events.find(({ eventID }) => eventID === 'two')).toEqual(deletion('two', 2));
});

test('of what a call made on its way, that comes back too', async () => {
  await ledger.record(name, [creation('b', 2, { isIndirect: true }), creation('a', 1)], UNENDING);
  const { events } = await openStore(tagging).ledger.record(name, [], UNENDING);
  const marks = events.map((event) => [event.eventID, 'isIndirect' in event && event.isIndirect]);
  expect(new Map(marks as [string, boolean][])).toEqual(
    new Map([
      ['a', false],
      ['b', true],
    ]),
  );
});

test('an event that is recorded again is one event', async () => {
  await record(creation('one', 1), creation('one', 1));
  expect(idsOf(await record(creation('one', 1)))).toEqual(['one']);
});

test('what an event would have written is ours, by the settings of then and of now', async () => {
  await record(creation('one', 1));
  const renamed = creation('one', 1, { tags: new Map(Object.entries(ours('alice', T(1)))) });
  const { ours: forms = [] } = await record(renamed);
  const creators = forms.map((tags) => tags.get('CreatedBy'));
  expect(creators).toEqual(expect.arrayContaining([ALICE, 'alice']));
});

test('so is what it would have written where the service refuses a character', async () => {
  const by = 'arn:aws:sts::111122223333:assumed-role/dev/alice@example.com';
  const arn = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`;
  const table = {
    arn,
    id: 'orders',
    type: 'dynamodb:table',
    region: 'eu-west-1',
    api: 'dynamodb:TagResource',
  };
  const call = { eventSource: 'dynamodb.amazonaws.com', eventName: 'CreateTable', resource: table };
  const tags = new Map(Object.entries(ours(by, T(1))));
  const { ours: forms = [] } = await ledger.record(
    { account: ACCOUNT, arn },
    [creation('one', 1, { ...call, tags })],
    UNENDING,
  );
  expect(forms.map((tags) => tags.get('CreatedBy'))).toContain(by.replace('@', '_'));
});

test('who settles on what is known gets no news; the state is in the table, and in its indexes', async () => {
  const event = creation('one', 1);
  const known = await record(event);
  expect(await ledger.settle(name, known, tagged(event), UNENDING)).toBeUndefined();
  expect(await stateOf(tagging, name)).toMatchObject({
    User: { S: ALICE },
    Action: { S: 'CreateTopic' },
    EventId: { S: 'one' },
    EventTime: { S: T(1) },
    ShortId: { S: topic() },
    Account: { S: ACCOUNT },
    Region: { S: 'eu-west-1' },
    Outcome: { S: 'tagged' },
    Version: { N: '1' },
    Tags: { M: { CreatedBy: { S: ALICE } } },
  });
  const byCreator = await itemsOf(tagging, 'by-creator', 'User', ALICE);
  expect(byCreator.filter(({ ResourceId }) => ResourceId?.S === name.arn)).toHaveLength(1);
  const byId = await itemsOf(tagging, 'by-id', 'ShortId', topic());
  expect(byId.filter(({ ResourceId }) => ResourceId?.S === name.arn)).toHaveLength(1);
});

test('an event that came between is news', async () => {
  const event = creation('one', 2);
  const known = await record(event);
  await record(creation('earlier', 1));
  const news = await ledger.settle(name, known, tagged(event), UNENDING);
  expect(news && idsOf(news)).toEqual(['earlier', 'one']);
});

test('a state that came between is news, and is not written over', async () => {
  const event = creation('one', 1);
  const known = await record(event);
  const sameKnown = await record();
  await ledger.settle(name, known, tagged(creation('two', 2)), UNENDING);
  const news = await ledger.settle(name, sameKnown, tagged(event), UNENDING);
  expect(news).toBeDefined();
  expect(await stateOf(tagging, name)).toMatchObject({ EventId: { S: 'two' } });
  expect(await ledger.settle(name, news as History, tagged(event), UNENDING)).toBeUndefined();
  expect(await stateOf(tagging, name)).toMatchObject({ EventId: { S: 'one' }, Version: { N: '2' } });
});

test('a repeat that changed nothing writes nothing', async () => {
  const event = creation('one', 1);
  await ledger.settle(name, await record(event), tagged(event), UNENDING);
  const known = await record(event);
  const unchanged: Settled = { outcome: 'unchanged', event, written: undefined };
  const requests = await tagging.requestsOf(() => ledger.settle(name, known, unchanged, UNENDING));
  expect(requests).toEqual([]);
});

test('what we wrote stays ours when somebody else has written since', async () => {
  const event = creation('one', 1);
  await ledger.settle(name, await record(event), tagged(event), UNENDING);
  const kept: Settled = { outcome: 'kept', event: undefined, written: undefined };
  await ledger.settle(name, await record(), kept, UNENDING);
  expect((await record()).ours).toContainEqual(event.tags);
});

test('buckets of one name in two accounts have a history each', async () => {
  const arn = 'arn:aws:s3:::two-owners';
  const resource = {
    arn,
    id: 'two-owners',
    type: 's3:bucket',
    region: 'eu-west-1',
    api: 's3control:TagResource:bucket',
  };
  const [mine, theirs] = [ACCOUNT, OTHER_ACCOUNT].map((account) => ({ account, arn })) as [Name, Name];
  const call = { eventSource: 's3.amazonaws.com', eventName: 'CreateBucket', resource };
  const events = [creation('mine', 1, call), creation('theirs', 2, call)] as const;
  const known = await ledger.record(mine, [events[0]], UNENDING);
  await ledger.settle(mine, known, tagged(events[0]), UNENDING);
  const other = await ledger.record(theirs, [events[1]], UNENDING);
  expect(idsOf(other)).toEqual(['theirs']);
  expect(await ledger.settle(theirs, other, tagged(events[1]), UNENDING)).toBeUndefined();
});

test('of a name with very many events, those that decide are read in three pages', async () => {
  const bare = [
    deletion('last-deletion', 1000),
    ...Array.from({ length: 400 }, (_, at) => creation(`c${at}`, 900 + at)),
  ];
  for (let at = 0; at < bare.length; at += 50) await record(...bare.slice(at, at + 50));
  let history: History | undefined;
  const requests = await tagging.requestsOf(async () => {
    history = await record();
  });
  expect(requests.map(({ operation }) => operation)).toEqual(['Query', 'Query', 'Query']);
  const ids = history ? idsOf(history) : [];
  expect(ids).toEqual(expect.arrayContaining(['last-deletion', 'c100', 'c101', 'c399']));
  expect(ids).not.toContain('c99');
});

test.each([
  [
    'throttling',
    { error: { code: 'ProvisionedThroughputExceededException', status: 400, message: 'slow' } },
    'throttled',
  ],
  ['an error', { error: { code: 'InternalServerError', status: 500, message: 'sorry' } }, 'busy'],
  [
    'no such table',
    { error: { code: 'ResourceNotFoundException', status: 400, message: 'no table' } },
    'busy',
  ],
  ['a denial', { error: { code: 'AccessDeniedException', status: 400, message: 'no' } }, 'busy'],
  ['a reset', { reset: true }, 'network'],
] as const)('%s is a failure of the store that passes, and says so', async (_, effect, expected) => {
  const forget = tagging.sandbox.faults.add({ service: 'dynamodb', effect });
  const failure = await record(creation('one', 1)).catch((error: unknown) => error);
  forget();
  expect(failure).toMatchObject({
    name: 'CallError',
    failure: { class: expected, message: expect.stringContaining('the metadata store: ') },
  });
});

test('once time is up, nothing more is asked', async () => {
  const stopped = AbortSignal.abort(new Error('time is up'));
  const requests = await tagging.requestsOf(() =>
    ledger.record(name, [creation('one', 1)], stopped).catch(() => undefined),
  );
  expect(requests).toEqual([]);
});

test.each<[string, (sound: Item) => Item]>([
  ['a host in the place of a region', resourceWith({ region: 'evil.example/#' })],
  ['a region of another partition', resourceWith({ region: 'cn-north-1' })],
  ['a tagging API that is not one', resourceWith({ api: 'evil:TagResource' })],
  ['a tagging API of something else', resourceWith({ api: 'sqs:TagQueue' })],
  ['another resource', resourceWith({ arn: `arn:aws:sns:eu-west-1:${ACCOUNT}:other`, id: 'other' })],
  ['an id that its ARN does not have', resourceWith({ id: 'other' })],
  ["another account's resource", resourceWith({ arn: `arn:aws:sns:eu-west-1:${OTHER_ACCOUNT}:topic` })],
  ['no resource', resourceWith({ id: undefined })],
  ['what is no JSON', (sound) => ({ ...sound, Resource: { S: '{' } })],
  ['a call that the catalogue does not have', (sound) => ({ ...sound, Name: { S: 'MakeTopic' } })],
  ['a time that is none', (sound) => ({ ...sound, At: { S: 'yesterday' } })],
  ['another time than that of its key', (sound) => ({ ...sound, At: { S: T(0) } })],
  ['a kind of creation that is none', (sound) => ({ ...sound, Creation: { S: 'forced' } })],
  ['forms that are none', (sound) => ({ ...sound, Forms: { SS: ['[["CreatedBy"]]'] } })],
  ['a number for a text', (sound) => ({ ...sound, Creator: { N: '1' } })],
])('%s in the table is passed over with a word, and holds nothing up', async (_, forge) => {
  await record(creation('sound', 2));
  const [sound] = await itemsOfPartition(tagging, name.arn);
  const key = { Event: { S: `${ACCOUNT}#event#${T(1)}#forged` }, At: { S: T(1) }, Id: { S: 'forged' } };
  await putItem(tagging, forge({ ...sound, ...key }));
  const known = await record();
  expect(idsOf(known)).toEqual(['sound']);
  expect(known.passedOver).toEqual([expect.stringContaining(name.arn)]);
});

test.each<[string, Item]>([
  ['without anything', {}],
  ['with a version that is none', { Version: { S: 'latest' }, Outcome: { S: 'tagged' } }],
  ['with a version that cannot be counted up', { Version: { N: '1e100' } }],
  ['with tags that are none', { Version: { N: '3' }, Tags: { S: 'CreatedBy' } }],
])('a state %s is written anew', async (_, attributes) => {
  const Event = { S: `${ACCOUNT}#state` };
  await putItem(tagging, { ResourceId: { S: name.arn }, Event, ...attributes });
  const event = creation('one', 1);
  const known = await record(event);
  expect(await ledger.settle(name, known, tagged(event), UNENDING)).toBeUndefined();
  expect(await stateOf(tagging, name)).toMatchObject({ EventId: { S: 'one' }, Outcome: { S: 'tagged' } });
});

test('the table chooses no tag keys', async () => {
  const forged = creation('one', 1, {
    createdBy: 'eve',
    tags: new Map([
      ['admin', 'true'],
      ['CreatedBy', 'eve'],
      ['ManagedBy', 'eve'],
    ]),
  });
  const { events } = await record(forged);
  expect(events).toMatchObject([
    {
      tags: new Map([
        ['CreatedBy', 'eve'],
        ['CreatedDate', T(1)],
        ['ManagedBy', 'auto-tagger'],
      ]),
    },
  ]);
});

test('a file that was read is known for a day', async () => {
  let now = Date.parse('2026-11-20T00:00:00Z');
  const { files } = openStore(tagging, { now: () => now });
  const file = {
    bucket: 'logs',
    key: 'a.json.gz',
    at: '2026-11-20T00:00:00Z',
    counts: { records: 5, tagged: 1 },
  };
  await files.put(file, UNENDING);
  expect(await files.get('logs', 'a.json.gz', UNENDING)).toEqual(file);
  expect(await files.get('logs', 'b.json.gz', UNENDING)).toBeUndefined();
  now += 24 * 60 * 60_000;
  expect(await files.get('logs', 'a.json.gz', UNENDING)).toBeUndefined();
});

test('all reads are strongly consistent', async () => {
  const requests = await tagging.requestsOf(async () => {
    await record(creation('one', 1));
    await openStore(tagging).files.get('logs', 'a.json.gz', UNENDING);
  });
  const reads = requests.filter(({ operation }) => operation === 'Query' || operation === 'GetItem');
  expect(reads.map(({ input }) => [input.TableName, input.ConsistentRead])).toEqual([
    [TABLE_NAME, true],
    [TABLE_NAME, true],
  ]);
});
