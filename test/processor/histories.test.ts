/**
 * Histories that decide whose a resource is, from log files to tags: the same files in every order end in the same tags,
 * with one process for all of them and with a process for each, which only finds what the tags say.
 */
import { describe, expect, test } from '@jest/globals';
import type { FaultEffect } from '../../sandbox/sandbox.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import { dataPoints, sums } from '../helpers/emf.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, s3Event } from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';

let deployment: Deployment;
const deploy = deploysForEach((started) => {
  deployment = started;
});

const at = (minute: number) => new Date(Date.UTC(2025, 2, 4, 10, minute)).toISOString().replace('.000Z', 'Z');
const arnOfUser = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const ours = (user: string, minute: number) => ({
  CreatedBy: arnOfUser(user),
  CreatedDate: at(minute),
  ManagedBy: 'auto-tagger',
});

/** Of this day, as CloudTrail writes it. */
const secondsAgo = (seconds: number) =>
  new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

type Content = Readonly<Record<string, unknown>>;

let ids = 0;

/** One call of a service, as CloudTrail writes it. */
function call(source: string, eventName: string, user: string, minute: number, content: Content) {
  return {
    eventVersion: '1.11',
    eventID: `0f6a1c9e-0000-4000-8000-${String(ids++).padStart(12, '0')}`,
    eventTime: at(minute),
    eventSource: `${source}.amazonaws.com`,
    eventName,
    awsRegion: REGION,
    recipientAccountId: ACCOUNT,
    userIdentity: { type: 'IAMUser', accountId: ACCOUNT, arn: arnOfUser(user), userName: user },
    requestParameters: null,
    responseElements: null,
    ...content,
  };
}

/** What is created and deleted again and again under one name. */
const THINGS = {
  topic: {
    arn: `arn:aws:sns:${REGION}:${ACCOUNT}:news`,
    create: (user: string, minute: number) =>
      call('sns', 'CreateTopic', user, minute, { responseElements: { topicArn: THINGS.topic.arn } }),
    delete: (minute: number) =>
      call('sns', 'DeleteTopic', 'root', minute, { requestParameters: { topicArn: THINGS.topic.arn } }),
  },
  bucket: {
    arn: 'arn:aws:s3:::data',
    create: (user: string, minute: number) =>
      call('s3', 'CreateBucket', user, minute, {
        requestParameters: {
          bucketName: 'data',
          CreateBucketConfiguration: { LocationConstraint: REGION },
        },
      }),
    delete: (minute: number) =>
      call('s3', 'DeleteBucket', 'root', minute, { requestParameters: { bucketName: 'data' } }),
  },
  database: {
    arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:orders`,
    create: (user: string, minute: number) =>
      call('rds', 'CreateDBInstance', user, minute, {
        responseElements: { dBInstanceArn: THINGS.database.arn },
      }),
    delete: (minute: number) =>
      call('rds', 'DeleteDBInstance', 'root', minute, {
        requestParameters: { dBInstanceIdentifier: 'orders' },
      }),
  },
  queue: {
    arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:jobs`,
    create: (user: string, minute: number) =>
      call('sqs', 'CreateQueue', user, minute, {
        responseElements: { queueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/jobs` },
      }),
    delete: (minute: number) =>
      call('sqs', 'DeleteQueue', 'root', minute, {
        requestParameters: { queueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/jobs` },
      }),
  },
} as const;

type Thing = keyof typeof THINGS;

const ASKED = 'DescribeTable';

