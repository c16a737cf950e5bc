/** The retry queue and the failure queue in the sandbox, with what Lambda does for the function: receives, and deletes. */
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { eventOf } from '../helpers/queue-event.ts';
import type { SqsAnswer } from './deliveries.ts';
import type { Ended } from './function.ts';

export interface Queue {
  readonly url: string;
  /** Up to ten messages to `invoke`; those that it does not give back are deleted. Ends with how many there were. */
  poll(invoke: (event: object) => Promise<Ended>): Promise<number>;
  /** All messages, whether they can be received at the moment or not. */
  count(): Promise<number>;
  /** The bodies of all that can be received; they are gone then. */
  drain(): Promise<readonly unknown[]>;
}

/** Long enough for any invocation; a message of one that crashed comes again then. */
const VISIBILITY_SECONDS = 120;

export async function createQueue(
  sqs: SQSClient,
  name: string,
  account: string,
  region: string,
): Promise<Queue> {
  await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${account}/${name}`;

  async function receive(): Promise<readonly Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: VISIBILITY_SECONDS,
      MessageSystemAttributeNames: ['All'],
    });
    return (await sqs.send(command)).Messages ?? [];
  }

  const remove = ({ ReceiptHandle }: Message) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  return {
    url: QueueUrl,
    async poll(invoke) {
      const messages = await receive();
      if (messages.length === 0) return 0;
      const ended = await invoke(eventOf(messages, `arn:aws:sqs:${region}:${account}:${name}`));
      if (ended.kind === 'failed') return messages.length;
      const { batchItemFailures } = ended.answer as SqsAnswer;
      const givenBack = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const message of messages) if (!givenBack.has(message.MessageId ?? '')) await remove(message);
      return messages.length;
    },
    async count() {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
      const { Attributes = {} } = await sqs.send(command);
      const counts: Readonly<Record<string, string | undefined>> = Attributes;
      return ['', 'NotVisible', 'Delayed'].reduce(
        (sum, state) => sum + Number(counts[`ApproximateNumberOfMessages${state}`]),
        0,
      );
    },
    async drain() {
      const bodies: unknown[] = [];
      for (;;) {
        const messages = await receive();
        if (messages.length === 0) return bodies;
        bodies.push(...messages.map(({ Body = '' }) => JSON.parse(Body)));
        for (const message of messages) await remove(message);
      }
    },
  };
}
