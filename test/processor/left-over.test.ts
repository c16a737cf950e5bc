/**
 * What is left of much: a prefix, several files or a record with many resources comes back through the retry queue as
 * little as possible, for less each time, and ends. Nothing begins anew.
 */
import { describe, expect, test } from '@jest/globals';
import type { Deadline } from '../../processor/runtime/deadline.ts';
import type { FaultEffect } from '../../sandbox/sandbox.ts';
import { deadlineWhen } from '../helpers/deadlines.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  REGION,
  s3Event,
  secondsAgo,
  snsEvent,
  sqsEvent,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { fixture } from '../helpers/fixtures.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { size } from '../helpers/runs.ts';

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});

const keyOf = (number: number) => logKeyOf(ACCOUNT, REGION, number);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);
const ACCOUNT_PREFIX = `AWSLogs/${ACCOUNT}/`;
const PREFIX = { bucket: LOG_BUCKET, prefix: ACCOUNT_PREFIX };
const NAMES_ALL = { batchItemFailures: [{ itemIdentifier: 'message-0' }] };

/** Files 0, 1, … with one volume each; their keys in the order of S3. */
function putFiles(count: number): readonly string[] {
  deployment.putResources(upTo(count).map((number) => volumeArn(number)));
  for (const number of upTo(count)) deployment.putFile(keyOf(number), [volume(number)]);
  return upTo(count).map(keyOf).toSorted();
}

/** Time is up when so many more objects have been asked for. */
function timeForObjects(count: number): Deadline {
  const end = keysRead().length + count;
  return deadlineWhen(() => keysRead().length >= end);
}

/** Every object that was asked for, in order. */
function keysRead(): readonly string[] {
  return deployment.sandbox.requests.flatMap(({ operation, input }) =>
    operation === 'GetObject' ? String(input.Key) : [],
  );
}

const untagged = (count: number) =>
  upTo(count).filter((number) => !('CreatedBy' in deployment.sandbox.tagsOf(volumeArn(number))));

/** How many times the retry queue has invoked the function until it was empty. */
async function roundsOfRetry(deadline?: () => Deadline): Promise<number> {
  let rounds = 0;
  while ((await deployment.count('retry')) > 0) {
    expect(rounds++).toBeLessThan(40);
    deployment.advance(900);
    await deployment.poll('retry', deadline?.());
  }
  return rounds;
}

const fault = (operation: string, effect: FaultEffect, isFor: (key: string) => boolean = () => true) =>
  deployment.sandbox.faults.add({ operation, effect, match: ({ input }) => isFor(String(input.Key)) });
const error = (code: string, status: number) => ({ error: { code, status, message: `${code} of the test` } });

describe('a prefix with more files than there is time for', () => {
  const COUNT = 150;
  const A_ROUND = 50;

  test.each([
    ['in SQS', sqsEvent([PREFIX])],
    ['from an asynchronous caller', snsEvent(PREFIX)],
    ['as a message of ours', sqsEvent([{ autoTagger: { kind: 'prefix', ...PREFIX } }], 1, 'retry')],
  ])('%s goes on behind the last key that was begun, and ends', async (_, event) => {
    await start();
    putFiles(COUNT);
    const answer = await deployment.invoke(event, timeForObjects(A_ROUND));
    expect(answer).not.toEqual(NAMES_ALL);
    expect(await roundsOfRetry(() => timeForObjects(A_ROUND))).toBeLessThan(16);
    expect(untagged(COUNT)).toEqual([]);
    const from = deployment.sent('retry').flatMap(({ startAfter }) => startAfter ?? []);
    expect(from.length).toBeGreaterThanOrEqual(2);
    expect(from).toEqual([...new Set(from)].toSorted()); // it grows each time
    // What was cut off in the middle is read again, but nothing of what was done.
    expect(keysRead().length).toBeLessThan(COUNT + 34 * from.length);
    expect(await deployment.count('failure')).toBe(0);
  });

  test('by hand it remains, from where it was left', async () => {
    await start();
    putFiles(COUNT);
    const { remaining } = (await deployment.invoke(PREFIX, timeForObjects(A_ROUND))) as {
      remaining: readonly { readonly startAfter?: string }[];
    };
    expect(remaining).toContainEqual({ ...PREFIX, startAfter: expect.any(String) });
    expect(deployment.sent('retry')).toEqual([]);
    await deployment.invoke(remaining);
    expect(untagged(COUNT)).toEqual([]);
  });

  test('and of which one file never ends goes on without it', async () => {
    await start();
    const [first = ''] = putFiles(COUNT);
    const mend = fault('GetObject', { stall: true }, (key) => key === first);
    await deployment.invoke(sqsEvent([PREFIX]), timeForObjects(A_ROUND));
    const [file, prefix, ...more] = deployment.sent('retry');
    expect(more).toEqual([]);
    expect([file, prefix]).toMatchObject(
      [
        { kind: 'prefix', startAfter: expect.any(String) },
        { files: expect.arrayContaining([{ bucket: LOG_BUCKET, key: first }]) },
      ].toReversed(),
    );
    mend();
    await roundsOfRetry();
    expect(untagged(COUNT)).toEqual([]);
  });

  test('without a retry queue is given back as it came', async () => {
    await start({ queues: ['failure'] });
    putFiles(COUNT);
    expect(await deployment.invoke(sqsEvent([PREFIX]), timeForObjects(A_ROUND))).toEqual(NAMES_ALL);
    await expect(deployment.invoke(snsEvent(PREFIX), timeForObjects(A_ROUND))).rejects.toMatchObject({
      code: 'NotAllDone',
    });
  });
});

