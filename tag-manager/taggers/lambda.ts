/** AWS Lambda: functions. */
import { LambdaClient, ListTagsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import { APIS } from '../apis/apis.ts';
import { fromObject, toObject } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const lambdaTagger = singleTagger({
  api: APIS.lambda,
  client: LambdaClient,
  read: async (make, { arn }) => {
    const command = new ListTagsCommand({ Resource: arn });
    return fromObject((await make((client, options) => client.send(command, options))).Tags);
  },
  write: (make, { arn }, tags) => {
    const command = new TagResourceCommand({ Resource: arn, Tags: toObject(tags) });
    return make((client, options) => client.send(command, options));
  },
});
