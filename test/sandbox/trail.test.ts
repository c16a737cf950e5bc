/** The simulated CloudTrail delivers log files as AWS does: one a region, under keys of the real form. */
import { gunzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Identity, Sandbox, TrailRecord } from '../../sandbox/sandbox.ts';
import { ALICE, BOB, type Clients, clientsOf } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let alice: Clients;

withSandbox('each test', (started, clientsAs) => {
  sandbox = started;
  sandbox.clock.set('2026-03-04T05:06:07.890Z');
  alice = clientsAs(ALICE);
});

const last = () => sandbox.trail.records.at(-1);

describe('records', () => {
  const account = '123456789012';
  test.each<[Identity, object]>([
    [
      { type: 'IAMUser', account, userName: 'eve' },
      { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/eve', userName: 'eve' },
    ],
    [
      { type: 'Root', account },
      { type: 'Root', principalId: account, arn: 'arn:aws:iam::123456789012:root' },
    ],
    [
      {
        type: 'AssumedRole',
        account,
        roleName: 'Dev',
        sessionName: 'eve@example.com',
        sourceIdentity: 'eve',
      },
      {
        principalId: expect.stringMatching(/^AROA\w+:eve@example\.com$/),
        arn: 'arn:aws:sts::123456789012:assumed-role/Dev/eve@example.com',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            arn: 'arn:aws:iam::123456789012:role/Dev',
            accountId: account,
            userName: 'Dev',
          },
          attributes: { creationDate: '2026-03-04T05:06:07Z', mfaAuthenticated: 'false' },
          sourceIdentity: 'eve',
        },
      },
    ],
    [
      {
        type: 'AssumedRole',
        account,
        path: '/aws-service-role/autoscaling.amazonaws.com/',
        roleName: 'AWSServiceRoleForAutoScaling',
        sessionName: 'AutoScaling',
        invokedBy: 'autoscaling.amazonaws.com',
      },
      { invokedBy: 'autoscaling.amazonaws.com' },
    ],
  ])('say who called: %j', async (identity, userIdentity) => {
    const clients = clientsOf(sandbox, identity);
    await clients.sts.send(new GetCallerIdentityCommand({}));
    expect(last()?.userIdentity).toMatchObject({ ...userIdentity, accountId: account });
    if (identity.invokedBy) {
      expect(last()).toMatchObject({ sourceIPAddress: identity.invokedBy, userAgent: identity.invokedBy });
    }
    clients.destroy();
  });
});

describe('delivery', () => {
  beforeEach(() => sandbox.putBucket({ name: 'log-files', account: ALICE.account, region: 'eu-west-1' }));
  const read = ({ bucket, key }: { bucket: string; key: string }) =>
    gunzipSync(sandbox.getObject(bucket, key)).toString();

  test('writes one file an account and region, named as CloudTrail names them, and each record once', async () => {
    const others = [clientsOf(sandbox, BOB), clientsOf(sandbox, ALICE, 'us-west-2')];
    for (const { sts } of [alice, alice, ...others]) await sts.send(new GetCallerIdentityCommand({}));
    const deliveries = sandbox.trail.deliver({ bucket: 'log-files' });
    expect(deliveries.map(({ records }) => records)).toEqual([2, 1, 1]);
    expect(deliveries[0]?.key).toMatch(
      /^AWSLogs\/111122223333\/CloudTrail\/eu-west-1\/2026\/03\/04\/111122223333_CloudTrail_eu-west-1_20260304T0510Z_[A-Za-z0-9]{16}\.json\.gz$/,
    );
    const delivered = deliveries.flatMap((delivery) => JSON.parse(read(delivery)).Records as TrailRecord[]);
    const byId = (records: readonly TrailRecord[]) =>
      new Map(records.map((record) => [record.eventID, record]));
    expect(byId(delivered)).toEqual(byId(sandbox.trail.records));
    expect(sandbox.trail.deliver({ bucket: 'log-files' })).toEqual([]);
    for (const { destroy } of others) destroy();
  });

  test('of an organization trail has the prefix and the organization in the key, of one account only its records', async () => {
    const bob = clientsOf(sandbox, BOB);
    await alice.sts.send(new GetCallerIdentityCommand({}));
    await bob.sts.send(new GetCallerIdentityCommand({}));
    const [own] = sandbox.trail.deliver({ bucket: 'log-files', account: BOB.account });
    expect(own?.key).toMatch(/^AWSLogs\/444455556666\//);
    const [rest] = sandbox.trail.deliver({
      bucket: 'log-files',
      prefix: 'trail',
      organizationId: 'o-abc1234567',
    });
    expect(rest?.key).toMatch(/^trail\/AWSLogs\/o-abc1234567\/111122223333\/CloudTrail\//);
    bob.destroy();
  });

  test('writes one line of ASCII that begins and ends as CloudTrail writes it', async () => {
    await alice.sns.send(new CreateTopicCommand({ Name: 't', Tags: [{ Key: 'k', Value: 'ü=1' }] }));
    const [delivery] = sandbox.trail.deliver({ bucket: 'log-files' });
    if (!delivery) throw new Error('nothing was delivered');
    const text = read(delivery);
    expect(text).toMatch(/^\{"Records":\[\{"eventVersion":"1\.11",.*\}\]\}$/);
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(text).toContain('"value":"\\u00fc\\u003d1"');
    expect(delivery.bytes).toBe(sandbox.getObject(delivery.bucket, delivery.key).length);
  });

  test('is announced by S3 with the form-encoded key', async () => {
    sandbox.putObject('log-files', 'a b/c+d=e.json.gz', 'body');
    await alice.s3.send(new PutObjectCommand({ Bucket: 'log-files', Key: 'plain/key.gz', Body: 'x' }));
    const event = sandbox.s3Notification([
      { bucket: 'log-files', key: 'a b/c+d=e.json.gz' },
      { bucket: 'log-files', key: 'plain/key.gz' },
    ]);
    expect(event.Records.map(({ s3 }) => s3.object.key)).toEqual(['a+b/c%2Bd%3De.json.gz', 'plain/key.gz']);
    expect(event.Records[0]).toMatchObject({
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'log-files', arn: 'arn:aws:s3:::log-files' }, object: { size: 4 } },
    });
  });
});
