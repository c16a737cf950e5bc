import { DynamoDBClient, ListTagsOfResourceCommand, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { type DescribedTag, fromList, toList } from '../tags/tag-set.ts';
import { singleTagger } from './tagger.ts';

export const dynamoDbTagger = singleTagger({
  client: DynamoDBClient,
  read: async (client, { arn }) => {
    const tags: DescribedTag[] = [];
    let next: string | undefined;
    do {
      const command = new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken: next });
      const page = await client.send(command);
      tags.push(...(page.Tags ?? []));
      next = page.NextToken;
    } while (next !== undefined);
    return fromList(tags);
  },
  write: (client, { arn }, tags) =>
    client.send(new TagResourceCommand({ ResourceArn: arn, Tags: toList(tags) })),
});