const table = {
  arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`,
  create: (user: string, eventTime: string) => ({
    ...call('dynamodb', 'CreateTable', user, 0, {
      responseElements: { tableDescription: { tableArn: table.arn } },
    }),
    eventTime,
  }),
  put: (createdAt: string) =>
    deployment.sandbox.putResource({ arn: table.arn, createdAt: Date.parse(createdAt) }),
  tags: () => deployment.sandbox.tagsOf(table.arn),
};

/** Makes it exist, as it is after its last creation. */
function put(thing: Thing, minute: number, tags: Readonly<Record<string, string>> = {}): void {
  const { sandbox } = deployment;
  const createdAt = Date.parse(at(minute));
  if (thing === 'bucket') sandbox.putBucket({ name: 'data', account: ACCOUNT, region: REGION });
  else sandbox.putResource({ arn: THINGS[thing].arn, account: ACCOUNT, region: REGION, createdAt });
  sandbox.putTags(THINGS[thing].arn, tags);
}

const tagsOf = (thing: Thing) => deployment.sandbox.tagsOf(THINGS[thing].arn);

let files = 0;

function putFile(records: readonly unknown[], account = ACCOUNT): string {
  const key = logKeyOf(account, REGION, files++);
  deployment.putFile(key, records);
  return key;
}

/** Each in a file and an invocation of its own. */
async function deliver(records: readonly unknown[], isOneProcess: boolean): Promise<void> {
  for (const record of records) {
    await deployment.invoke(s3Event([putFile([record])]));
    if (!isOneProcess) deployment.renew();
  }
}

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

describe.each(ORDERS)(
  'alice makes it, it is deleted, bob makes it: files in the order %i %i %i',
  (...order) => {
    test.each<[Thing, string, boolean]>([
      ['topic', 'one process', true],
      ['bucket', 'one process', true],
      ['bucket', 'a process each', false],
      ['database', 'one process', true],
      ['database', 'a process each', false],
      ['queue', 'one process', true],
      ['queue', 'a process each', false],
    ])('%s, %s', async (thing, _, isOneProcess) => {
      await deploy();
      const { create, delete: remove } = THINGS[thing];
      put(thing, 12);
      const history = [create('alice', 0), remove(10), create('bob', 12)];
      await deliver(
        order.map((place) => history[place]),
        isOneProcess,
      );
      expect(tagsOf(thing)).toEqual(ours('bob', 12));
    });
  },
);

describe('calls of one file and of one invocation', () => {
  const THROTTLED: FaultEffect = { error: { code: 'Throttling', status: 400, message: 'Rate exceeded' } };

  test('one that is deferred takes those behind it with it, and none of them is lost', async () => {
    await deploy();
    put('topic', 0);
    let writes = 0;
    deployment.sandbox.faults.add({
      operation: 'TagResource',
      match: () => ++writes === 1,
      effect: THROTTLED,
    });
    const { create } = THINGS.topic;
    await deployment.invoke(s3Event([putFile([create('app', 5), create('alice', 0)])]));
    expect(deployment.reports()[0]?.outcomes).toEqual({ deferred: 2 });
    expect(tagsOf('topic')).toEqual({});
    deployment.advance(900);
    await deployment.poll('retry');
    expect(tagsOf('topic')).toEqual(ours('alice', 0));
    expect(await deployment.count('retry')).toBe(0);
    expect(await deployment.count('failure')).toBe(0);
  });

  test.each([false, true])(
    'a client token repeated in two files made one instance (reversed: %s)',
    async (isReversed) => {
      await deploy();
      const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0000000000000000a`;
      deployment.putResources([arn]);
      const run = (user: string, minute: number) =>
        call('ec2', 'RunInstances', user, minute, {
          responseElements: { instancesSet: { items: [{ instanceId: 'i-0000000000000000a' }] } },
        });
      const keys = [run('alice', 0), run('bob', 3)].map((record) => putFile([record]));
      await deployment.invoke(s3Event(isReversed ? keys.toReversed() : keys));
      expect(deployment.sandbox.tagsOf(arn)).toEqual(ours('alice', 0));
    },
  );

  test('what was deleted in the same file is not asked for', async () => {
    await deploy();
    const { create, delete: remove } = THINGS.topic;
    const key = putFile([create('alice', 0), remove(1)]);
    const requests = await deployment.requestsOf(() => deployment.invoke(s3Event([key])));
    expect(requests.filter(({ service }) => service === 'sns')).toEqual([]);
    expect(deployment.reports()).toMatchObject([
      { records: 2, ignored: { deletion: 1 }, creations: 1, outcomes: { kept: 1 } },
    ]);
  });

  test('a deletion that comes late has the topic tagged anew, also where that takes a second try', async () => {
    await deploy();
    put('topic', 12);
    const { create, delete: remove } = THINGS.topic;
    await deliver([create('alice', 0), create('bob', 12)], true);
    expect(tagsOf('topic')).toEqual(ours('alice', 0));
    let writes = 0;
    deployment.sandbox.faults.add({
      operation: 'TagResource',
      match: () => ++writes === 1,
      effect: THROTTLED,
    });
    await deliver([remove(10)], true);
    expect(deployment.reports().at(-1)).toMatchObject({ complete: true, undoneDeletions: 1, outcomes: {} });
    expect(sums(dataPoints(deployment.lines)).DeletionsUndone).toBe(1);
    expect(tagsOf('topic')).toEqual(ours('alice', 0));
    deployment.advance(900);
    await deployment.poll('retry');
    expect(tagsOf('topic')).toEqual(ours('bob', 12));
    expect(await deployment.count('retry')).toBe(0);
  });

  test('a repeat that came first gives way to the creation, though a person corrected its CreatedBy', async () => {
    await deploy();
    put('topic', 0);
    const { create } = THINGS.topic;
    await deliver([create('app', 50)], false);
    deployment.sandbox.putTags(THINGS.topic.arn, { CreatedBy: 'team-blue' });
    await deliver([create('alice', 0)], false);
    expect(tagsOf('topic')).toEqual(ours('alice', 0));
    deployment.sandbox.putTags(THINGS.topic.arn, { CreatedBy: 'team-blue' });
    await deliver([create('app', 50), create('alice', 0)], false);
    expect(tagsOf('topic')).toEqual({ ...ours('alice', 0), CreatedBy: 'team-blue' });
  });

  test('a repeat that came first gives way to the creation', async () => {
    await deploy();
    put('topic', 0);
    const { create } = THINGS.topic;
    await deliver([create('app', 500), create('app', 50), create('alice', 0), create('app', 90)], false);
    expect(tagsOf('topic')).toEqual(ours('alice', 0));
  });
});

