/** SQS wants a queue URL: built from the parsed ARN, never taken from a record. */
import { ListQueueTagsCommand, SQSClient, TagQueueCommand } from '@aws-sdk/client-sqs';
import { APIS } from '../apis/apis.ts';
import { fromObject, toObject } from '../tags/tag-set.ts';
import { singleTagger, type Target } from './tagger.ts';

export const sqsTagger = singleTagger({
  api: APIS.sqs,
  client: SQSClient,
  read: async (make, target) => {
    const command = new ListQueueTagsCommand({ QueueUrl: queueUrl(target) });
    return fromObject((await make((client, options) => client.send(command, options))).Tags);
  },
  write: (make, target, tags) => {
    const command = new TagQueueCommand({ QueueUrl: queueUrl(target), Tags: toObject(tags) });
    return make((client, options) => client.send(command, options));
  },
});

function queueUrl({ id, account, region, partition }: Target): string {
  return `https://sqs.${region}.${partition.dnsSuffix}/${account}/${id}`;
}