describe('files of a prefix that cannot be read', () => {
  const COUNT = 20;
  const isEven = (key: string) => upTo(COUNT / 2).some((half) => key === keyOf(2 * half));

  test('for the moment come back as files, which share a message, and the prefix is done', async () => {
    await start();
    putFiles(COUNT);
    const mend = fault('GetObject', error('ServiceUnavailable', 503), isEven);
    expect(await deployment.invoke(sqsEvent([PREFIX]))).toEqual({ batchItemFailures: [] });
    expect(deployment.sent('retry')).toEqual([{ kind: 'files', files: expect.any(Array) }]);
    const [{ files = [] } = {}] = deployment.sent('retry');
    expect(files.map(({ key }) => key).toSorted()).toEqual(upTo(COUNT).map(keyOf).filter(isEven).toSorted());
    // All of them are left once more: the same message comes again. One of them is done: the rest is a new one.
    deployment.advance(60);
    await deployment.poll('retry');
    expect(deployment.sent('retry')).toHaveLength(1);
    mend();
    const stop = fault('GetObject', error('ServiceUnavailable', 503), (key) => key === keyOf(0));
    deployment.advance(900);
    await deployment.poll('retry');
    expect(deployment.sent('retry')).toMatchObject([{}, { kind: 'file', key: keyOf(0) }]);
    stop();
    await roundsOfRetry();
    expect(untagged(COUNT)).toEqual([]);
  });

  test('ever are kept one by one, and whoever asked for the prefix is told', async () => {
    await start();
    putFiles(COUNT);
    fault('GetObject', error('InvalidObjectState', 403), isEven);
    expect(await deployment.invoke(PREFIX)).toMatchObject({ items: { rejected: 1 }, remaining: [] });
    expect(deployment.sent('failure')).toHaveLength(COUNT / 2);
    expect(await deployment.invoke(sqsEvent([PREFIX]))).toEqual({ batchItemFailures: [] });
    expect(untagged(COUNT)).toHaveLength(COUNT / 2);
  });
});

describe('what is left of a prefix', () => {
  /** Three pages, of which the first two hold one log file each. */
  function putPages(): void {
    const inPage = (page: number) => `${ACCOUNT_PREFIX}CloudTrail/${REGION}/2025/0${page}/`;
    for (const page of [1, 2, 3]) {
      for (let number = 0; number < 999; number++) deployment.putFile(`${inPage(page)}${number}.txt`, []);
      deployment.putResources([volumeArn(page)]);
      deployment.putFile(`${inPage(page)}log.json.gz`, [volume(page)]);
    }
  }
  const operations = () =>
    deployment.sandbox.requests.flatMap(({ operation }) =>
      ['ListObjectsV2', 'SendMessageBatch'].includes(operation) ? operation : [],
    );

  test('is handed on with its page, so that no more is held', async () => {
    await start();
    putPages();
    fault('CreateTags', error('UnauthorizedOperation', 403));
    await deployment.invoke(sqsEvent([PREFIX]));
    const [list, send] = ['ListObjectsV2', 'SendMessageBatch'];
    expect(operations()).toEqual([list, send, list, send, list, send, list]);
    expect(deployment.sent('failure')).toHaveLength(3);
  });

  test('stays with its page where a queue does not take it', async () => {
    await start();
    putPages();
    fault('CreateTags', error('UnauthorizedOperation', 403));
    const full = deployment.sandbox.faults.add({
      operation: 'SendMessageBatch',
      match: ({ input }) => input.QueueUrl === deployment.queueUrl('failure'),
      effect: error('ServiceUnavailable', 503),
    });
    expect(await deployment.invoke(sqsEvent([PREFIX]))).toEqual(NAMES_ALL);
    full();
    expect(await deployment.invoke(sqsEvent([PREFIX]))).toEqual({ batchItemFailures: [] });
    const arns = deployment.sent('failure').flatMap(({ arns = [] }) => arns);
    expect(new Set(arns)).toEqual(new Set([1, 2, 3].map((page) => volumeArn(page))));
  });
});