describe('logs that do not have all of it', () => {
  const YEARS_AGO = '2019-08-07T06:05:04Z';

  test('an application that calls CreateQueue at each start does not get a queue that was made years ago', async () => {
    await deploy();
    deployment.sandbox.putResource({ arn: THINGS.queue.arn, createdAt: Date.parse(YEARS_AGO) });
    const { create } = THINGS.queue;
    const fresh = { ...create('app', 0), eventTime: secondsAgo(20) };
    await deliver([create('app', 0), create('app', 90), fresh], false);
    expect(tagsOf('queue')).toEqual({});
    expect(deployment.reports().map(({ outcomes }) => outcomes)).toEqual(Array(3).fill({ kept: 1 }));
    const logged = { ...create('alice', 0), eventTime: YEARS_AGO };
    await deliver([logged, create('app', 90)], false);
    expect(tagsOf('queue')).toEqual({ ...ours('alice', 0), CreatedDate: YEARS_AGO });
  });

  test('an old log does not name who made the table that had the name before', async () => {
    await deploy();
    table.put(secondsAgo(86_400));
    await deliver([table.create('alice', YEARS_AGO)], true);
    expect(table.tags()).toEqual({});
    await deliver([table.create('bob', secondsAgo(86_400)), table.create('alice', YEARS_AGO)], false);
    expect(table.tags()).toMatchObject({ CreatedBy: arnOfUser('bob') });
  });

  test('of what was created within the hour nothing is asked: later creations are still to come', async () => {
    await deploy();
    const time = secondsAgo(300);
    table.put(time);
    const requests = await deployment.requestsOf(() => deliver([table.create('alice', time)], true));
    expect(requests.map(({ operation }) => operation)).not.toContain(ASKED);
    expect(table.tags()).toMatchObject({ CreatedBy: arnOfUser('alice'), CreatedDate: time });
  });

  test('where the service still shows the table that had the name before, the new one is waited for', async () => {
    await deploy();
    const [before, time] = [secondsAgo(3000), secondsAgo(60)];
    table.put(before);
    await deployment.invoke(s3Event([putFile([table.create('alice', before), table.create('bob', time)])]));
    expect(table.tags()).toEqual({});
    expect(deployment.reports()[0]?.outcomes).toEqual({ deferred: 2 });
    table.put(time);
    deployment.advance(900);
    await deployment.poll('retry');
    expect(table.tags()).toMatchObject({ CreatedBy: arnOfUser('bob'), CreatedDate: time });
    expect(await deployment.count('retry')).toBe(0);
  });

  test('tags of a request whose queue may be no more do not keep the next queue of that name untagged', async () => {
    await deploy();
    const [before, time] = [secondsAgo(200), secondsAgo(60)];
    deployment.sandbox.putResource({ arn: THINGS.queue.arn, createdAt: Date.parse(time) });
    const { create } = THINGS.queue;
    const owned = create('alice', 0);
    const tags = { CreatedBy: 'finance' };
    const records = [
      { ...owned, eventTime: before, requestParameters: { queueName: 'jobs', tags } },
      { ...create('bob', 0), eventTime: time },
    ];
    await deployment.invoke(s3Event([putFile(records)]));
    for (let round = 0; round < 3; round++) {
      deployment.advance(900);
      await deployment.poll('retry');
    }
    expect(tagsOf('queue')).toMatchObject({ CreatedBy: arnOfUser('bob'), CreatedDate: time });
    expect(await deployment.count('retry')).toBe(0);
  });

  test.each([
    ['may not be asked', 'AccessDeniedException'],
    ['knows nothing of it', 'ResourceNotFoundException'],
  ])('where the service %s, the tags and the events decide', async (_, code) => {
    await deploy();
    table.put(YEARS_AGO);
    deployment.sandbox.faults.add({
      operation: ASKED,
      effect: { error: { code, status: 400, message: 'no' } },
    });
    await deliver([table.create('alice', at(0))], true);
    expect(table.tags()).toEqual(ours('alice', 0));
  });
});

