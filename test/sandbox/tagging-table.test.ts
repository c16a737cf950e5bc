/**
 * Services that only tag, served from a table: real clients write, read and remove tags, and what no service would take
 * is refused.
 */

import http from 'node:http';
import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as efs from '@aws-sdk/client-efs';
import * as kms from '@aws-sdk/client-kms';
import * as route53 from '@aws-sdk/client-route-53';
import * as sfn from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Identity, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { taggingTable } from '../helpers/tagging-table.ts';
import { ALICE, BOB, failureOf } from './clients.ts';

const REGION = 'eu-west-1';
const { account } = ALICE;

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ tagging: await taggingTable() });
});
afterAll(() => sandbox.close());

type Tags = Readonly<Record<string, string>>;

/** One service of each protocol, spoken to by its own client. */
interface Spoken {
  readonly protocol: string;
  readonly arn: string;
  readonly operation: string;
  /** Names of errors as the client gives them. */
  readonly notFound: string;
  readonly write: (config: object, tags: Tags) => Promise<unknown>;
  readonly read: (config: object) => Promise<Tags>;
  readonly remove: (config: object, key: string) => Promise<unknown>;
}

const KEY = `arn:aws:kms:${REGION}:${account}:key/1a2b`;
const MACHINE = `arn:aws:states:${REGION}:${account}:stateMachine:orders`;
const FILES = `arn:aws:elasticfilesystem:${REGION}:${account}:file-system/fs-0123456789abcdef0`;
const CHECK = 'arn:aws:route53:::healthcheck/0a1b2c3d';
const GROUP = `arn:aws:autoscaling:${REGION}:${account}:autoScalingGroup:*:autoScalingGroupName/web`;

const list = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const map = (pairs: readonly (readonly [string | undefined, string | undefined])[] = []): Tags =>
  Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]));

