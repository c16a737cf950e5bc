/** Amazon SNS: topics. */
import { ListTagsForResourceCommand, SNSClient, TagResourceCommand } from '@aws-sdk/client-sns';
import { APIS } from '../apis/apis.ts';
import { fromList, toList } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const snsTagger = singleTagger({
  api: APIS.sns,
  client: SNSClient,
  read: async (make, { arn }) => {
    const command = new ListTagsForResourceCommand({ ResourceArn: arn });
    return fromList((await make((client, options) => client.send(command, options))).Tags);
  },
  write: (make, { arn }, tags) => {
    const command = new TagResourceCommand({ ResourceArn: arn, Tags: toList(tags) });
    return make((client, options) => client.send(command, options));
  },
});
