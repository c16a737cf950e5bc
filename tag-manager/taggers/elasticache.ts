import {
  AddTagsToResourceCommand,
  ElastiCacheClient,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-elasticache';
import { fromList, toList } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const elastiCacheTagger = singleTagger({
  client: ElastiCacheClient,
  read: async (client, { arn }) =>
    fromList((await client.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList),
  write: (client, { arn }, tags) =>
    client.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: toList(tags) })),
});