const SPOKEN: readonly Spoken[] = [
  {
    protocol: 'json1.1',
    arn: KEY,
    operation: 'TagResource',
    notFound: 'NotFoundException',
    write: (config, tags) =>
      new kms.KMSClient(config).send(
        new kms.TagResourceCommand({
          KeyId: KEY,
          Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        }),
      ),
    read: async (config) => {
      const { Tags } = await new kms.KMSClient(config).send(new kms.ListResourceTagsCommand({ KeyId: KEY }));
      return map(Tags?.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
    },
    remove: (config, key) =>
      new kms.KMSClient(config).send(new kms.UntagResourceCommand({ KeyId: KEY, TagKeys: [key] })),
  },
  {
    protocol: 'json1.0',
    arn: MACHINE,
    operation: 'TagResource',
    notFound: 'ResourceNotFound',
    write: (config, tags) =>
      new sfn.SFNClient(config).send(
        new sfn.TagResourceCommand({
          resourceArn: MACHINE,
          tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
        }),
      ),
    read: async (config) => {
      const command = new sfn.ListTagsForResourceCommand({ resourceArn: MACHINE });
      const { tags } = await new sfn.SFNClient(config).send(command);
      return map(tags?.map(({ key, value }) => [key, value]));
    },
    remove: (config, key) =>
      new sfn.SFNClient(config).send(new sfn.UntagResourceCommand({ resourceArn: MACHINE, tagKeys: [key] })),
  },
  {
    protocol: 'rest-json',
    arn: FILES,
    operation: 'TagResource',
    notFound: 'FileSystemNotFound',
    write: (config, tags) =>
      new efs.EFSClient(config).send(
        new efs.TagResourceCommand({ ResourceId: 'fs-0123456789abcdef0', Tags: list(tags) }),
      ),
    read: async (config) => {
      const command = new efs.ListTagsForResourceCommand({ ResourceId: 'fs-0123456789abcdef0' });
      const { Tags } = await new efs.EFSClient(config).send(command);
      return map(Tags?.map(({ Key, Value }) => [Key, Value]));
    },
    remove: (config, key) =>
      new efs.EFSClient(config).send(
        new efs.UntagResourceCommand({ ResourceId: 'fs-0123456789abcdef0', TagKeys: [key] }),
      ),
  },
  {
    protocol: 'rest-xml',
    arn: CHECK,
    operation: 'ChangeTagsForResource',
    notFound: 'NoSuchHealthCheck',
    write: (config, tags) =>
      new route53.Route53Client(config).send(
        new route53.ChangeTagsForResourceCommand({
          ResourceType: 'healthcheck',
          ResourceId: '0a1b2c3d',
          AddTags: list(tags),
        }),
      ),
    read: async (config) => {
      const command = new route53.ListTagsForResourceCommand({
        ResourceType: 'healthcheck',
        ResourceId: '0a1b2c3d',
      });
      const { ResourceTagSet } = await new route53.Route53Client(config).send(command);
      return map(ResourceTagSet?.Tags?.map(({ Key, Value }) => [Key, Value]));
    },
    remove: (config, key) =>
      new route53.Route53Client(config).send(
        new route53.ChangeTagsForResourceCommand({
          ResourceType: 'healthcheck',
          ResourceId: '0a1b2c3d',
          RemoveTagKeys: [key],
        }),
      ),
  },
  {
    protocol: 'query',
    arn: GROUP,
    operation: 'CreateOrUpdateTags',
    notFound: 'ValidationError',
    write: (config, tags) =>
      new autoScaling.AutoScalingClient(config).send(
        new autoScaling.CreateOrUpdateTagsCommand({
          Tags: list(tags).map((tag) => ({ ...tag, ...ofGroup, PropagateAtLaunch: false })),
        }),
      ),
    read: async (config) => {
      const Filters = [{ Name: 'auto-scaling-group', Values: ['web'] }];
      const { Tags } = await new autoScaling.AutoScalingClient(config).send(
        new autoScaling.DescribeTagsCommand({ Filters }),
      );
      return map(Tags?.map(({ Key, Value }) => [Key, Value]));
    },
    remove: (config, Key) =>
      new autoScaling.AutoScalingClient(config).send(
        new autoScaling.DeleteTagsCommand({ Tags: [{ Key, ...ofGroup }] }),
      ),
  },
];

const ofGroup = { ResourceId: 'web', ResourceType: 'auto-scaling-group' };

function configOf(identity: Identity = ALICE, region?: string) {
  const { endpoint } = sandbox;
  return { endpoint, region: region ?? REGION, credentials: sandbox.credentials(identity), maxAttempts: 1 };
}

describe.each(SPOKEN)('$protocol', ({ arn, operation, notFound, write, read, remove }) => {
  beforeEach(() => {
    sandbox.deny.clear();
    sandbox.faults.clear();
    sandbox.putResource({ arn, account, region: REGION, tags: { Team: 'blue' } });
  });

  test('tags are added, read and removed', async () => {
    await write(configOf(), { Ünder: 'a+b/c=d @e', x: '1' });
    expect(await read(configOf())).toEqual({ Team: 'blue', Ünder: 'a+b/c=d @e', x: '1' });
    await remove(configOf(), 'x');
    expect(sandbox.tagsOf(arn)).toEqual({ Team: 'blue', Ünder: 'a+b/c=d @e' });
  });

  test('another account, and another region, has no such resource', async () => {
    for (const config of [configOf(BOB), configOf(ALICE, 'us-west-2')]) {
      expect(await failureOf(write(config, { x: '1' }))).toMatchObject({ name: notFound });
    }
    expect(sandbox.tagsOf(arn)).toEqual({ Team: 'blue' });
  });

  test('rules of denials, faults and time apply', async () => {
    const service = sandbox.requests.at(-1)?.service ?? '';
    const undo = sandbox.deny.add({ service, operation });
    expect(await failureOf(write(configOf(), { x: '1' }))).toMatchObject({
      name: expect.stringMatching(/^AccessDenied/),
    });
    undo();
    const error = { code: 'Throttling', status: 400, message: 'Rate exceeded' };
    sandbox.faults.add({ service, operation, times: 1, effect: { error } });
    expect(await failureOf(write(configOf(), { x: '1' }))).toMatchObject({ name: 'Throttling' });
    const [, , arnService = '', , , type = ''] = arn.split(/[:/]/);
    sandbox.taggableAfterMs[`${arnService}:${type}`] = 60_000;
    expect(await failureOf(write(configOf(), { x: '1' }))).toMatchObject({ name: notFound });
    delete sandbox.taggableAfterMs[`${arnService}:${type}`];
    await write(configOf(), { x: '1' });
  });

  test.each([
    ['too many', Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`k${at}`, 'v']))],
    ['a key of AWS', { 'aws:x': '1' }],
    ['a key that is too long', { ['k'.repeat(129)]: '1' }],
  ])('tags that break the limits change nothing: %s', async (_, tags) => {
    expect(await failureOf(write(configOf(), tags))).toMatchObject({ status: expect.any(Number) });
    expect(sandbox.tagsOf(arn)).toEqual({ Team: 'blue' });
  });
});

