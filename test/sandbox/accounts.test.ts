/** The simulated AWS keeps accounts and regions apart, and lets roles be assumed between them. */
import { CreateTagsCommand, DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { ListTagsCommand } from '@aws-sdk/client-lambda';
import { GetBucketTaggingCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, jest, test } from '@jest/globals';
import type { Identity, RoleTrust, Sandbox } from '../../sandbox/sandbox.ts';
import { ALICE, BOB, type Clients, clientsOf, failureOf } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let alice: Clients;

withSandbox('all tests', (started, clientsAs) => {
  sandbox = started;
  alice = clientsAs(ALICE);
});

const account = '123456789012';

test.each<[Identity, string, RegExp]>([
  [{ type: 'Root', account }, 'arn:aws:iam::123456789012:root', /^123456789012$/],
  [
    { type: 'IAMUser', account, userName: 'eve', path: '/team/' },
    'arn:aws:iam::123456789012:user/team/eve',
    /^AIDA/,
  ],
  [
    { type: 'AssumedRole', account, roleName: 'Dev', sessionName: 'eve@example.com' },
    'arn:aws:sts::123456789012:assumed-role/Dev/eve@example.com',
    /^AROA.+:eve@example\.com$/,
  ],
  [
    { type: 'FederatedUser', account, userName: 'eve' },
    'arn:aws:sts::123456789012:federated-user/eve',
    /:eve$/,
  ],
])('credentials stand for the identity they were asked for: %j', async (identity, arn, userId) => {
  const clients = clientsOf(sandbox, identity);
  const caller = await clients.sts.send(new GetCallerIdentityCommand({}));
  expect(caller).toMatchObject({ Account: account, Arn: arn, UserId: expect.stringMatching(userId) });
  clients.destroy();
});

test('as AWS_ENDPOINT_URL the endpoint serves a client that was told nothing else', async () => {
  process.env.AWS_ENDPOINT_URL = sandbox.endpoint;
  const { requestHandler } = alice.sts.config;
  const sts = new STSClient({ region: 'eu-west-1', credentials: sandbox.credentials(BOB), requestHandler });
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: BOB.account });
  delete process.env.AWS_ENDPOINT_URL;
});

test('an account sees its own resources in the region of the request only', async () => {
  const clients = [alice, clientsOf(sandbox, BOB), clientsOf(sandbox, ALICE, 'us-west-2')];
  await alice.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
  const seen = clients.map(async ({ ec2 }) => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
    return Reservations.length;
  });
  expect(await Promise.all(seen)).toEqual([1, 0, 0]);
  for (const { destroy } of clients.slice(1)) destroy();
});

