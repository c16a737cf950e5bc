import { LambdaClient, ListTagsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import { fromObject, toObject } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const lambdaTagger = singleTagger({
  client: LambdaClient,
  read: async (client, { arn }) =>
    fromObject((await client.send(new ListTagsCommand({ Resource: arn }))).Tags),
  write: (client, { arn }, tags) =>
    client.send(new TagResourceCommand({ Resource: arn, Tags: toObject(tags) })),
});
