/** What holds for every tagging API. */
import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ALICE, BOB, type Clients, clientsOf, failureOf, manyTags } from './clients.ts';
import { TAGGABLE } from './taggable.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let alice: Clients;

withSandbox('all tests', (started, clientsAs) => {
  sandbox = started;
  alice = clientsAs(ALICE);
});

const asMap = (count: number, start = 0) =>
  Object.fromEntries(manyTags(count, start).map(({ Key, Value }) => [Key, Value]));

describe.each(TAGGABLE)('$service', (row) => {
  const { service, gone, notReady, invalid, tooMany, denied, create, tag, tags, remove } = row;
  const created = (name: string) => create(alice, `${service}-${name}`);
  // RDS and ElastiCache know this region's ARNs only, S3 Control this request's account.
  const outside = (clients: typeof alice, arn: string) => failureOf(tag(clients, arn, { a: 'b' }));

  test('adds tags to those that are there, overwriting a key, and lists them', async () => {
    const arn = await created('adds');
    await tag(alice, arn, { 'a+b=c': 'ü:/._-', keep: '1' });
    await tag(alice, arn, { 'a+b=c': '2', CreatedBy: 'alice' });
    const expected = { 'a+b=c': '2', keep: '1', CreatedBy: 'alice' };
    expect(await tags(alice, arn)).toEqual(expected);
    expect(sandbox.tagsOf(arn)).toEqual(expected);
  });

  test(`what was deleted is ${gone}`, async () => {
    const arn = await created('deleted');
    await remove(alice, arn);
    expect(await failureOf(tag(alice, arn, { a: 'b' }))).toMatchObject({ name: gone });
  });

  test('50 tags are allowed, one more is refused and none of its call is kept', async () => {
    const arn = await created('fifty');
    sandbox.putTags(arn, { 'aws:cloudformation:stack-id': 's' });
    await tag(alice, arn, asMap(50));
    expect(await failureOf(tag(alice, arn, { 'key-0': 'new', another: 'x' }))).toMatchObject({
      name: tooMany,
    });
    expect(sandbox.tagsOf(arn)).toMatchObject({ 'key-0': 'value' });
    await tag(alice, arn, { 'key-0': 'new' });
  });

  test.each([
    ['a key of 129 characters', { ['k'.repeat(129)]: 'v' }],
    ['a value of 257 characters', { k: 'v'.repeat(257) }],
    ['a key that begins aws:', { 'aws:k': 'v' }],
  ])('%s is refused', async (what, illegal) => {
    const arn = await created(`x${what.length}`);
    expect(await failureOf(tag(alice, arn, { fine: 'v', ...illegal }))).toMatchObject({ name: invalid });
    expect(sandbox.tagsOf(arn)).toEqual({});
  });

  test('a denied call says so, and another account is not denied by the same row', async () => {
    const arn = await created('denied');
    const allow = sandbox.deny.add({ service, account: ALICE.account });
    expect(await failureOf(tag(alice, arn, { a: 'b' }))).toMatchObject({ name: denied });
    allow();
    await tag(alice, arn, { a: 'b' });
  });

  test(`while it is being created the answer is ${notReady}`, async () => {
    sandbox.clock.set('2026-01-01T00:00:00Z');
    sandbox.taggableAfterMs[row.type] = 60_000;
    try {
      const arn = await created('not-ready');
      expect(await failureOf(tag(alice, arn, { a: 'b' }))).toMatchObject({ name: notReady });
      sandbox.clock.advance(60_000);
      await tag(alice, arn, { a: 'b' });
    } finally {
      delete sandbox.taggableAfterMs[row.type];
      sandbox.clock.run();
    }
  });

  test('nothing of one account or region can be tagged from another', async () => {
    const arn = await created('apart');
    const bob = clientsOf(sandbox, BOB);
    const elsewhere = clientsOf(sandbox, ALICE, 'us-west-2');
    for (const clients of [bob, elsewhere]) {
      expect((await outside(clients, arn)).name).toMatch(
        /NotFound|NoSuchResource|DoesNotExist|InvalidRequest|InvalidAddress|InvalidParameterValue|AccessDenied/,
      );
      clients.destroy();
    }
    expect(sandbox.tagsOf(arn)).toEqual({});
  });
});

const forbidding = (character: string) => {
  const anything = ['ec2', 'elasticache'];
  return TAGGABLE.filter(
    ({ service }) => !anything.includes(service) && (character !== '@' || service === 'dynamodb'),
  );
};

describe.each([',', '@', '\n'])('the character %j', (character) => {
  test.each(forbidding(character))('is refused by $service', async ({ service, create, tag, invalid }) => {
    const arn = await create(alice, `${service}-character-${character.charCodeAt(0)}`);
    expect(await failureOf(tag(alice, arn, { k: `a${character}b` }))).toMatchObject({ name: invalid });
  });
});

test('EC2 and ElastiCache take any character', async () => {
  for (const { service, create, tag } of TAGGABLE.filter(({ service }) =>
    ['ec2', 'elasticache'].includes(service),
  )) {
    const arn = await create(alice, `${service}-any`);
    await tag(alice, arn, { 'k,ey': 'a,b#{}\n' });
    expect(sandbox.tagsOf(arn)).toEqual({ 'k,ey': 'a,b#{}\n' });
  }
});

test('an empty value is refused by RDS alone', async () => {
  for (const { service, create, tag } of TAGGABLE) {
    const arn = await create(alice, `${service}-empty`);
    const call = tag(alice, arn, { k: '' });
    if (service === 'rds') expect(await failureOf(call)).toMatchObject({ name: 'InvalidParameterValue' });
    else await call;
  }
});

test('the tags of a DynamoDB table have 10 KB at most, and are listed in pages', async () => {
  const row = TAGGABLE.find(({ service }) => service === 'dynamodb');
  if (!row) throw new Error('no row for dynamodb');
  const arn = await row.create(alice, 'dynamodb-bytes');
  const big = Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`key-${index}`, 'v'.repeat(256)]));
  await row.tag(alice, arn, big);
  expect(await row.tags(alice, arn)).toEqual(big);
  const more = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`more-${index}`, 'v'.repeat(256)]),
  );
  expect(await failureOf(row.tag(alice, arn, more))).toMatchObject({ name: 'ValidationException' });
});