describe('a deletion says nothing', () => {
  const { create, delete: remove } = THINGS.bucket;

  test.each<[string, () => string]>([
    ['in a file of another account', () => putFile([remove(10)], OTHER_ACCOUNT)],
    [
      "of another account's bucket of that name",
      () => putFile([{ ...remove(10), recipientAccountId: OTHER_ACCOUNT }], OTHER_ACCOUNT),
    ],
    ['that failed', () => putFile([{ ...remove(10), errorCode: 'AccessDenied' }])],
  ])('%s', async (_, forged) => {
    await deploy();
    put('bucket', 0);
    await deployment.invoke(s3Event([forged()]));
    await deliver([create('alice', 0)], true);
    expect(tagsOf('bucket')).toEqual(ours('alice', 0));
  });

  test('of a role, but by its name without the path', async () => {
    await deploy({ settings: { SERVICES: 'iam' } });
    const arn = `arn:aws:iam::${ACCOUNT}:role/team/deploy`;
    const made = call('iam', 'CreateRole', 'alice', 0, { responseElements: { role: { arn } } });
    const gone = call('iam', 'DeleteRole', 'root', 1, { requestParameters: { roleName: 'deploy' } });
    await deployment.invoke(s3Event([putFile([made, gone])]));
    expect(deployment.reports()).toMatchObject([{ outcomes: { kept: 1 } }]);
  });
});

describe('tags that are there', () => {
  const { create } = THINGS.topic;

  test('ManagedBy=terraform alone stays, with ours beside it', async () => {
    await deploy();
    put('topic', 0, { ManagedBy: 'terraform' });
    await deliver([create('alice', 0), create('app', 9)], false);
    expect(tagsOf('topic')).toEqual({ ...ours('alice', 0), ManagedBy: 'terraform', TaggedBy: 'auto-tagger' });
  });

  test('forged in the creating request stay, and the report says so', async () => {
    await deploy();
    const forged = ours('nobody', 0);
    put('topic', 5, forged);
    const tags = Object.entries(forged).map(([key, value]) => ({ key, value }));
    await deliver([{ ...create('mallory', 5), requestParameters: { name: 'news', tags } }], true);
    expect(tagsOf('topic')).toEqual(forged);
    expect(deployment.reports()[0]?.remarks).toEqual([
      {
        eventID: expect.any(String),
        arn: THINGS.topic.arn,
        outcome: 'kept',
        reason:
          "CreatedBy, CreatedDate, ManagedBy are somebody else's; the creating request itself set CreatedBy, CreatedDate, ManagedBy",
      },
    ]);
  });

  test('that a snapshot took from its volume give way, and the report says so', async () => {
    await deploy();
    const arn = `arn:aws:ec2:${REGION}::snapshot/snap-0000000000000000a`;
    deployment.putResources([arn]);
    deployment.sandbox.putTags(arn, ours('alice', 0));
    const copy = call('ec2', 'CopySnapshot', 'bob', 9, {
      responseElements: { snapshotId: 'snap-0000000000000000a' },
    });
    await deliver([copy], true);
    expect(deployment.sandbox.tagsOf(arn)).toEqual(ours('bob', 9));
    expect(deployment.reports()[0]?.remarks).toMatchObject([{ arn, outcome: 'tagged' }]);
  });

  test('are remarked of twenty resources at most, and the report says how many more there were', async () => {
    await deploy();
    const ids = Array.from({ length: 23 }, (_, at) => `snap-${String(at).padStart(17, '0')}`);
    const arns = ids.map((id) => `arn:aws:ec2:${REGION}::snapshot/${id}`);
    deployment.putResources(arns);
    for (const arn of arns) deployment.sandbox.putTags(arn, ours('alice', 0));
    const copies = ids.map((snapshotId) =>
      call('ec2', 'CopySnapshot', 'bob', 9, { responseElements: { snapshotId } }),
    );
    await deployment.invoke(s3Event([putFile(copies)]));
    const [report] = deployment.reports();
    expect(report?.remarks).toHaveLength(20);
    expect(report).toMatchObject({ outcomes: { tagged: 23 }, remarksLeftOut: 3 });
  });

  test('with SKIP_TAG, that of its owner keeps us off', async () => {
    await deploy({ settings: { SKIP_TAG: 'no-tagger' } });
    put('topic', 0, { 'no-tagger': 'yes' });
    await deliver([create('alice', 0)], true);
    expect(tagsOf('topic')).toEqual({ 'no-tagger': 'yes' });
  });

  test('with SECOND_MARKER_KEY, it is the second key', async () => {
    await deploy({ settings: { SECOND_MARKER_KEY: 'tagged-by' } });
    put('topic', 0, { ManagedBy: 'terraform' });
    await deliver([create('alice', 0)], true);
    expect(tagsOf('topic')).toMatchObject({ ManagedBy: 'terraform', 'tagged-by': 'auto-tagger' });
  });
});
