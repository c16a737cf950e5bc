/** What the live test can make: things that cost nothing and that nobody uses. The first whose service is tagged is made. */
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  ListTagsForResourceCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand, ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Answer, mapAnswer } from '../answer.ts';
import type { Asker } from '../asker.ts';
import { urlOf } from '../facts/queue-names.ts';
import { nameOf } from '../finding.ts';
import { LIVE_ACTIONS } from './live-row.ts';

type Tags = Readonly<Record<string, string | undefined>>;

export interface TestResource {
  /** By its IAM prefix. */
  readonly service: string;
  readonly noun: string;
  make(asker: Asker, arn: string): Promise<Answer<unknown>>;
  tags(asker: Asker, arn: string): Promise<Answer<Tags>>;
  /** Well also where it is not there. */
  remove(asker: Asker, arn: string): Promise<Answer<unknown>>;
}

export const TEST_RESOURCES: readonly TestResource[] = [
  {
    service: 'sns',
    noun: 'topic',
    make: ({ ask }, arn) =>
      ask(LIVE_ACTIONS.sns[0], SNSClient, (client, options) =>
        client.send(new CreateTopicCommand({ Name: nameOf(arn) }), options),
      ),
    tags: async ({ ask }, ResourceArn) => {
      const answer = await ask(LIVE_ACTIONS.sns[1], SNSClient, (client, options) =>
        client.send(new ListTagsForResourceCommand({ ResourceArn }), options),
      );
      return mapAnswer(answer, ({ Tags = [] }) =>
        Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
      );
    },
    remove: ({ ask }, TopicArn) =>
      ask(LIVE_ACTIONS.sns[2], SNSClient, (client, options) =>
        client.send(new DeleteTopicCommand({ TopicArn }), options),
      ),
  },
  {
    service: 'sqs',
    noun: 'queue',
    make: ({ ask }, arn) =>
      ask(LIVE_ACTIONS.sqs[0], SQSClient, (client, options) =>
        client.send(new CreateQueueCommand({ QueueName: nameOf(arn) }), options),
      ),
    tags: async ({ ask }, arn) => {
      const answer = await ask(LIVE_ACTIONS.sqs[1], SQSClient, (client, options) =>
        client.send(new ListQueueTagsCommand({ QueueUrl: urlOf(arn) }), options),
      );
      return mapAnswer(answer, ({ Tags = {} }) => Tags);
    },
    remove: ({ ask }, arn) =>
      ask(LIVE_ACTIONS.sqs[2], SQSClient, (client, options) =>
        client.send(new DeleteQueueCommand({ QueueUrl: urlOf(arn) }), options),
      ),
  },
];
