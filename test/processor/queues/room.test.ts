/** The retry queue is not filled beyond what SQS hands out: a file is left as a whole instead. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createRoom } from '../../../processor/queues/room.ts';
import { type Deployment, deploysForEach } from '../../helpers/deployment.ts';
import { ACCOUNT, LOG_BUCKET, REGION, s3Event, volume, volumeArn } from '../../helpers/events.ts';
import { logKeyOf } from '../../helpers/log-files.ts';

const UNENDING = new AbortController().signal;

describe('room', () => {
  /** Sixty thousand messages at most, counted once a minute. */
  function room(counts: readonly (number | Error)[], senders = 1) {
    let time = 0;
    let counted = 0;
    const count = async () => {
      const messages = counts[counted++];
      if (typeof messages !== 'number') throw messages;
      return messages;
    };
    const { take } = createRoom(count, senders, () => time);
    return {
      take: (messages: number) => take(messages, UNENDING),
      pass: (seconds: number) => {
        time += seconds * 1000;
      },
      counted: () => counted,
    };
  }

  test('is what is left to half of what may be in flight', async () => {
    expect(await room([59_000]).take(1_000)).toBe(true);
    expect(await room([59_000]).take(1_001)).toBe(false);
    expect(await room([70_000]).take(1)).toBe(false);
  });

  test('is divided among all that may send', async () => {
    expect(await room([50_000], 10).take(1_000)).toBe(true);
    expect(await room([50_000], 10).take(1_001)).toBe(false);
  });

  test('is counted once a minute, and grows less by what is sent meanwhile, also by many at once', async () => {
    const { take, pass, counted } = room([59_000, 59_500]);
    const taken = await Promise.all([take(400), take(400), take(400), take(200), take(1)]);
    expect(taken).toEqual([true, true, false, true, false]);
    pass(59);
    expect(await take(1)).toBe(false);
    expect(counted()).toBe(1);
    pass(1);
    expect(await take(500)).toBe(true);
    expect(await take(1)).toBe(false);
    expect(counted()).toBe(2);
  });

  test('is that of an empty queue for who may not count', async () => {
    const { take } = room([new Error('denied')]);
    expect(await take(60_000)).toBe(true);
    expect(await take(1)).toBe(false);
  });
});

describe('resources that may be tagged later', () => {
  let deployment: Deployment;
  const start = deploysForEach((started) => {
    deployment = started;
  });
  const KEY = logKeyOf(ACCOUNT, REGION, 1);

  beforeEach(async () => {
    await start();
    deployment.putResources([1, 2, 3].map((number) => volumeArn(number)));
    deployment.putFile(
      KEY,
      [1, 2, 3].map((number) => volume(number)),
    );
    const error = { code: 'RequestLimitExceeded', status: 503, message: 'slow down' };
    deployment.sandbox.faults.add({ service: 'ec2', operation: 'CreateTags', effect: { error } });
  });

  function queueHolds(notVisible: number): void {
    const Attributes = {
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: String(notVisible),
      ApproximateNumberOfMessagesDelayed: '5000',
    };
    const answer = {
      status: 200,
      contentType: 'application/x-amz-json-1.0',
      body: JSON.stringify({ Attributes }),
    };
    deployment.sandbox.faults.add({ operation: 'GetQueueAttributes', effect: { answer } });
  }

  test('go on one by one while the retry queue has room', async () => {
    queueHolds(1_000);
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.sent('retry').map(({ kind }) => kind)).toEqual(['creation', 'creation', 'creation']);
  });

  test('are left with their file where it is half full, and come back with it', async () => {
    queueHolds(55_000);
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.sent('retry')).toMatchObject([{ kind: 'file', bucket: LOG_BUCKET, key: KEY }]);
    deployment.sandbox.faults.clear();
    deployment.advance(120);
    await deployment.poll('retry');
    for (const number of [1, 2, 3]) {
      expect(deployment.sandbox.tagsOf(volumeArn(number))).toMatchObject({ ManagedBy: 'auto-tagger' });
    }
    expect(await deployment.count('retry')).toBe(0);
  });

  test('are left from the first of them on where others of the file are done', async () => {
    queueHolds(55_000);
    deployment.sandbox.faults.clear();
    queueHolds(55_000);
    const error = { code: 'IncorrectState', status: 400, message: `${volumeArn(2).split('/')[1]} is busy` };
    const isOfTwo = ({ input }: { input: object }) =>
      JSON.stringify(input).includes(String(volumeArn(2).split('/')[1]));
    deployment.sandbox.faults.add({
      service: 'ec2',
      operation: 'CreateTags',
      match: isOfTwo,
      effect: { error },
    });
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.sent('retry')).toMatchObject([{ kind: 'file', key: KEY, fromIndex: 1 }]);
  });
});
