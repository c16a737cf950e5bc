/** Other accounts: whatever brings their records, they are tagged as the role of their account, or counted. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ServedRequest } from '../../sandbox/sandbox.ts';
import { deadlineWhen } from '../helpers/deadlines.ts';
import { type Deployment, type DeploymentOptions, deploysForEach } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  callEvent,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  ofAnna,
  REGION,
  s3Event,
  secondsAgo,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';

const THIRD_ACCOUNT = '123456789012';
const roleOf = (account: string) => `arn:aws:iam::${account}:role/auto-tagger`;
const keyOf = (account: string, number = 1) =>
  logKeyOf(account, REGION, number).replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/');

let deployment: Deployment;
const deployFor = deploysForEach((started) => {
  deployment = started;
});
const start = (options: DeploymentOptions = {}) =>
  deployFor({ ...options, settings: { MEMBER_ROLE_NAME: 'auto-tagger', ...options.settings } });

const tagsOf = (account: string) => deployment.sandbox.tagsOf(volumeArn(1, account));
const asked = () => deployment.sandbox.requests.filter(({ operation }) => operation === 'AssumeRole');
const warnings = () =>
  deployment.lines.filter(({ level, message }) => level === 'WARN' && /role/.test(message));

/** A volume in each account, and a file that tells of it. */
function putVolumes(...accounts: readonly string[]): void {
  for (const account of accounts) {
    deployment.sandbox.putResource({ arn: volumeArn(1, account) });
    deployment.putFile(keyOf(account), [volume(1, { account })]);
  }
}

describe('of an account that lets us in', () => {
  beforeEach(async () => {
    await start({ settings: { MEMBER_ROLE_EXTERNAL_ID: 'orders-7' } });
    deployment.sandbox.allowRole(roleOf(OTHER_ACCOUNT), { accounts: [ACCOUNT], externalId: 'orders-7' });
    putVolumes(ACCOUNT, OTHER_ACCOUNT);
  });

  const WAYS: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a file of the organization', () => deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]))],
    [
      'an event of EventBridge',
      () => deployment.invoke(callEvent(volume(1, { account: OTHER_ACCOUNT }), OTHER_ACCOUNT)),
    ],
    [
      'a message of ours',
      async () => {
        const location = { kind: 's3', bucket: LOG_BUCKET, key: keyOf(OTHER_ACCOUNT) };
        const record = volume(1, { account: OTHER_ACCOUNT });
        await deployment.send('retry', { autoTagger: { kind: 'creation', record, location } });
        await deployment.poll('retry');
      },
    ],
    [
      'a resource by hand',
      () => deployment.invoke({ resourceId: volumeArn(1, OTHER_ACCOUNT), user: 'anna' }),
    ],
  ];

  test.each(WAYS)('%s is tagged as its role; all else is done as ourselves', async (_, bring) => {
    const requests = await deployment.requestsOf(bring);
    expect(tagsOf(OTHER_ACCOUNT)).toMatchObject({ ManagedBy: 'auto-tagger' });
    expect(tagsOf(ACCOUNT)).toEqual({});
    const accountsOf = (pick: (request: ServedRequest) => boolean) => [
      ...new Set(requests.filter(pick).map(({ account }) => account)),
    ];
    expect(accountsOf(({ service }) => service === 'ec2')).toEqual([OTHER_ACCOUNT]);
    expect(accountsOf(({ service }) => service !== 'ec2')).toEqual([ACCOUNT]);
    expect(asked()).toHaveLength(1);
    expect(warnings()).toEqual([]);
  });

  test('what cannot be done yet comes back by the retry queue, and is tagged then', async () => {
    const young = secondsAgo(30);
    deployment.putFile(keyOf(OTHER_ACCOUNT, 2), [volume(2, { account: OTHER_ACCOUNT, at: young })]);
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT, 2)]));
    expect(deployment.reports()).toMatchObject([{ outcomes: { deferred: 1 } }]);
    deployment.sandbox.putResource({ arn: volumeArn(2, OTHER_ACCOUNT) });
    deployment.advance(60);
    await deployment.poll('retry');
    expect(deployment.sandbox.tagsOf(volumeArn(2, OTHER_ACCOUNT))).toEqual(ofAnna(young));
    expect(await deployment.count('retry')).toBe(0);
  });

  test('credentials are renewed before they expire, in the middle of the work', async () => {
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]));
    deployment.advance(54 * 60);
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]));
    expect(asked()).toHaveLength(1);
    deployment.advance(2 * 60);
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]));
    expect(asked()).toHaveLength(2);
    deployment.advance(59 * 60); // the first ones have expired
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]));
    expect(deployment.reports().map(({ outcomes }) => outcomes)).toEqual([
      { tagged: 1 },
      { unchanged: 1 },
      { unchanged: 1 },
      { unchanged: 1 },
    ]);
  });
});

