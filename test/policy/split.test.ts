/** Grants in documents of IAM's sizes, and the ARNs that they name. */
import { describe, expect, test } from '@jest/globals';
import { readServices } from '../../processor/file/services.ts';
import { ANY_ACCOUNT, arnPattern, arnPatterns, serviceArns } from '../../processor/policy/arns.ts';
import type { Grant, PolicyDocument } from '../../processor/policy/document.ts';
import { NOTHING, ownGrants } from '../../processor/policy/own-grants.ts';
import {
  FIRST_SERVICES,
  functionPolicies,
  memberPolicies,
  undoPolicies,
} from '../../processor/policy/policies.ts';
import { MAX_CHARACTERS, policyLength, splitInPolicies } from '../../processor/policy/split.ts';
import { onDemand, tagGrants } from '../../processor/policy/tag-grants.ts';

const KEYS = ['CreatedBy', 'CreatedDate', 'ManagedBy', 'TaggedBy'];
const TOKEN = ['$', '{AWS::AccountId}'].join('');

const taggingOf = (services: string, keys = KEYS, account = TOKEN) => ({
  partition: '*',
  account,
  services: readServices(services),
  keys,
  allow: [],
  asksPerson: false,
});

const grant = (sid: string, count: number): Grant => ({
  sid,
  actions: ['sns:TagResource'],
  resources: Array.from({ length: count }, (_, at) => `arn:aws:sns:*:111122223333:${sid}-${at}`),
});

const resourcesOf = (policies: readonly PolicyDocument[]) =>
  policies.flatMap(({ Statement }) => Statement.flatMap(({ Resource = [] }) => Resource));

describe('managed policies', () => {
  test.each([
    ['of the first eight services', FIRST_SERVICES, 2],
    ['of all services', 'all', 10],
    ['of all and those that are named', 'all,cassandra,iam,organizations,sso', 10],
  ])('%s fit into those that a role has', (_, services, most) => {
    // Undoing takes tags away and puts others back.
    for (const [policies, more] of [
      [functionPolicies(taggingOf(services), NOTHING), 0],
      [memberPolicies(taggingOf(services)), 0],
      [undoPolicies(taggingOf(services)), 2],
    ] as const) {
      expect(policies.length).toBeLessThanOrEqual(most + more);
      for (const policy of policies) expect(policyLength(policy)).toBeLessThanOrEqual(MAX_CHARACTERS);
    }
  });

  test('say which services to leave out where they do not fit, the largest first', () => {
    const keys = [
      ...KEYS,
      ...Array.from({ length: 20 }, (_, at) => `a-longer-key-of-the-organization-${at}`),
    ];
    expect(() => memberPolicies(taggingOf('all', keys))).toThrow(
      /^the permissions take \d+ managed policies, and a role has 10: leave out the services ec2, sagemaker, .+, or have the quota raised$/,
    );
    expect(memberPolicies(taggingOf('all', keys), 20).length).toBeGreaterThan(10);
    const few = () => memberPolicies(taggingOf('ec2,sagemaker'), 1);
    expect(few).toThrow('take 2 managed policies, and a role has 1: leave out the services');
  });

  test('lose nothing when a grant is larger than a policy', () => {
    const policies = splitInPolicies([{ service: 'sns', grants: [grant('A', 400), grant('B', 3)] }]);
    expect(policies.length).toBeGreaterThan(2);
    expect(resourcesOf(policies).length).toBe(403);
    for (const policy of policies) expect(policyLength(policy)).toBeLessThanOrEqual(MAX_CHARACTERS);
  });

  test('tokens count as the longest text that they may stand for', () => {
    const lengthWith = (account: string) =>
      policyLength({
        Version: '2012-10-17',
        Statement: [
          { Sid: 'A', Effect: 'Allow', Action: ['sns:Publish'], Resource: [`arn:aws:sns:*:${account}:*`] },
        ],
      });
    const [cdk, other] = ['Token[AWS.AccountId.7]', 'Token[TOKEN.12]'].map((name) =>
      ['$', `{${name}}`].join(''),
    );
    expect(lengthWith(TOKEN)).toBe(lengthWith('111122223333'));
    expect(lengthWith(cdk ?? '')).toBe(lengthWith('111122223333'));
    expect(lengthWith(other ?? '')).toBe(lengthWith('1'.repeat(140)));
  });
});

