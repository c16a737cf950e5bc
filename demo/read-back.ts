/** Reads tags through the SDK, service by service, and compares them with what the calls say. */

import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { parseArn } from '../parser/arn.ts';
import { partitionOf } from '../parser/partition.ts';
import { createCalls } from '../tag-manager/calls/calls.ts';
import { createTaggers } from '../tag-manager/taggers/taggers.ts';
import type { TagSet } from '../tag-manager/tags/tag-set.ts';

/** Which API tags what the demo makes, by the service of the ARN. */
const APIS: Readonly<Record<string, string>> = {
  ec2: 'ec2:CreateTags',
  s3: 's3control:TagResource:bucket',
  rds: 'rds:AddTagsToResource',
  lambda: 'lambda:TagResource',
  dynamodb: 'dynamodb:TagResource',
  sns: 'sns:TagResource',
  sqs: 'sqs:TagQueue',
  elasticache: 'elasticache:AddTagsToResource',
};

export interface Expectation {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly tags: TagSet;
}

export interface Found {
  readonly arn: string;
  readonly tags: TagSet;
  /** How the tags differ from what was expected. */
  readonly problem: string | undefined;
}

export async function readBack(expected: readonly Expectation[]): Promise<readonly Found[]> {
  const credentials = defaultProvider();
  const calls = createCalls({ credentialsFor: () => credentials, concurrency: 16 });
  const { signal } = new AbortController();
  const taggerFor = createTaggers();
  try {
    return await Promise.all(
      expected.map(async ({ arn, account, region, tags: wanted }): Promise<Found> => {
        const { service = '', resource = '' } = parseArn(arn) ?? {};
        const partition = partitionOf(region);
        if (partition === undefined) throw new Error(`${region} is no region`);
        const target = {
          arn,
          id: resource.split(/[/:]/).at(-1) ?? '',
          type: service,
          account,
          region,
          partition,
        };
        const tagger = taggerFor(APIS[service] ?? service);
        const [answer] = await tagger.read(calls, [target], signal);
        if (answer === undefined || 'failure' in answer) {
          return { arn, tags: new Map(), problem: `its tags cannot be read: ${answer?.failure.message}` };
        }
        return { arn, tags: answer.value, problem: difference(answer.value, wanted) };
      }),
    );
  } finally {
    calls.destroy();
  }
}

function difference(found: TagSet, wanted: TagSet): string | undefined {
  const keys = new Set([...found.keys(), ...wanted.keys()]);
  const differing = [...keys].filter((key) => found.get(key) !== wanted.get(key));
  if (differing.length === 0) return undefined;
  return differing
    .map((key) => `${key} is ${found.get(key) ?? 'absent'}, expected ${wanted.get(key) ?? 'none'}`)
    .join('; ');
}
