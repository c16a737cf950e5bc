import { AddTagsToResourceCommand, ListTagsForResourceCommand, RDSClient } from '@aws-sdk/client-rds';
import { fromList, toList } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const rdsTagger = singleTagger({
  client: RDSClient,
  read: async (client, { arn }) =>
    fromList((await client.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList),
  write: (client, { arn }, tags) =>
    client.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: toList(tags) })),
});