describe('ARNs', () => {
  test('have a wildcard for what differs, and none in the place of a type', () => {
    expect(arnPattern('arn:{Partition}:sns:{Region}:{Account}:{TopicName}', ANY_ACCOUNT)).toBe(
      'arn:*:sns:*:*:*',
    );
    expect(arnPattern('arn:{Partition}:mq:{Region}:{Account}:broker:{Name}:{Id}', ANY_ACCOUNT)).toBe(
      'arn:*:mq:*:*:broker:*',
    );
    const all = resourcesOf(
      memberPolicies(taggingOf('all,cassandra,iam,organizations,sso', KEYS, '111122223333')),
    );
    const types = all.map((arn) => arn.split(':').slice(5).join(':'));
    expect(types.filter((resource) => /^[^:/]*\*[^:/]*[:/]/.test(resource) && resource !== '*')).toEqual([]);
  });

  test('that others take in are left out', () => {
    const templates = ['app/{AppId}', 'app/{AppId}/branch/{Name}', 'hook/{Id}'];
    const arns = templates.map((text) => `arn:{Partition}:amplify:{Region}:{Account}:${text}`);
    expect(arnPatterns(arns, ANY_ACCOUNT)).toEqual(['arn:*:amplify:*:*:app/*', 'arn:*:amplify:*:*:hook/*']);
  });

  test('of a service are one where its tag actions reach nothing else, and all of it is tagged', () => {
    const forms = (service: string) =>
      ['a', 'b'].map((type) => `arn:{Partition}:${service}:{Region}:{Account}:${type}/{Id}`);
    expect(serviceArns('elasticache', forms('elasticache'), true, ANY_ACCOUNT)).toEqual([
      'arn:*:elasticache:*:*:*',
    ]);
    expect(serviceArns('elasticache', forms('elasticache'), false, ANY_ACCOUNT)).toHaveLength(2);
    expect(serviceArns('ec2', forms('ec2'), true, ANY_ACCOUNT)).toHaveLength(2);
  });

  test('of EC2 have no account where AWS has none, and of IPAM no region', () => {
    const arns = resourcesOf(memberPolicies(taggingOf('ec2', KEYS, '111122223333')));
    expect(arns).toEqual(
      expect.arrayContaining([
        'arn:*:ec2:*::image/*',
        'arn:*:ec2:*::snapshot/*',
        'arn:*:ec2::111122223333:ipam/*',
        'arn:*:ec2:*:111122223333:instance/*',
      ]),
    );
  });
});

describe('grants', () => {
  test('on demand is what cannot be limited to our keys', () => {
    expect(onDemand()).toEqual(['s3:PutBucketTagging']);
    const actions = (allow: readonly string[]) =>
      tagGrants({ ...taggingOf('s3'), allow }).flatMap(({ grants }) =>
        grants.flatMap((each) => each.actions),
      );
    expect(actions([])).not.toContain('s3:PutBucketTagging');
    expect(actions(onDemand())).toContain('s3:PutBucketTagging');
  });

  test('what reads more than tags is granted only on what is tagged', () => {
    const [service] = tagGrants(taggingOf('cassandra', KEYS, '*'));
    expect(service?.grants.find(({ actions }) => actions.includes('cassandra:Select'))).toMatchObject({
      sid: 'ReadTagsOn',
      resources: ['arn:*:cassandra:*:*:*'],
    });
  });

  describe('where tags name persons', () => {
    const grantsOf = (services: string, asksPerson = true) =>
      tagGrants({ ...taggingOf(services, KEYS, '*'), asksPerson }).flatMap(({ grants }) => grants);
    const added = (services: string) => {
      const known = new Set(grantsOf(services, false).flatMap(({ actions }) => actions));
      return [...new Set(grantsOf(services).flatMap(({ actions }) => actions))]
        .filter((action) => !known.has(action))
        .sort();
    };

    test.each<[string, readonly string[]]>([
      ['sqs,s3', ['cloud9:ListTagsForResource']],
      [
        'ec2',
        [
          'autoscaling:DescribeTags',
          'cloud9:ListTagsForResource',
          'dlm:ListTagsForResource',
          'ecs:ListTagsForResource',
          'eks:ListTagsForResource',
          'elasticloadbalancing:DescribeTags',
          'elasticmapreduce:DescribeCluster',
          'lambda:ListTags',
        ],
      ],
      ['autoscaling', ['cloud9:ListTagsForResource', 'eks:ListTagsForResource']],
      ['ecs', ['batch:ListTagsForResource', 'cloud9:ListTagsForResource']],
      ['all', []],
    ])('%s may also read the tags of what its resources may be made for', (services, actions) => {
      expect(added(services)).toEqual(actions);
    });

    test('nothing is written there', () => {
      const writes = (asksPerson: boolean) =>
        grantsOf('ec2,sqs', asksPerson).filter(({ sid }) => !sid.startsWith('ReadTags'));
      expect(writes(true)).toEqual(writes(false));
    });

    test('each stays with the others of its service', () => {
      const services = tagGrants({ ...taggingOf('ec2,ecs', KEYS, '*'), asksPerson: true }).map(
        ({ service }) => service,
      );
      expect(services).toEqual([...new Set(services)].sort());
    });
  });

  test('a role of nobody in particular is refused', () => {
    const role = (accounts: readonly string[]) =>
      ownGrants({ ...NOTHING, memberRole: { partition: 'aws', name: 'auto-tagger', of: { accounts } } });
    for (const accounts of [[], ['*']])
      expect(() => role(accounts)).toThrow('name an organization or accounts');
    expect(role(['444455556666'])[0]?.resources).toEqual(['arn:aws:iam::444455556666:role/auto-tagger']);
  });

  test('keys of log files, and the topic of alerts, only where they are named', () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/1234';
    const topic = 'arn:aws:sns:eu-west-1:111122223333:alerts';
    expect(ownGrants(NOTHING)).toEqual([]);
    expect(ownGrants({ ...NOTHING, logKeys: [key], alertTopic: topic })).toEqual([
      {
        sid: 'DecryptLogs',
        actions: ['kms:Decrypt'],
        resources: [key],
        condition: { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com*' } },
      },
      { sid: 'Alert', actions: ['sns:Publish'], resources: [topic] },
    ]);
  });
});
