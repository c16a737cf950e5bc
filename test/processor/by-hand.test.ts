/** What people ask for by hand: keys, prefixes with times, single resources, and what remains, sent again. */
import { describe, expect, test } from '@jest/globals';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  ofAnna,
  REGION,
  topicArn,
  volume,
  volumeArn,
} from '../helpers/events.ts';

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});

/** A key of what was delivered on a day of March 2025. */
const keyOn = (day: string, time = '1040', account = ACCOUNT) =>
  `AWSLogs/${account}/CloudTrail/${REGION}/2025/03/${day}/${account}_CloudTrail_${REGION}_202503${day}T${time}Z_AbCdEfGhIjKlMnOp.json.gz`;

const PREFIX = `AWSLogs/${ACCOUNT}/CloudTrail/`;
const DAYS = ['01', '02', '03', '04'];

/** One file a day, with a volume each. */
function putDays(): void {
  for (const [at, day] of DAYS.entries()) {
    deployment.putResources([volumeArn(at)]);
    deployment.putFile(keyOn(day), [volume(at)]);
  }
}

const taggedDays = () =>
  DAYS.filter((_, at) => 'CreatedBy' in deployment.sandbox.tagsOf(volumeArn(at))).map(Number);

describe('a prefix', () => {
  test.each([
    ['all of it', {}, [1, 2, 3, 4]],
    ['from a day on', { from: '2025-03-03' }, [3, 4]],
    ['to the end of a day', { to: '2025-03-02' }, [1, 2]],
    ['a single day', { from: '2025-03-02', to: '2025-03-02' }, [2]],
    ['from a minute on, itself with it', { from: '2025-03-02T10:40:00Z' }, [2, 3, 4]],
    ['to a minute, itself without it', { to: '2025-03-02T10:40:00Z' }, [1]],
    [
      'between times with a zone',
      { from: '2025-03-02T12:39:00+02:00', to: '2025-03-02T12:41:00+02:00' },
      [2],
    ],
    ['after a key', { startAfter: keyOn('02') }, [3, 4]],
  ])('%s', async (_, times, days) => {
    await start();
    putDays();
    expect(await deployment.invoke({ bucket: LOG_BUCKET, prefix: PREFIX, ...times })).toMatchObject({
      items: { done: 1 },
      remaining: [],
      reports: days.map((day) => ({ file: `s3://${LOG_BUCKET}/${keyOn(`0${day}`)}` })),
    });
    expect(taggedDays()).toEqual(days);
  });

  test('of a bucket holds what is no log, which is not opened', async () => {
    await start();
    putDays();
    deployment.putFile(`AWSLogs/${ACCOUNT}/CloudTrail-Digest/${REGION}/2025/03/01/x.json.gz`, []);
    deployment.putFile(`AWSLogs/${ACCOUNT}/Config/${REGION}/2025/3/1/ConfigHistory/x.json.gz`, []);
    deployment.putFile('readme.txt', Buffer.from('hello'));
    const requests = await deployment.requestsOf(() => deployment.invoke({ bucket: LOG_BUCKET, prefix: '' }));
    expect(requests.filter(({ operation }) => operation === 'GetObject')).toHaveLength(DAYS.length);
  });

  test('is read page by page', async () => {
    await start();
    putDays();
    for (let number = 0; number < 2_100; number++)
      deployment.putFile(`${PREFIX}${number}.txt`, Buffer.from('no log'));
    const requests = await deployment.requestsOf(() =>
      deployment.invoke({ bucket: LOG_BUCKET, prefix: PREFIX }),
    );
    expect(requests.filter(({ operation }) => operation === 'ListObjectsV2')).toHaveLength(4); // the last is empty
    expect(taggedDays()).toEqual([1, 2, 3, 4]);
  });

  test('with keys that XML would not take is listed all the same', async () => {
    await start();
    deployment.putResources([volumeArn(0)]);
    const key = `${PREFIX}a & b <c> "d" + %20é.json.gz`;
    deployment.putFile(key, [volume(0)]);
    await deployment.invoke({ bucket: LOG_BUCKET, prefix: PREFIX });
    expect(deployment.sandbox.tagsOf(volumeArn(0))).toEqual(ofAnna());
  });

  test.each([
    ['cannot be listed for the moment remains', 'ServiceUnavailable', 503, 'retry', 1],
    ['may not be listed remains', 'AccessDenied', 403, 'retry', 1],
    ['of a bucket that is not there never will be', 'NoSuchBucket', 404, 'rejected', 0],
  ])('that %s', async (_, code, status, disposition, remaining) => {
    await start();
    deployment.sandbox.faults.add({
      operation: 'ListObjectsV2',
      effect: { error: { code, status, message: 'sorry' } },
    });
    const event = { bucket: LOG_BUCKET, prefix: PREFIX };
    expect(await deployment.invoke(event)).toMatchObject({
      failures: [{ disposition, message: expect.stringContaining(code) }],
      remaining: Array.from({ length: remaining }, () => event),
    });
  });

  test.each([
    ['a misspelt time', { form: '2025-03-02' }],
    ['a time that is none', { from: 'yesterday' }],
    ['times the wrong way round', { from: '2025-03-02', to: '2025-03-01' }],
  ])('with %s reads nothing', async (_, times) => {
    await start();
    putDays();
    expect(await deployment.invoke({ bucket: LOG_BUCKET, prefix: PREFIX, ...times })).toMatchObject({
      items: { rejected: 1 },
      tasks: { unreadable: 1 },
    });
    expect(taggedDays()).toEqual([]);
  });
});