describe('an account that refuses', () => {
  beforeEach(async () => {
    await start();
    deployment.sandbox.allowRole(roleOf(THIRD_ACCOUNT), { accounts: [ACCOUNT] });
    putVolumes(ACCOUNT, OTHER_ACCOUNT, THIRD_ACCOUNT);
  });

  test('costs one call and one warning, and hides nothing of the others', async () => {
    const keys = [OTHER_ACCOUNT, ACCOUNT, THIRD_ACCOUNT].map((account) => keyOf(account));
    expect(await deployment.invoke(s3Event(keys))).toMatchObject({ items: { done: 1 }, failures: [] });
    await deployment.invoke(s3Event(keys));
    expect([ACCOUNT, THIRD_ACCOUNT, OTHER_ACCOUNT].map(tagsOf)).toEqual([ofAnna(), ofAnna(), {}]);
    expect(asked()).toHaveLength(2);
    expect(deployment.reports().filter(({ file }) => file.includes(OTHER_ACCOUNT))).toMatchObject([
      { complete: true, records: 1, ignored: { 'no-role': 1 }, creations: 0, resources: 0 },
      { complete: true, records: 1, ignored: { 'no-role': 1 }, creations: 0, resources: 0 },
    ]);
    expect(warnings()).toMatchObject([
      {
        account: OTHER_ACCOUNT,
        roleArn: roleOf(OTHER_ACCOUNT),
        failure: { error: 'AccessDenied', message: expect.stringContaining('sts:AssumeRole') },
      },
    ]);
    expect(await deployment.count('retry')).toBe(0);
    expect(await deployment.count('failure')).toBe(0);
  });

  test('is tagged an hour later, when its role is there', async () => {
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]));
    deployment.sandbox.allowRole(roleOf(OTHER_ACCOUNT));
    deployment.advance(3601);
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]));
    expect(tagsOf(OTHER_ACCOUNT)).toEqual(ofAnna());
    expect(asked()).toHaveLength(2);
  });

  test('has a resource by hand refused with the reason, and a message of ours kept', async () => {
    const arn = volumeArn(1, OTHER_ACCOUNT);
    expect(await deployment.invoke({ resourceId: arn, user: 'anna' })).toMatchObject({
      failures: [{ message: expect.stringContaining(`${roleOf(OTHER_ACCOUNT)} cannot be assumed`) }],
    });
    const location = { kind: 's3', bucket: LOG_BUCKET, key: keyOf(OTHER_ACCOUNT) };
    const record = volume(1, { account: OTHER_ACCOUNT });
    await deployment.send('retry', { autoTagger: { kind: 'creation', record, location } });
    await deployment.poll('retry');
    expect(deployment.sent('failure')).toMatchObject([
      { kind: 'unreadable', problem: expect.stringContaining('no-role') },
    ]);
    expect(asked()).toHaveLength(1);
  });

  test('is asked by the deletions of a file, too, which tag nothing there', async () => {
    const deletion = {
      ...volume(1, { account: OTHER_ACCOUNT }),
      eventSource: 'sns.amazonaws.com',
      eventName: 'DeleteTopic',
      requestParameters: { topicArn: `arn:aws:sns:${REGION}:${OTHER_ACCOUNT}:orders` },
      responseElements: null,
    };
    deployment.putFile(keyOf(OTHER_ACCOUNT, 3), [deletion]);
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT, 3)]));
    expect(deployment.reports()).toMatchObject([{ records: 1, complete: true, ignored: { deletion: 1 } }]);
    expect(asked()).toHaveLength(1);
    expect(deployment.sandbox.requests.filter(({ service }) => service === 'sns')).toEqual([]);
  });
});

describe('what keeps STS from answering for a moment', () => {
  test.each([
    ['throttling', { error: { code: 'Throttling', status: 400, message: 'Rate exceeded' } }],
    ['a broken connection', { reset: true }],
  ] as const)('defers: %s', async (_, effect) => {
    await start();
    deployment.sandbox.allowRole(roleOf(OTHER_ACCOUNT));
    putVolumes(OTHER_ACCOUNT);
    deployment.sandbox.faults.add({ operation: 'AssumeRole', times: 2, effect });
    await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]));
    expect(deployment.reports()).toMatchObject([{ creations: 1, outcomes: { deferred: 1 } }]);
    deployment.advance(60);
    await deployment.poll('retry');
    expect(tagsOf(OTHER_ACCOUNT)).toEqual(ofAnna());
    expect(warnings()).toEqual([]);
  });

  test('ends with the deadline', async () => {
    await start();
    deployment.sandbox.allowRole(roleOf(OTHER_ACCOUNT));
    putVolumes(OTHER_ACCOUNT);
    deployment.sandbox.faults.add({ operation: 'AssumeRole', effect: { stall: true } });
    await deployment.invoke(
      s3Event([keyOf(OTHER_ACCOUNT)]),
      deadlineWhen(() => asked().length > 0),
    );
    expect(await deployment.count('retry')).toBe(1);
  });
});

test('without a role nobody is asked', async () => {
  await start({ settings: { MEMBER_ROLE_NAME: '' } });
  putVolumes(OTHER_ACCOUNT);
  await deployment.invoke(s3Event([keyOf(OTHER_ACCOUNT)]));
  expect(deployment.reports()).toMatchObject([{ ignored: { 'no-role': 1 } }]);
  expect(asked()).toEqual([]);
});
