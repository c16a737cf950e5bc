/**
 * Amazon SQS: the record holds no ARN, only a queue URL. Name and account are taken out of it; its host is
 * never used. Creating a queue that exists with the same attributes succeeds.
 */
import { type CatalogueRow, SHORT_GRACE_SECONDS } from './row.ts';

export const SQS_ROWS: readonly CatalogueRow[] = [
  {
    eventSource: 'sqs.amazonaws.com',
    eventName: 'CreateQueue',
    resourceType: 'sqs:queue',
    arn: 'arn:{Partition}:sqs:{Region}:{Account}:{QueueName}',
    ids: {
      Account: ['responseElements.queueUrl|beforeLast'],
      QueueName: ['responseElements.queueUrl|last', 'requestParameters.queueName'],
    },
    requestTagsPath: 'requestParameters.tags',
    naming: 'reusable',
    creation: 'idempotent',
    tagger: 'sqs',
    graceSeconds: SHORT_GRACE_SECONDS,
  },
];
