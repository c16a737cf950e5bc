/** Amazon DynamoDB: tables. */
import { DynamoDBClient, ListTagsOfResourceCommand, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { APIS } from '../apis/apis.ts';
import { type DescribedTag, fromList, toList } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const dynamoDbTagger = singleTagger({
  api: APIS.dynamodb,
  client: DynamoDBClient,
  read: async (make, { arn }) => {
    const tags: DescribedTag[] = [];
    let next: string | undefined;
    do {
      const command = new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken: next });
      const page = await make((client, options) => client.send(command, options));
      tags.push(...(page.Tags ?? []));
      next = page.NextToken;
    } while (next !== undefined);
    return fromList(tags);
  },
  write: (make, { arn }, tags) => {
    const command = new TagResourceCommand({ ResourceArn: arn, Tags: toList(tags) });
    return make((client, options) => client.send(command, options));
  },
});