describe('what no service would take is refused', () => {
  const body = { KeyId: KEY, Tags: [{ TagKey: 'x', TagValue: '1' }] };
  const target = 'TrentService.TagResource';
  const type = 'application/x-amz-json-1.1';

  test.each([
    ['an operation that there is not', { target: 'TrentService.TagKey' }, /no such operation/],
    ['a target of another service', { target: 'Other.TagResource' }, /no such operation/],
    ['another content type', { type: 'application/json' }, /content-type is application\/json/],
    ['another method', { method: 'PUT' }, /no such operation/],
    ['another path', { path: '/tags' }, /path is \/tags/],
    ['a query', { path: '/?x=1' }, /x is not known/],
    ['an unknown member', { body: { ...body, Extra: '1' } }, /Extra is not known/],
    ['a member with another name', { body: { KeyId: KEY, tags: body.Tags } }, /tags is not known/],
    ['a missing member', { body: { Tags: body.Tags } }, /KeyId is missing/],
    [
      'a tag with other names',
      { body: { KeyId: KEY, Tags: [{ Key: 'x', Value: '1' }] } },
      /TagKey is missing/,
    ],
    [
      'a value that is no text',
      { body: { KeyId: KEY, Tags: [{ TagKey: 'x', TagValue: 1 }] } },
      /TagValue is 1/,
    ],
    ['no tags', { body: { KeyId: KEY, Tags: [] } }, /Tags is empty/],
    ['the same key twice', { body: { KeyId: KEY, Tags: [...body.Tags, ...body.Tags] } }, /as another before/],
    ['an ARN of another type', { body: { ...body, KeyId: MACHINE } }, /TagResource is not about arn/],
    ['no JSON', { body: '{' }, /cannot be read/],
    ['a host of another region', { host: 'kms.us-west-2.amazonaws.com' }, /signed for eu-west-1/],
    ['a host of nobody', { host: 'kms.example.com' }, /host is kms\.example\.com/],
  ])('%s', async (_, change, message) => {
    sandbox.putResource({ arn: KEY, account, region: REGION });
    const answer = await send({
      method: 'POST',
      path: '/',
      target,
      type,
      body,
      host: 'localhost',
      ...change,
    });
    expect(answer).toMatchObject({ message: expect.stringMatching(message) });
    expect(sandbox.tagsOf(KEY)).toEqual({});
  });

  test('and the same without a mistake is taken', async () => {
    sandbox.putResource({ arn: KEY, account, region: REGION });
    const host = `kms.${REGION}.amazonaws.com`;
    expect(await send({ method: 'POST', path: '/', target, type, body, host })).toEqual({});
    expect(sandbox.tagsOf(KEY)).toEqual({ x: '1' });
  });

  interface Sent {
    readonly method: string;
    readonly path: string;
    readonly target: string;
    readonly type: string;
    readonly body: unknown;
    readonly host: string;
  }

  function send({ method, path, target, type, body, host }: Sent): Promise<unknown> {
    const { accessKeyId } = sandbox.credentials(ALICE);
    const headers = {
      host,
      'content-type': type,
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20250304/${REGION}/kms/aws4_request, SignedHeaders=host, Signature=0`,
    };
    return new Promise((resolve, reject) => {
      const request = http.request(sandbox.endpoint + path, { method, headers }, async (response) => {
        const chunks = await Array.fromAsync(response as AsyncIterable<Buffer>);
        resolve(JSON.parse(Buffer.concat(chunks).toString()));
      });
      request.on('error', reject);
      request.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }
});

test('services that sign alike are told apart by their hosts, and at one address by what they are about', async () => {
  const bot = `arn:aws:lex:${REGION}:${account}:bot/ABCD`;
  sandbox.putResource({ arn: bot, account, region: REGION });
  const { accessKeyId } = sandbox.credentials(ALICE);
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20250304/${REGION}/lex/aws4_request, SignedHeaders=host, Signature=0`;
  const body = { tags: { x: '1' } };
  const response = await fetch(`${sandbox.endpoint}/tags/${encodeURIComponent(bot)}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([response.status, sandbox.requests.at(-1)?.service]).toEqual([200, 'lexv2-models']);
  expect(sandbox.tagsOf(bot)).toEqual({ x: '1' });
});
