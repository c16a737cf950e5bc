/** SQS: the table of operations. What they do is in the folder beside this file. */
import type { Service, TrailRow } from '../operation.ts';
import { awsJson } from '../protocols/json.ts';
import { plainSpelling } from './common.ts';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
  receiveMessage,
  sendMessage,
  sendMessageBatch,
} from './sqs/messages.ts';
import { queueArn } from './sqs/queue.ts';
import {
  createQueue,
  deleteQueue,
  getQueueAttributes,
  getQueueUrl,
  listQueueTags,
  setQueueAttributes,
  tagQueue,
  untagQueue,
} from './sqs/queues.ts';

const ofQueue: TrailRow = {
  resources: ({ QueueName, QueueUrl }, _, call) => [
    { type: 'AWS::SQS::Queue', arn: queueArn(call, String(QueueName ?? String(QueueUrl).split('/').at(-1))) },
  ],
};

export const sqs: Service = {
  name: 'sqs',
  eventSource: 'sqs.amazonaws.com',
  eventVersion: '1.11',
  protocol: awsJson({
    namespace: 'com.amazonaws.sqs',
    // The SDK client's schema, `awsQueryError`.
    queryCodes: {
      QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
      QueueNameExists: 'QueueAlreadyExists',
      EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
      TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
      MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
      UnrecognizedClientException: 'InvalidClientTokenId',
    },
  }),
  unknownKey: ['UnrecognizedClientException', 403, 'The security token included in the request is invalid.'],
  denied: ['AccessDenied', 403],
  throttled: ['RequestThrottled', 403, 'Request is throttled.'],
  spelling: plainSpelling('sqs'),
  operations: {
    CreateQueue: { run: createQueue, trail: ofQueue },
    GetQueueUrl: { run: getQueueUrl, trail: ofQueue },
    GetQueueAttributes: { run: getQueueAttributes, trail: ofQueue },
    SetQueueAttributes: { run: setQueueAttributes, trail: ofQueue },
    DeleteQueue: { run: deleteQueue, trail: ofQueue },
    TagQueue: { run: tagQueue, trail: ofQueue },
    UntagQueue: { run: untagQueue, trail: ofQueue },
    ListQueueTags: { run: listQueueTags, trail: ofQueue },
    SendMessage: { run: sendMessage, dataEvent: true },
    SendMessageBatch: { run: sendMessageBatch, dataEvent: true },
    ReceiveMessage: { run: receiveMessage, dataEvent: true },
    DeleteMessage: { run: deleteMessage, dataEvent: true },
    DeleteMessageBatch: { run: deleteMessageBatch, dataEvent: true },
    ChangeMessageVisibility: { run: changeMessageVisibility, dataEvent: true },
    ChangeMessageVisibilityBatch: { run: changeMessageVisibilityBatch, dataEvent: true },
  },
};
