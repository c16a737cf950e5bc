import { ListTagsForResourceCommand, SNSClient, TagResourceCommand } from '@aws-sdk/client-sns';
import { fromList, toList } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const snsTagger = singleTagger({
  client: SNSClient,
  read: async (client, { arn }) =>
    fromList((await client.send(new ListTagsForResourceCommand({ ResourceArn: arn }))).Tags),
  write: (client, { arn }, tags) =>
    client.send(new TagResourceCommand({ ResourceArn: arn, Tags: toList(tags) })),
});
