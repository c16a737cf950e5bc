/** SQS wants a queue URL: built from the parsed ARN, never taken from a record. */
import { ListQueueTagsCommand, SQSClient, TagQueueCommand } from '@aws-sdk/client-sqs';
import { fromObject, toObject } from '../tags/tag-set.ts';
import { singleTagger, type Target } from './tagger.ts';

export const sqsTagger = singleTagger({
  client: SQSClient,
  read: async (client, target) =>
    fromObject((await client.send(new ListQueueTagsCommand({ QueueUrl: queueUrl(target) }))).Tags),
  write: (client, target, tags) =>
    client.send(new TagQueueCommand({ QueueUrl: queueUrl(target), Tags: toObject(tags) })),
});

function queueUrl({ id, account, region, partition }: Target): string {
  return `https://sqs.${region}.${partition.dnsSuffix}/${account}/${id}`;
}