test('keys that are not there are named, and the others are done', async () => {
  await start({ queues: [] });
  putDays();
  expect(
    await deployment.invoke({ bucket: LOG_BUCKET, keys: [keyOn('01'), keyOn('09'), keyOn('02')] }),
  ).toMatchObject({
    items: { rejected: 1 },
    failures: [{ message: expect.stringContaining(keyOn('09')) }],
    reports: expect.arrayContaining([
      expect.objectContaining({ error: expect.objectContaining({ code: 'NoSuchKey' }) }),
    ]),
    remaining: [],
  });
  expect(taggedDays()).toEqual([1, 2]);
});

test('a file of any name is read', async () => {
  await start();
  deployment.putResources([volumeArn(0)]);
  const key = `AWSLogs/${ACCOUNT}/CloudTrail/all of 2025.gz`;
  deployment.putFile(key, [volume(0), volume(1, { account: OTHER_ACCOUNT })]);
  expect(await deployment.invoke({ bucket: LOG_BUCKET, key })).toMatchObject({
    reports: [{ outcomes: { tagged: 1 }, ignored: { 'account-differs': 1 } }],
  });
});

describe('a single resource', () => {
  const ARN = volumeArn(1);

  test('is tagged with who is said to have made it, now', async () => {
    await start();
    deployment.putResources([ARN]);
    const before = Math.floor(Date.now() / 1000) * 1000;
    expect(await deployment.invoke({ resourceId: ARN, user: 'bob' })).toMatchObject({
      caller: 'manual',
      reports: [{ file: ARN, resources: 1, outcomes: { tagged: 1 } }],
    });
    const { CreatedBy, CreatedDate = '', ManagedBy } = deployment.sandbox.tagsOf(ARN);
    expect([CreatedBy, ManagedBy]).toEqual(['bob', 'auto-tagger']);
    expect(Date.parse(CreatedDate)).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ['by a log', ofAnna()],
    ['by somebody else', { CreatedBy: 'carol' }],
  ])('that was tagged %s keeps its tags', async (_, tags) => {
    await start();
    deployment.sandbox.putResource({ arn: ARN, tags });
    expect(await deployment.invoke({ resourceId: ARN, user: 'bob' })).toMatchObject({
      reports: [{ outcomes: { kept: 1 } }],
    });
    expect(deployment.sandbox.tagsOf(ARN)).toEqual(tags);
  });

  test('that is asked for twice is tagged once', async () => {
    await start();
    deployment.putResources([ARN]);
    await deployment.invoke({ resourceId: ARN, user: 'bob' });
    const tags = deployment.sandbox.tagsOf(ARN);
    deployment.advance(100);
    await deployment.invoke({ resourceId: ARN, user: 'carol' });
    expect(deployment.sandbox.tagsOf(ARN)).toEqual(tags);
  });

  test('of another service, and without region and account in its ARN', async () => {
    await start();
    deployment.putResources([topicArn(1)]);
    deployment.sandbox.putBucket({ name: 'reports', account: ACCOUNT, region: REGION });
    for (const resourceId of [topicArn(1), 'arn:aws:s3:::reports']) {
      await deployment.invoke({ resourceId, user: 'bob' });
      expect(deployment.sandbox.tagsOf(resourceId)).toMatchObject({ CreatedBy: 'bob' });
    }
  });

  test('that AWS does not let us tag for the moment remains', async () => {
    await start();
    deployment.putResources([ARN]);
    deployment.sandbox.faults.add({
      operation: 'CreateTags',
      effect: { error: { code: 'ConcurrentTagAccess', status: 400, message: 'later' } },
    });
    const event = { resourceId: ARN, user: 'bob' };
    expect(await deployment.invoke(event)).toMatchObject({ items: { retry: 1 }, remaining: [event] });
  });

  test.each([
    ['of another account', volumeArn(1, OTHER_ACCOUNT), 'no role to tag with'],
    ['of a type that we do not tag', `arn:aws:iam::${ACCOUNT}:group/builders`, 'not a type of resource'],
    ['of a service that must be named', `arn:aws:iam::${ACCOUNT}:user/bob`, 'SERVICES leaves out iam'],
    [
      'in a region of another partition',
      `arn:aws:ec2:cn-north-1:${ACCOUNT}:volume/vol-1`,
      'no region of its partition',
    ],
    [
      'in a region that is a host',
      `arn:aws:ec2:evil.example:${ACCOUNT}:volume/vol-1`,
      'no region of its partition',
    ],
    [
      'with an id of shell',
      `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-$(reboot)`,
      'not a type of resource',
    ],
    ['that is no ARN', 'vol-1', 'expected an ARN'],
  ])('%s is refused, and no one is asked', async (_, resourceId, why) => {
    await start();
    const requests = await deployment.requestsOf(async () => {
      expect(await deployment.invoke({ resourceId, user: 'bob' })).toMatchObject({
        items: { rejected: 1 },
        failures: expect.arrayContaining([
          { disposition: 'rejected', message: expect.stringContaining(why) },
        ]),
        remaining: [],
      });
    });
    expect(requests).toEqual([]);
  });
});