test('a prefix of very many files is done in memory and an answer of a bounded size', async () => {
  await start();
  const count = size(1_200, 100_000);
  const records = [volume(0, { account: OTHER_ACCOUNT })];
  for (const number of upTo(count)) deployment.putFile(keyOf(number), records);
  const answer = (await deployment.invoke(PREFIX)) as {
    readonly reports: readonly object[];
    readonly reportsLeftOut: number;
  };
  expect(answer.reports.length + answer.reportsLeftOut).toBe(count);
  expect(JSON.stringify(answer).length).toBeLessThan(6_000_000);
  expect(answer).toMatchObject({ items: { done: 1 }, remaining: [] });
});

describe('several files that one message names', () => {
  const COUNT = 200;
  const EVENTS: readonly (readonly [string, (keys: readonly string[]) => object])[] = [
    ['S3 events in SQS', (keys) => sqsEvent([s3Event(keys)])],
    ['keys in SQS', (keys) => sqsEvent([{ bucket: LOG_BUCKET, keys }])],
    ['CloudTrail’s own message', (keys) => snsEvent({ s3Bucket: LOG_BUCKET, s3ObjectKey: keys })],
  ];

  test.each(EVENTS)('%s: those that no time is left for come back in one message', async (_, eventOf) => {
    await start();
    const event = eventOf(putFiles(COUNT));
    expect(await deployment.invoke(event, timeForObjects(80))).not.toEqual(NAMES_ALL);
    expect(deployment.sent('retry')).toEqual([{ kind: 'files', files: expect.any(Array) }]);
    expect(await roundsOfRetry(() => timeForObjects(80))).toBeLessThan(10);
    expect(untagged(COUNT)).toEqual([]);
    expect(keysRead().length).toBeLessThan(2 * COUNT);
  });

  test('those that cannot be read for the moment come back, and the message is acknowledged', async () => {
    await start();
    const keys = putFiles(3);
    const mend = fault('GetObject', error('AccessDenied', 403), (key) => key === keys[1]);
    expect(await deployment.invoke(sqsEvent([s3Event(keys)]))).toEqual({ batchItemFailures: [] });
    expect(deployment.sent('retry')).toMatchObject([{ kind: 'file', key: keys[1] }]);
    mend();
    await roundsOfRetry();
    expect(untagged(3)).toEqual([]);
    expect(keysRead().filter((key) => key === keys[0])).toHaveLength(1);
  });
});

