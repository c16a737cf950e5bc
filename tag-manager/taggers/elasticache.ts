/** Amazon ElastiCache: clusters and replication groups. */
import {
  AddTagsToResourceCommand,
  ElastiCacheClient,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-elasticache';
import { APIS } from '../apis/apis.ts';
import { fromList, toList } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const elastiCacheTagger = singleTagger({
  api: APIS.elasticache,
  client: ElastiCacheClient,
  read: async (make, { arn }) => {
    const command = new ListTagsForResourceCommand({ ResourceName: arn });
    return fromList((await make((client, options) => client.send(command, options))).TagList);
  },
  write: (make, { arn }, tags) => {
    const command = new AddTagsToResourceCommand({ ResourceName: arn, Tags: toList(tags) });
    return make((client, options) => client.send(command, options));
  },
});