test('a role is assumed into its account, where the sandbox was told of it', async () => {
  const RoleArn = `arn:aws:iam::${account}:role/tagging/Tagger`;
  const assume = () =>
    alice.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'run-1', SourceIdentity: 'alice' }));
  expect(await failureOf(assume())).toMatchObject({ name: 'AccessDenied', status: 403 });
  sandbox.allowRole(RoleArn);
  const { Credentials } = await assume();
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now());
  const { requestHandler } = alice.sts.config;
  const sts = new STSClient({ endpoint: sandbox.endpoint, region: 'eu-west-1', credentials, requestHandler });
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:sts::${account}:assumed-role/Tagger/run-1`,
  });
  await sts.send(new GetCallerIdentityCommand({}));
  expect(sandbox.trail.records.at(-1)?.userIdentity).toMatchObject({
    sessionContext: { sessionIssuer: { arn: RoleArn }, sourceIdentity: 'alice' },
  });
});

test('an unknown access key is refused in the words of each service', async () => {
  const foreign = { ...sandbox, credentials: () => ({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }) };
  const unknown = clientsOf(foreign);
  const calls: [string, () => Promise<unknown>][] = [
    ['InvalidClientTokenId', () => unknown.sts.send(new GetCallerIdentityCommand({}))],
    ['AuthFailure', () => unknown.ec2.send(new DescribeInstancesCommand({}))],
    ['InvalidAccessKeyId', () => unknown.s3.send(new GetBucketTaggingCommand({ Bucket: 'some-bucket' }))],
    [
      'UnrecognizedClientException',
      () => unknown.lambda.send(new ListTagsCommand({ Resource: 'arn:aws:lambda:x:1:function:f' })),
    ],
    ['InvalidClientTokenId', () => unknown.sqs.send(new GetQueueUrlCommand({ QueueName: 'q' }))],
  ];
  for (const [name, call] of calls) expect(await failureOf(call())).toMatchObject({ name });
  unknown.destroy();
});

describe('a role', () => {
  const RoleArn = `arn:aws:iam::${account}:role/Reader`;
  const assume = (more: object = {}) =>
    alice.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'run-1', ...more }));

  test.each<[string, RoleTrust, object]>([
    ['trusts other accounts', { accounts: ['444455556666'] }, {}],
    ['asks for an external id', { externalId: 'orders-7' }, {}],
    ['asks for another external id', { externalId: 'orders-7' }, { ExternalId: 'orders-8' }],
  ])('that %s is refused like one that is not there', async (_, trust, input) => {
    sandbox.allowRole(RoleArn, trust);
    const refusal = await failureOf(assume(input));
    sandbox.removeRole(RoleArn);
    expect(await failureOf(assume(input))).toEqual(refusal);
    expect(refusal).toMatchObject({ name: 'AccessDenied', status: 403 });
  });

  test.each<[string, object]>([
    ['a name of a session that is none', { RoleSessionName: 'a b' }],
    ['an external id that is none', { ExternalId: '?' }],
    ['less than a quarter of an hour', { DurationSeconds: 899 }],
    ['more than half a day', { DurationSeconds: 43_201 }],
  ])('with %s is a ValidationError', async (_, input) => {
    sandbox.allowRole(RoleArn);
    expect(await failureOf(assume(input))).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test('that a role assumes is given for an hour at most', async () => {
    sandbox.allowRole(RoleArn, { accounts: [ALICE.account] });
    const { sts, destroy } = clientsOf(sandbox, {
      type: 'AssumedRole',
      account: ALICE.account,
      roleName: 'Dev',
      sessionName: 'eve',
    });
    const chained = (DurationSeconds: number) =>
      sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'run-1', DurationSeconds }));
    expect(await failureOf(chained(3_601))).toMatchObject({ name: 'ValidationError' });
    const { Credentials } = await chained(3_600);
    expect(Credentials?.SecretAccessKey).toBeDefined();
    destroy();
  });

  test('gives others each time, which every service refuses once they have expired', async () => {
    sandbox.allowRole(RoleArn);
    const [first, second] = [await assume(), await assume()];
    expect(first.Credentials?.AccessKeyId).not.toBe(second.Credentials?.AccessKeyId);
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = first.Credentials ?? {};
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    const clients = clientsOf({ ...sandbox, credentials: () => credentials });
    const calls = [
      () => clients.sts.send(new GetCallerIdentityCommand({})),
      () => clients.ec2.send(new DescribeInstancesCommand({})),
      () => clients.s3.send(new GetBucketTaggingCommand({ Bucket: 'some-bucket' })),
      () => clients.lambda.send(new ListTagsCommand({ Resource: 'arn:aws:lambda:x:1:function:f' })),
    ];
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    const names: unknown[] = [];
    for (const call of calls) names.push((await failureOf(call())).name);
    now.mockRestore();
    expect(names).toEqual(['ExpiredToken', 'RequestExpired', 'ExpiredToken', 'ExpiredTokenException']);
    clients.destroy();
  });
});

test('what the sandbox does not model is refused, not invented', async () => {
  expect(
    (await failureOf(alice.s3.send(new GetBucketVersioningCommand({ Bucket: 'some-bucket' })))).status,
  ).toBe(405);
  expect(await failureOf(alice.ec2.send(new CreateTagsCommand({ Resources: [], Tags: [] })))).toMatchObject({
    name: 'MissingParameter',
  });
});
