/** Whole inputs as the deployed function gets them: whose records a file may hold, and how its bytes may come. */

import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import { ACCOUNT, callEvent, OTHER_ACCOUNT, REGION, s3Event, volume, volumeArn } from '../helpers/events.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});
beforeEach(async () => {
  await start();
  deployment.putResources([volumeArn(1)]);
});

/** Delivers a file under the key; its report. */
async function deliver(key: string, body: readonly unknown[] | Buffer) {
  deployment.putFile(key, body);
  await deployment.invoke(s3Event([key]));
  return deployment.reports().at(-1);
}

const isTagged = () => 'CreatedBy' in deployment.sandbox.tagsOf(volumeArn(1));

const KEY = logKeyOf(ACCOUNT, REGION, 1);
const NAME = KEY.split('/').at(-1) ?? '';

describe('a file that no folder vouches for tags nothing', () => {
  test.each([
    ['at the top of the bucket', NAME],
    ['in a folder of no account', `copies/${NAME}`],
    ['in a folder that looks like one', `AWSLogs/copies/${NAME}`],
    ['under another name', 'joined/all-of-2025.gz'],
  ])('%s', async (_, key) => {
    expect(await deliver(key, [volume(1)])).toMatchObject({
      complete: true,
      creations: 0,
      ignored: { 'account-unknown': 1 },
    });
    expect(isTagged()).toBe(false);
  });

  test('and no record in it says whose it is: an envelope is as good as the file', async () => {
    expect(await deliver(`copies/${NAME}`, gzipSync(JSON.stringify(callEvent(volume(1)))))).toMatchObject({
      ignored: { 'account-unknown': 1 },
    });
    expect(isTagged()).toBe(false);
  });
});

describe('the folders of a key', () => {
  test('may be doubled by a prefix of the same form', async () => {
    const report = await deliver(`AWSLogs/${ACCOUNT}/${KEY}`, [
      volume(1),
      volume(2, { account: OTHER_ACCOUNT }),
    ]);
    expect(report).toMatchObject({ creations: 1, ignored: { 'account-differs': 1 } });
    expect(isTagged()).toBe(true);
  });

  test.each([
    ['of the other account', `AWSLogs/${OTHER_ACCOUNT}/CloudTrail/${KEY}`],
    ['of the other account, in our own', `${KEY.replace(NAME, '')}${logKeyOf(OTHER_ACCOUNT, REGION, 1)}`],
  ])('make a file that lies in those of two accounts one of neither: %s', async (_, key) => {
    const records = [volume(1), volume(2, { account: OTHER_ACCOUNT })];
    expect(await deliver(key, records)).toMatchObject({ creations: 0, ignored: { 'account-differs': 2 } });
    expect(isTagged()).toBe(false);
  });

  test('own what a record created that names no account', async () => {
    const userIdentity = { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };
    const { recipientAccountId: _, ...record } = { ...volume(1), userIdentity };
    expect(await deliver(KEY, [record])).toMatchObject({ creations: 1, outcomes: { tagged: 1 } });
  });
});

describe('an event by itself whose record names no account', () => {
  const userIdentity = { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };
  const { recipientAccountId: _, eventID: __, ...record } = { ...volume(1), userIdentity };

  test("is of the envelope's", async () => {
    await deployment.invoke(callEvent(record));
    expect(isTagged()).toBe(true);
  });

  test("is still of the envelope's, and the same, when it comes back from the retry queue", async () => {
    const fault = { service: 'ec2', operation: 'CreateTags' };
    deployment.sandbox.deny.add(fault);
    await deployment.invoke(callEvent(record));
    expect(deployment.sent('failure')).toHaveLength(1);
    deployment.sandbox.deny.clear();
    await deployment.invoke({ autoTagger: deployment.sent('failure')[0] });
    expect(isTagged()).toBe(true);
    const ids = deployment.reports().flatMap(({ failures }) => failures.map(({ eventID }) => eventID));
    expect(ids).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
  });
});

test.each([
  ['decompressed', Buffer.from(JSON.stringify({ Records: [volume(1)] }))],
  [
    'large and decompressed',
    Buffer.from(JSON.stringify({ Records: Array.from({ length: 200 }, () => volume(1)) })),
  ],
  ['with a byte order mark', gzipSync(`\ufeff${JSON.stringify({ Records: [volume(1)] })}`)],
])('an object that came %s is read', async (_, body) => {
  expect(await deliver(KEY, body)).toMatchObject({ complete: true, ignored: {} });
  expect(isTagged()).toBe(true);
});

test('what others named reaches no log line raw', async () => {
  const harmful = 'a\u007f\u009b2J\u2028\u202e';
  const records = [
    { ...volume(1), responseElements: { volumeId: harmful } },
    { ...volume(1), eventID: harmful },
  ];
  await deliver(`AWSLogs/${ACCOUNT}/CloudTrail/${harmful}.gz`, records);
  await deployment.invoke(s3Event([`AWSLogs/${ACCOUNT}/CloudTrail/missing ${harmful}.gz`]));
  const lines = JSON.stringify(deployment.lines);
  expect(lines).toMatch(/missing a/);
  expect(lines).not.toMatch(/[\u007f\u009b\u2028\u202e]/);
});

test('an object that was compressed twice is kept by the failure queue, with the reason', async () => {
  await deliver(KEY, gzipSync(logFileOf([volume(1)])));
  expect(deployment.sent('failure')).toMatchObject([
    { kind: 'file', key: KEY, failure: { code: 'DoubleGzip' } },
  ]);
});
