/**
 * What a message says is believed no more because it was kept for a while: replaying what the function refused to
 * believe does not turn it into the word of whoever replays.
 */
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Complaint } from '../../../processor/cli/complaints.ts';
import { type Deployment, deploysForEach } from '../../helpers/deployment.ts';
import { UNPACED } from '../../helpers/environment.ts';
import {
  ACCOUNT,
  callEvent,
  LOG_BUCKET,
  ofAnna,
  REGION,
  s3Event,
  snsEvent,
  sqsEvent,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { keptTerminal } from '../../helpers/kept-terminal.ts';
import { logKeyOf } from '../../helpers/log-files.ts';
import { sqsClientOf } from '../../sandbox/sqs-client.ts';

let deployment: Deployment;

const start = deploysForEach((started) => {
  deployment = started;
});
beforeEach(async () => {
  await start();
  deployment.putResources([volumeArn(1)]);
});

const KEY = logKeyOf(ACCOUNT, REGION, 1);
const STRANGERS = 'files-of-a-stranger';
const BY_HAND = { resourceId: volumeArn(1), user: 'the chief executive' };
const OWN_MESSAGE = {
  autoTagger: {
    kind: 'creation',
    record: volume(1),
    location: { kind: 's3', bucket: LOG_BUCKET, key: KEY },
  },
};
const tags = () => deployment.sandbox.tagsOf(volumeArn(1));

interface Replayed {
  readonly isDone: boolean;
  /** What the user was told of messages that stay. */
  readonly problems: string;
}

/** Of the failure queue, as somebody does it whose environment has these settings of ours. */
async function replay(env: Readonly<Record<string, string>>): Promise<Replayed> {
  // They read the environment of the SDK, which is set now.
  const { createTaggingRuntime } = await import('../../../processor/runtime/runtime.ts');
  const { readSettings } = await import('../../../processor/runtime/settings.ts');
  const { queueSource } = await import('../../../processor/cli/replay/queue-source.ts');
  const { replay } = await import('../../../processor/cli/replay/replay.ts');
  const runtime = createTaggingRuntime(readSettings({ ...UNPACED, ...env }, 'replay'), {
    ownAccount: ACCOUNT,
    region: REGION,
    onRefused: () => {},
  });
  const { signal } = new AbortController();
  const problems: string[] = [];
  const complain = (problem: string) => void problems.push(problem);
  const complaints = { add: ({ problem }: Complaint) => complain(problem) };
  const { calls } = runtime;
  const source = queueSource(deployment.queueUrl('failure'), {
    calls,
    region: REGION,
    signal,
    waitSeconds: 0,
    complain,
  });
  const silent = () => {};
  const options = { runtime, keepsAll: false, onReport: silent, onProgress: silent, complaints, signal };
  try {
    const { left } = await replay(source, options);
    return { isDone: left === 0, problems: problems.join('\n') };
  } finally {
    runtime.destroy();
  }
}

const NOT_BELIEVED: readonly (readonly [string, object])[] = [
  ['a resource with the one who made it', BY_HAND],
  ['a call by itself', callEvent(volume(1))],
  ['a message as ours would be', OWN_MESSAGE],
];

describe('what the function did not believe of a queue', () => {
  test.each(NOT_BELIEVED)('%s, is not believed by replay either, and stays', async (_, body) => {
    await deployment.invoke(sqsEvent([body]));
    expect(await deployment.count('failure')).toBe(1);
    const { isDone, problems } = await replay({ LOG_BUCKETS: LOG_BUCKET });
    expect(problems).toMatch(/is believed only from/);
    expect(isDone).toBe(false);
    expect(tags()).toEqual({});
    expect(await deployment.count('failure')).toBe(1);
  });

  test.each(NOT_BELIEVED)('%s, nor when it is wrapped as ours', async (_, body) => {
    const wrapped = {
      autoTagger: { kind: 'unreadable', body: JSON.stringify(body) },
    };
    await deployment.invoke(sqsEvent([wrapped]));
    await replay({ LOG_BUCKETS: LOG_BUCKET });
    expect(tags()).toEqual({});
  });

  test('is taken once its queue is named', async () => {
    await deployment.invoke(sqsEvent([callEvent(volume(1))], 1, 'events'));
    expect(tags()).toEqual({});
    const EVENT_QUEUES = `arn:aws:sqs:${REGION}:${ACCOUNT}:events`;
    const { isDone } = await replay({ EVENT_QUEUES });
    expect(isDone).toBe(true);
    expect(tags()).toEqual(ofAnna());
    expect(await deployment.count('failure')).toBe(0);
  });

  test('is not taken for having named such a queue inside another envelope', async () => {
    const EVENT_QUEUES = `arn:aws:sqs:${REGION}:${ACCOUNT}:events`;
    await deployment.invoke(snsEvent(sqsEvent([callEvent(volume(1))], 1, 'events')));
    expect(await deployment.count('failure')).toBe(1);
    await replay({ EVENT_QUEUES });
    expect(tags()).toEqual({});
  });
});

describe('a message that lies in the failure queue', () => {
  test('may be ours', async () => {
    await deployment.send('failure', OWN_MESSAGE);
    await replay({ LOG_BUCKETS: LOG_BUCKET });
    expect(tags()).toEqual(ofAnna());
  });

  test.each([
    ['a resource with the one who made it', BY_HAND],
    ['a call by itself', callEvent(volume(1))],
    [
      'what says that it came from whoever invokes',
      { autoTagger: { kind: 'unreadable', body: JSON.stringify(BY_HAND), sender: { kind: 'invoker' } } },
    ],
  ])('cannot be %s', async (_, body) => {
    await deployment.send('failure', body);
    const { isDone } = await replay({ LOG_BUCKETS: LOG_BUCKET });
    expect(isDone).toBe(false);
    expect(tags()).toEqual({});
  });

  test('that a redrive has put there from another queue is not ours', async () => {
    const { sqs, destroy } = sqsClientOf(
      deployment.sandbox,
      { type: 'IAMUser', account: ACCOUNT, userName: 'ops' },
      REGION,
    );
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'notifications' }));
    const deadLetterTargetArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:failure`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(OWN_MESSAGE) }));
    const receive = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 });
    await sqs.send(receive);
    await sqs.send(receive);
    destroy();
    expect(await deployment.count('failure')).toBe(1);
    const { problems } = await replay({ LOG_BUCKETS: LOG_BUCKET });
    expect(problems).toMatch(/is believed only from/);
    expect(tags()).toEqual({});
  });
});

describe('a bucket that the function did not believe', () => {
  beforeEach(async () => {
    deployment.sandbox.putBucket({ name: STRANGERS, account: ACCOUNT, region: REGION });
    deployment.putFile(KEY, [volume(1)], STRANGERS);
    await deployment.invoke(s3Event([KEY], STRANGERS));
    expect(await deployment.count('failure')).toBe(1);
  });

  test('is read by replay only where the user names it', async () => {
    const unnamed = await replay({});
    expect(unnamed.problems).toContain('LOG_BUCKETS');
    expect(unnamed.isDone).toBe(false);
    expect(tags()).toEqual({});
    await replay({ LOG_BUCKETS: LOG_BUCKET });
    expect(tags()).toEqual({});
    expect(await deployment.count('failure')).toBe(1);
    const named = await replay({ LOG_BUCKETS: STRANGERS });
    expect(named.isDone).toBe(true);
    expect(tags()).toEqual(ofAnna());
  });

  test('is not read by the command either, unless its environment names it', async () => {
    const { run } = await import('../../../processor/cli/commands/replay.ts'); // reads the environment, which is set now
    const { terminal, complaints } = keptTerminal();
    const args = [deployment.queueUrl('failure')];
    const { signal } = new AbortController();
    const giveUp = terminal.complain;
    expect(await run({ args, options: {}, terminal, signal, giveUp })).not.toBe('done');
    expect(complaints).toEqual([
      expect.stringMatching(/^tagging as /),
      expect.stringMatching(/files-of-a-stranger.*LOG_BUCKETS/),
    ]);
    expect(tags()).toEqual({});
  });
});
