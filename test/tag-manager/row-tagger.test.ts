/** The tagger that rows drive, over HTTP: pages, addresses of the environment, what is tried again, what is refused. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { recordOfRow } from '../../fixtures/record-of-row.ts';
import { rowsFor } from '../../parser/catalogue/catalogue.ts';
import { readEvent } from '../../parser/event/event.ts';
import { partitionOf } from '../../parser/partition.ts';
import { type Calls, createCalls } from '../../tag-manager/calls/calls.ts';
import { createTagManager } from '../../tag-manager/tag-manager.ts';
import type { Target } from '../../tag-manager/taggers/tagger.ts';
import { createTaggers } from '../../tag-manager/taggers/taggers.ts';
import { compileTagSettings } from '../../tag-manager/tags/tag-settings.ts';
import { OPTIONS } from './tagging.ts';

interface Seen {
  readonly host: string;
  readonly url: string;
  readonly body: string;
}

type Answer = readonly [status: number, body: string];

const { signal } = new AbortController();
const ACCOUNT = '111122223333';

let server: Server;
let calls: Calls;
const seen: Seen[] = [];
let answers: Answer[] = [];
const environment = { ...process.env };

beforeAll(async () => {
  server = createServer(async (request, response) => {
    seen.push({ host: request.headers.host ?? '', url: request.url ?? '', body: await bodyOf(request) });
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, ''];
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
beforeEach(() => {
  seen.length = 0;
  process.env.AWS_ENDPOINT_URL = `http://localhost:${(server.address() as AddressInfo).port}`;
  const credentials = async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' });
  const limits = { maxAttempts: 2, connectionTimeoutMs: 1_000, requestTimeoutMs: 1_000 };
  calls = createCalls({ credentialsFor: () => credentials, concurrency: 4, limits });
});
afterEach(() => {
  calls.destroy();
  process.env = { ...environment };
});
afterAll(() => {
  server.close();
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function targetIn(region: string): Target {
  const partition = partitionOf(region);
  if (partition === undefined) throw new Error(`${region} is no region`);
  const arn = `arn:${partition.name}:svc:${region}:${ACCOUNT}:thing/one`;
  return { arn, id: 'one', type: 'svc:thing', partition, account: ACCOUNT, region };
}

async function read(api: string, region = 'eu-west-1') {
  const [attempt] = await createTaggers()(api).read(calls, [targetIn(region)], signal);
  return attempt && 'value' in attempt ? Object.fromEntries(attempt.value) : attempt?.failure;
}

async function write(api: string, tags: Readonly<Record<string, string>>, region = 'eu-west-1') {
  const set = new Map(Object.entries(tags));
  const [attempt] = await createTaggers()(api).write(calls, [targetIn(region)], set, signal);
  return attempt && 'value' in attempt ? 'written' : attempt?.failure;
}

const bodies = () => seen.map(({ body }) => JSON.parse(body) as unknown);
const page = (tags: Readonly<Record<string, string>>, rest: object = {}): Answer => {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return [200, JSON.stringify({ Tags, ...rest })];
};

describe('tags on several pages are read to the last', () => {
  test('by a token in the body', async () => {
    answers = [page({ a: '1' }, { NextToken: 't' }), page({ b: '2' }, { NextToken: '' })];
    expect(await read('codedeploy:TagResource')).toEqual({ a: '1', b: '2' });
    expect(bodies()).toMatchObject([{}, { NextToken: 't' }]);
    expect(bodies()[0]).not.toHaveProperty('NextToken');
  });

  test('by a token in the query', async () => {
    answers = [page({ a: '1' }, { NextToken: 'a/b' }), page({ b: '2' })];
    expect(await read('efs:TagResource')).toEqual({ a: '1', b: '2' });
    const path = '/2015-02-01/resource-tags/one';
    expect(seen.map(({ url }) => url)).toEqual([path, `${path}?NextToken=a%2Fb`]);
  });

  test('by the last key', async () => {
    answers = [page({ a: '1', b: '2' }, { HasMoreTags: true }), page({ c: '3' }, { HasMoreTags: false })];
    expect(await read('kinesis:AddTagsToStream')).toEqual({ a: '1', b: '2', c: '3' });
    expect(bodies()).toMatchObject([{}, { ExclusiveStartTagKey: 'b' }]);
  });

  test('unless there is no end to them, which is a failure and no endless loop', async () => {
    answers = [page({ a: '1' }, { NextToken: 'again' })];
    expect(await read('codedeploy:TagResource')).toMatchObject({
      class: 'unknown',
      message: 'ListTagsForResource gave 100 pages and has more',
    });
    expect(seen.length).toBeGreaterThanOrEqual(100);
    expect(seen.length).toBeLessThan(110); // a call that a busy machine keeps waiting is made again
  });
});

describe('what an answer holds', () => {
  test.each([
    ['no tags', {}, {}],
    ['nothing in their place', { Tags: null }, {}],
    ['a tag without a value', { Tags: [{ Key: 'a' }] }, { a: '' }],
    ['a tag without a key', { Tags: [{ Value: 'a' }] }, {}],
  ])('%s', async (_, answer, tags) => {
    answers = [[200, JSON.stringify(answer)]];
    expect(await read('codedeploy:TagResource')).toEqual(tags);
  });

  test('keys that JavaScript means something by', async () => {
    answers = [[200, '{"tags":{"__proto__":"a","constructor":"b"}}']];
    const [attempt] = await createTaggers()('imagebuilder:TagResource').read(
      calls,
      [targetIn('eu-west-1')],
      signal,
    );
    expect(attempt).toEqual({ value: new Map(Object.entries({ ['__proto__']: 'a', constructor: 'b' })) });
  });
});

test('tags that look like names of a template are written as they are', async () => {
  answers = [[200, '{}']];
  const tags = { $key: '$value', $arn: '$tags', '[Tag]': '{x}' };
  expect(await write('codedeploy:TagResource', tags)).toBe('written');
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  expect(bodies()).toEqual([{ ResourceArn: targetIn('eu-west-1').arn, Tags }]);
});

describe('where a call goes', () => {
  test('AWS_ENDPOINT_URL of a service comes before that of all', async () => {
    answers = [[200, '{}']];
    const { port } = server.address() as AddressInfo;
    process.env.AWS_ENDPOINT_URL_CODEDEPLOY = `http://127.0.0.1:${port}/deploy`;
    await read('codedeploy:TagResource');
    await read('athena:TagResource');
    expect(seen.map(({ host, url }) => `${host}${url}`)).toEqual([
      `127.0.0.1:${port}/deploy/`,
      `localhost:${port}/`,
    ]);
  });

  test('the host of a call goes before an address of the environment too', async () => {
    answers = [[200, '{}']];
    await read('deadline:TagResource');
    expect(seen[0]?.host).toMatch(/^management\.localhost:/);
  });

  test('nowhere, where the service has no endpoint: that is unsupported, and nothing is sent', async () => {
    delete process.env.AWS_ENDPOINT_URL;
    process.env.AWS_USE_FIPS_ENDPOINT = 'true';
    expect(await read('arc-region-switch:TagResource', 'cn-north-1')).toEqual({
      class: 'unsupported',
      error: 'NoEndpointError',
      message: 'ARC Region switch has no fips endpoint in cn-north-1',
    });
    expect(seen).toEqual([]);
  });
});

describe('an answer of status 200', () => {
  const operation = (rest: object): Answer => [200, JSON.stringify({ operations: [{ id: 'o-1', ...rest }] })];

  test('that says that the call failed is a failure', async () => {
    answers = [operation({ status: 'Failed', errorCode: 'NotFoundException', errorDetails: 'no disk' })];
    expect(await write('lightsail:TagResource:Disk', { a: 'b' })).toEqual({
      class: 'not-found',
      error: 'NotFoundException',
      message: 'no disk',
    });
  });

  test.each([{ status: 'Succeeded' }, { status: 'Started', errorCode: null }, { errorCode: '' }])(
    'that says %j is none',
    async (rest) => {
      answers = [operation(rest)];
      expect(await write('lightsail:TagResource:Disk', { a: 'b' })).toBe('written');
    },
  );
});

describe('a resource that is not there', () => {
  const xml = (code: string, message: string): Answer => [
    400,
    `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  ];

  test.each([
    ['AutoScalingGroup name not found - AutoScalingGroup one not found', 'not-found'],
    ['The group does not exist', 'not-found'],
    ['Could not find one', 'not-found'],
    ['Incomplete tags information', 'invalid'],
  ])('may be told by the message alone: %s is %s', async (message, meaning) => {
    answers = [xml('ValidationError', message)];
    expect(await write('autoscaling:CreateOrUpdateTags', { a: 'b' })).toMatchObject({ class: meaning });
  });
});

test('where a key is the same in any case, tags of others are found in any case', async () => {
  const tags = (keys: readonly string[]): Answer => {
    const members = keys.map((key) => `<member><Key>${key}</Key><Value>bob</Value></member>`).join('');
    return [200, `<R><ListUserTagsResult><Tags>${members}</Tags></ListUserTagsResult></R>`];
  };
  answers = [tags(['createdBY', 'Team'])];
  expect(await outcomeOfUser()).toMatchObject({ outcome: 'kept', reason: "CreatedBy is somebody else's" });
  answers = [tags(['Team', 'team'])];
  expect(await outcomeOfUser()).toMatchObject({ outcome: 'tagged' });
});

async function outcomeOfUser() {
  const [row] = rowsFor('iam.amazonaws.com', 'CreateUser');
  if (row === undefined) throw new Error('there is no row of CreateUser');
  const verdict = readEvent(
    { index: 0, record: recordOfRow(row).record },
    { origin: 'log', account: ACCOUNT },
  );
  if (verdict.kind !== 'creation') throw new Error(`it is ${verdict.kind}`);
  const settings = compileTagSettings(OPTIONS, {});
  const manager = createTagManager({
    settings,
    calls,
    taggerFor: createTaggers(),
    batchesAtOnce: 1,
    now: Date.now,
  });
  const { outcomes } = await manager.tag({ creations: [verdict.creation] }, signal);
  return outcomes[0];
}

describe('an error', () => {
  test('that its service calls worth another attempt is tried again', async () => {
    answers = [
      [400, '{"__type":"QuotaPausedException"}'],
      [200, '{}'],
    ];
    expect(await write('codedeploy:TagResource', { a: 'b' })).toMatchObject({
      error: 'QuotaPausedException',
    });
    expect(seen.length).toBe(1);
    answers = [
      [409, '{"__type":"InternalServerException"}'],
      [200, '{}'],
    ];
    expect(await write('appfabric:TagResource', { a: 'b' })).toBe('written');
    expect(seen.length).toBe(3);
  });
});
