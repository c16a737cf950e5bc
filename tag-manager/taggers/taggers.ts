/** The tagger for each tagging API: the place to add one. */
import type { TaggerName } from '../../parser/catalogue/row.ts';
import { dynamoDbTagger } from './dynamodb.ts';
import { ec2Tagger } from './ec2.ts';
import { elastiCacheTagger } from './elasticache.ts';
import { lambdaTagger } from './lambda.ts';
import { rdsTagger } from './rds.ts';
import { createS3Tagger } from './s3.ts';
import { snsTagger } from './sns.ts';
import { sqsTagger } from './sqs.ts';
import type { Tagger } from './tagger.ts';

export type Taggers = Readonly<Record<TaggerName, Tagger>>;

export function createTaggers(): Taggers {
  return {
    ec2: ec2Tagger,
    s3: createS3Tagger(),
    rds: rdsTagger,
    lambda: lambdaTagger,
    dynamodb: dynamoDbTagger,
    sns: snsTagger,
    sqs: sqsTagger,
    elasticache: elastiCacheTagger,
  };
}