describe('records with very many resources', () => {
  const INSTANCES = 50;

  /** Record `number` starts so many instances; of very many CloudTrail says little, as a record has 256 KB at most. */
  function launch(number: number, instances = INSTANCES) {
    const record = fixture('ec2-RunInstances') as { responseElements: { instancesSet: { items: object[] } } };
    const [item] = record.responseElements.instancesSet.items;
    const ids = upTo(instances).map((at) => `i-${(number * 10_000 + at).toString(16).padStart(17, '0')}`);
    // All would have the one network interface of the fixture.
    const more = instances === INSTANCES && { ...item, networkInterfaceSet: undefined };
    const items = ids.map((instanceId) => ({ ...more, instanceId }));
    const responseElements = { ...record.responseElements, instancesSet: { items } };
    return {
      ids,
      record: {
        ...record,
        awsRegion: REGION,
        recipientAccountId: ACCOUNT,
        eventID: `launch-${number}`,
        responseElements,
      },
    };
  }

  const sentBytes = () =>
    deployment.sandbox.requests
      .filter(({ operation }) => operation === 'SendMessageBatch')
      .flatMap(({ input }) => input.Entries as readonly { readonly MessageBody: string }[])
      .reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);

  test.each([
    ['denied', error('UnauthorizedOperation', 403), 'failure'],
    ['deferred', error('ConcurrentTagAccess', 400), 'retry'],
  ] as const)(
    'a thousand instances of 20 records that are %s are 20 messages of the size of their records',
    async (_, effect, queue) => {
      await start();
      const launches = upTo(20).map((number) => launch(number));
      const records = launches.map(({ record }) => record);
      const arns = launches.flatMap(({ ids }) =>
        ids.map((id) => `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`),
      );
      deployment.putResources(arns);
      deployment.putFile(keyOf(1), records);
      const mend = fault('CreateTags', effect);
      await deployment.invoke(s3Event([keyOf(1)]));
      expect(deployment.reports()[0]?.resources).toBe(1_000);
      const messages = deployment.sent(queue);
      expect(messages).toHaveLength(20);
      expect(messages.flatMap(({ arns = [] }) => arns).toSorted()).toEqual(arns.toSorted());
      const recordBytes = Buffer.byteLength(JSON.stringify(records));
      const arnBytes = Buffer.byteLength(JSON.stringify(arns));
      expect(sentBytes()).toBeLessThan(recordBytes + arnBytes + 20 * 1_000);
      mend();
      if (queue === 'failure') return;
      await roundsOfRetry();
      expect(arns.filter((arn) => !('CreatedBy' in deployment.sandbox.tagsOf(arn)))).toEqual([]);
    },
  );

  test('a thousand denied instances of one record are one message', async () => {
    await start();
    const { ids, record } = launch(1, 1_000);
    deployment.putResources(ids.map((id) => `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`));
    deployment.putFile(keyOf(1), [record]);
    fault('CreateTags', error('UnauthorizedOperation', 403));
    await deployment.invoke(s3Event([keyOf(1)]));
    const [message, ...more] = deployment.sent('failure');
    expect([more, message?.arns?.length]).toEqual([[], 1_000]);
  });

  test('of which one is denied and one not ready: each goes its way, once', async () => {
    await start();
    const { ids, record } = launch(1, 2);
    const [denied = '', young = ''] = ids.map((id) => `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`);
    deployment.putResources([denied]);
    const mend = deployment.sandbox.faults.add({
      operation: 'CreateTags', // of what is there
      match: ({ input }) => !JSON.stringify(input).includes(ids[1] ?? ''),
      effect: error('UnauthorizedOperation', 403),
    });
    const location = { kind: 's3', bucket: LOG_BUCKET, key: keyOf(1) };
    const recent = { ...record, eventTime: secondsAgo(10) };
    await deployment.send('retry', { autoTagger: { kind: 'creation', record: recent, location } });
    for (let round = 0; round < 4; round++) {
      await deployment.poll('retry');
      deployment.advance(60);
    }
    expect(deployment.sent('failure').map(({ arns }) => arns)).toEqual([[denied]]);
    const volumes = `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/*`; // of both, which show none yet
    expect(deployment.sent('retry').map(({ arns }) => arns)).toEqual([[young, volumes]]);
    deployment.putResources([young]);
    mend();
    await roundsOfRetry();
    expect(deployment.sandbox.tagsOf(young)).toHaveProperty('CreatedBy');
  });
});

