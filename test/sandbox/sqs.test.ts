/** The simulated SQS sends, hides, gives again and deletes messages as AWS does. */
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Clients, failureOf } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let clients: Clients;
let QueueUrl: string;

withSandbox('each test', async (started, clientsAs) => {
  sandbox = started;
  sandbox.clock.set('2026-01-01T00:00:00Z');
  clients = clientsAs();
  QueueUrl = await create('work', { VisibilityTimeout: '30' });
});

async function create(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
  return (await clients.sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
}
const send = (MessageBody: string, DelaySeconds?: number) =>
  clients.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody, ...(DelaySeconds !== undefined && { DelaySeconds }) }),
  );
async function receive(input: Partial<ReceiveMessageCommandInput> = {}) {
  const command = {
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All' as const],
    ...input,
  };
  const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand(command));
  return Messages;
}
const bodies = (messages: { Body?: string | undefined }[]) => messages.map(({ Body }) => Body);

test('a queue of the same name and attributes is the same; with others it is refused', async () => {
  expect(QueueUrl).toBe('https://sqs.eu-west-1.amazonaws.com/111122223333/work');
  expect(await create('work', { VisibilityTimeout: '30' })).toBe(QueueUrl);
  expect(await failureOf(create('work', { VisibilityTimeout: '31' }))).toMatchObject({
    name: 'QueueNameExists',
  });
  expect((await clients.sqs.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(QueueUrl);
  expect(await failureOf(clients.sqs.send(new GetQueueUrlCommand({ QueueName: 'none' })))).toMatchObject({
    name: 'QueueDoesNotExist',
    status: 400,
  });
});

test('a received message is hidden until its visibility ends, then comes again with its count', async () => {
  await send('héllo');
  const [first] = await receive();
  expect(first).toMatchObject({ Body: 'héllo', Attributes: { ApproximateReceiveCount: '1' } });
  sandbox.clock.advance(29_999);
  expect(await receive()).toEqual([]);
  sandbox.clock.advance(1);
  const [second] = await receive();
  expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
});

test('a delayed message comes after its delay', async () => {
  await send('later', 10);
  expect(await receive()).toEqual([]);
  sandbox.clock.advance(10_000);
  expect(bodies(await receive())).toEqual(['later']);
});

test('a deleted message does not come again', async () => {
  await send('done');
  const [message] = await receive();
  await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  sandbox.clock.advance(60_000);
  expect(await receive()).toEqual([]);
});

test('visibility can be made longer, or ended, while a message is in flight', async () => {
  await send('m');
  const [message] = await receive();
  const hide = (VisibilityTimeout: number) =>
    clients.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout,
      }),
    );
  await hide(100);
  sandbox.clock.advance(99_000);
  expect(await receive()).toEqual([]);
  await hide(0);
  expect(bodies(await receive({ VisibilityTimeout: 0 }))).toEqual(['m']);
  expect(await failureOf(hide(5))).toMatchObject({ name: 'MessageNotInflight' });
});

test('a message received maxReceiveCount times goes to the dead letter queue', async () => {
  const deadLetters = await create('dead');
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:111122223333:dead',
    maxReceiveCount: 2,
  });
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  await send('poison');
  for (const count of ['1', '2']) {
    expect((await receive())[0]?.Attributes?.ApproximateReceiveCount).toBe(count);
    sandbox.clock.advance(30_000);
  }
  expect(await receive()).toEqual([]);
  const moved = await receive({ QueueUrl: deadLetters });
  expect(bodies(moved)).toEqual(['poison']);
  expect(moved[0]?.Attributes?.DeadLetterQueueSourceArn).toBe('arn:aws:sqs:eu-west-1:111122223333:work');
});

test('batches answer for each entry', async () => {
  const sent = await clients.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'a', MessageBody: 'one' },
        { Id: 'b', MessageBody: 'x'.repeat(1_048_577) },
        {
          Id: 'c',
          MessageBody: 'two',
          MessageAttributes: { kind: { DataType: 'String', StringValue: 'k' } },
        },
      ],
    }),
  );
  expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
  expect(sent.Failed?.map(({ Id, Code }) => [Id, Code])).toEqual([['b', 'InvalidParameterValue']]);
  const messages = await receive({ MessageAttributeNames: ['All'] });
  expect(bodies(messages)).toEqual(['one', 'two']);
  expect(messages[1]?.MessageAttributes).toEqual({ kind: { DataType: 'String', StringValue: 'k' } });
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await clients.sqs.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl,
      Entries: Entries.map((entry) => ({ ...entry, VisibilityTimeout: 60 })),
    }),
  );
  const bad = [...Entries, { Id: 'bad', ReceiptHandle: 'nonsense' }];
  const removed = await clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: bad }));
  expect(removed.Successful).toHaveLength(2);
  expect(removed.Failed?.[0]).toMatchObject({ Id: 'bad', Code: 'ReceiptHandleIsInvalid' });
});

test('a long poll ends with the first message', async () => {
  const polled = receive({ WaitTimeSeconds: 5 });
  await send('soon');
  expect(bodies(await polled)).toEqual(['soon']);
});

test('attributes count what is visible, in flight and delayed, and tell when the queue was created', async () => {
  await send('visible');
  await send('in flight');
  await send('delayed', 60);
  await receive({ MaxNumberOfMessages: 1 });
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    CreatedTimestamp: '1767225600',
    QueueArn: 'arn:aws:sqs:eu-west-1:111122223333:work',
  });
});

test('tags can be taken off a queue', async () => {
  const arn = 'arn:aws:sqs:eu-west-1:111122223333:work';
  sandbox.putTags(arn, { a: '1', b: '2' });
  await clients.sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a'] }));
  expect(sandbox.tagsOf(arn)).toEqual({ b: '2' });
});
