/** Amazon RDS, Neptune and DocumentDB: instances and clusters. */
import { AddTagsToResourceCommand, ListTagsForResourceCommand, RDSClient } from '@aws-sdk/client-rds';
import { APIS } from '../apis/apis.ts';
import { fromList, toList } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const rdsTagger = singleTagger({
  api: APIS.rds,
  client: RDSClient,
  read: async (make, { arn }) => {
    const command = new ListTagsForResourceCommand({ ResourceName: arn });
    return fromList((await make((client, options) => client.send(command, options))).TagList);
  },
  write: (make, { arn }, tags) => {
    const command = new AddTagsToResourceCommand({ ResourceName: arn, Tags: toList(tags) });
    return make((client, options) => client.send(command, options));
  },
});