describe('volumes, which the record of their launch does not name', () => {
  const arnOf = (type: string, id: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${type}/${id}`;
  const ANY = arnOf('volume', '*');

  /** Of one instance, a moment ago, in a file of its own. */
  function launched(number: number) {
    const [id, eventTime] = [`i-0000000000000${String(number).padStart(4, '0')}`, secondsAgo(20)];
    const record = {
      ...volume(number, { at: eventTime }),
      eventName: 'RunInstances',
      responseElements: { instancesSet: { items: [{ instanceId: id }] } },
    };
    const arns = { instance: arnOf('instance', id), volume: arnOf('volume', id.replace('i-', 'vol-')) };
    const createdAt = Date.parse(eventTime);
    const attachments = [{ instanceId: id, attachedAt: createdAt }];
    deployment.putResources([arns.instance]);
    deployment.putFile(keyOf(number), [record]);
    return {
      ...arns,
      show: () => deployment.sandbox.putResource({ arn: arns.volume, createdAt, details: { attachments } }),
      bears: () => 'CreatedBy' in deployment.sandbox.tagsOf(arns.volume),
    };
  }

  test('come back alone where they do not show yet', async () => {
    await start();
    const { instance, show, bears } = launched(1);
    await deployment.invoke(s3Event([keyOf(1)]));
    expect(deployment.reports()[0]).toMatchObject({ resources: 2, outcomes: { tagged: 1, deferred: 1 } });
    expect(deployment.sent('retry').map(({ arns }) => arns)).toEqual([[ANY]]);
    expect(deployment.sandbox.tagsOf(instance)).toHaveProperty('CreatedBy');
    show();
    await roundsOfRetry();
    expect(bears()).toBe(true);
    expect(deployment.reports().at(-1)).toMatchObject({ resources: 1, outcomes: { tagged: 1 } });
    expect(deployment.sent('failure')).toEqual([]);
  });

  test('come back where their tags could not be written, and go to the failure queue alone where AWS denies it', async () => {
    for (const [at, [effect, queue]] of [
      [error('ConcurrentTagAccess', 400), 'retry'] as const,
      [error('UnauthorizedOperation', 403), 'failure'] as const,
    ].entries()) {
      await start();
      const { instance, volume: arn, show, bears } = launched(at);
      show();
      const mend = deployment.sandbox.faults.add({
        operation: 'CreateTags',
        match: ({ input }) => JSON.stringify(input).includes('vol-'),
        effect,
      });
      await deployment.invoke(s3Event([keyOf(at)]));
      const [message, ...more] = deployment.sent(queue);
      expect(more).toEqual([]);
      expect(message?.arns).toEqual(queue === 'failure' ? [arn] : [instance, arn]);
      mend();
      if (queue === 'failure') await deployment.send('retry', { autoTagger: message });
      await roundsOfRetry();
      expect(bears()).toBe(true);
    }
  });

  test('say once for each launch that nobody may look them up, and the failure queue keeps that', async () => {
    await start();
    const all = [launched(1), launched(2)];
    for (const { show } of all) show();
    const undo = deployment.sandbox.deny.add({ service: 'ec2', operation: 'DescribeVolumes' });
    await deployment.invoke(s3Event([keyOf(1), keyOf(2)]));
    expect(deployment.sent('failure').map(({ arns }) => arns)).toEqual([[ANY], [ANY]]);
    expect(deployment.reports()[0]?.failures[0]).toMatchObject({
      arn: ANY,
      outcome: 'failed',
      class: 'denied',
    });
    undo();
    for (const message of deployment.sent('failure')) await deployment.send('retry', { autoTagger: message });
    await roundsOfRetry();
    expect(all.map(({ bears }) => bears())).toEqual([true, true]);
  });
});

describe('a record too large for a message', () => {
  const large = () => ({ ...volume(1), additionalEventData: 'x'.repeat(1_000_000) });

  test('that is not ready, again and again, comes back as its file, which is not sent again and again', async () => {
    await start();
    deployment.putResources([volumeArn(0), volumeArn(1)]);
    deployment.putFile(keyOf(1), [volume(0), large()]);
    const mend = fault('CreateTags', error('ConcurrentTagAccess', 400));
    await deployment.invoke(sqsEvent([s3Event([keyOf(1)])]));
    for (let round = 0; round < 5; round++) {
      deployment.advance(900);
      await deployment.poll('retry');
    }
    const sent = deployment.sent('retry').map(({ kind, fromIndex }) => [kind, fromIndex]);
    expect(sent).toEqual([
      ['creation', undefined],
      ['file', 1],
    ]);
    expect(await deployment.count('retry')).toBe(2);
    mend();
    await roundsOfRetry();
    expect(untagged(2)).toEqual([]);
  });

  test('that is denied is kept as its place in the file, with the reason', async () => {
    await start();
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(keyOf(1), [large()]);
    fault('CreateTags', error('UnauthorizedOperation', 403));
    await deployment.invoke(s3Event([keyOf(1)]));
    expect(deployment.sent('failure')).toMatchObject([
      { kind: 'file', fromIndex: 0, problem: expect.stringContaining('UnauthorizedOperation of the test') },
    ]);
  });
});
