/** Amazon SNS: creating a topic that exists succeeds, and looks the same in the log. */
import { type CatalogueRow, SHORT_GRACE_SECONDS } from './row.ts';

export const SNS_ROWS: readonly CatalogueRow[] = [
  {
    eventSource: 'sns.amazonaws.com',
    eventName: 'CreateTopic',
    resourceType: 'sns:topic',
    arn: 'arn:{Partition}:sns:{Region}:{Account}:{TopicName}',
    arnPaths: ['responseElements.topicArn'],
    ids: { TopicName: ['requestParameters.name'] },
    requestTagsPath: 'requestParameters.tags[]',
    naming: 'reusable',
    creation: 'idempotent',
    tagger: 'sns',
    graceSeconds: SHORT_GRACE_SECONDS,
  },
];
