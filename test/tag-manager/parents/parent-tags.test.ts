/** Who made a parent, as its own tags say: asked over HTTP of each service that makes something for somebody. */
import '../../helpers/one-realm.ts';
import '../../helpers/rate-limiter.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { personOfArn } from '../../../parser/event/creator.ts';
import type { Parent } from '../../../parser/parents/parent.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import {
  keepParentReads,
  type ParentAsking,
  personInTags,
  readParentTags,
} from '../../../tag-manager/parents/parent-tags.ts';
import { createTaggers } from '../../../tag-manager/taggers/taggers.ts';
import { compileTagSettings, type TagOptions } from '../../../tag-manager/tags/tag-settings.ts';
import { EXPECTED_FIXTURES, fixture, withValue } from '../../helpers/fixtures.ts';
import { taggingTable } from '../../helpers/tagging-table.ts';
import { creationOf } from '../../parser/event/verdicts.ts';
import { ACCOUNT, ALICE, EVENT_TIME } from '../creations.ts';
import { NOW, OPTIONS, ours, taggerOf, UNENDING } from '../tagging.ts';

let sandbox: Sandbox;
let calls: Calls;

beforeAll(async () => {
  sandbox = await startSandbox({ tagging: await taggingTable() });
  process.env.AWS_ENDPOINT_URL = sandbox.endpoint;
  const credentials = sandbox.credentials(taggerOf(ACCOUNT));
  const limits = { maxAttempts: 1, connectionTimeoutMs: 1_000, requestTimeoutMs: 5_000 };
  calls = createCalls({ credentialsFor: () => async () => credentials, concurrency: 16, limits });
});
afterEach(() => {
  sandbox.deny.clear();
  sandbox.faults.clear();
});
afterAll(async () => {
  calls.destroy();
  await sandbox.close();
});

/** A process that asks; `clock.now` is its time. */
function asking(options: Partial<TagOptions> = {}): ParentAsking & { readonly clock: { now: number } } {
  const clock = { now: NOW };
  return {
    calls,
    taggerFor: createTaggers(),
    settings: compileTagSettings({ ...OPTIONS, ...options }, {}),
    parentReads: keepParentReads(),
    personOfArn,
    signal: UNENDING,
    now: () => clock.now,
    clock,
  };
}

interface Child {
  readonly parent: Parent;
  readonly partition: ReturnType<typeof creationOf>['partition'];
}

function childOf(record: CloudTrailRecord): Child {
  const { parent, partition } = creationOf(record);
  if (parent === undefined) throw new Error('the record names no parent');
  return { parent, partition };
}

/** An instance that a group launched, which bears these tags. */
function launchedBy(group: string, tags: Readonly<Record<string, string>> | undefined): Child {
  const path = 'requestParameters.tagSpecificationSet.items.0.tags';
  const named = [{ key: 'aws:autoscaling:groupName', value: group }];
  const child = childOf(withValue(fixture('ec2-RunInstances.auto-scaling'), path, named));
  if (tags !== undefined) exists(child.parent, tags);
  return child;
}

/** In AWS, whose ARNs have no wildcard. */
function exists({ arn, account, region }: Parent, tags: Readonly<Record<string, string>>): void {
  const whole = arn.replace('*', '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0');
  sandbox.putResource({ arn: whole, account, region, tags, createdAt: Date.parse(EVENT_TIME) });
}

const read = async ({ parent, partition }: Child, run: ParentAsking) => {
  const tags = await readParentTags(parent, partition, run);
  return 'value' in tags ? personInTags(tags.value, run) : tags.failure.class;
};

const requestsFrom = async (work: () => Promise<unknown>) => {
  const before = sandbox.requests.length;
  await work();
  return sandbox.requests.slice(before).map(({ service, operation }) => `${service} ${operation}`);
};

const CLOUD9 = withValue(
  fixture('ec2-RunInstances.auto-scaling'),
  'requestParameters.tagSpecificationSet.items.0.tags',
  [{ key: 'aws:cloud9:environment', value: '8a34f51ce1e04a08882f1e811bd706ab' }],
);

/** One of each type. */
const CHILDREN = [
  ...new Map(
    [...EXPECTED_FIXTURES.map(({ name }) => fixture(name)), CLOUD9]
      .filter((record) => creationOf(record).parent !== undefined)
      .map(childOf)
      .map((child) => [child.parent.resourceType, child]),
  ),
];

const READ_BY: Readonly<Record<string, readonly string[]>> = {
  'autoscaling:autoScalingGroup': ['autoscaling DescribeTags'],
  'batch:compute-environment': ['batch ListTagsForResource'],
  'cloud9:environment': ['cloud9 ListTagsForResource'],
  'cloudformation:stack': [],
  'dlm:policy': ['dlm ListTagsForResource'],
  'ec2:fleet': ['ec2 DescribeTags'],
  'ec2:spot-fleet-request': ['ec2 DescribeTags'],
  'ecs:capacity-provider': ['ecs ListTagsForResource'],
  'eks:cluster': ['eks ListTagsForResource'],
  'eks:nodegroup': ['eks ListTagsForResource'],
  'elasticloadbalancing:loadbalancer/app': ['elbv2 DescribeTags'],
  'elasticmapreduce:cluster': ['emr DescribeCluster'],
  'lambda:function': ['lambda ListTags'],
};

test('every type of parent is read here', () => {
  expect(CHILDREN.map(([type]) => type).sort()).toEqual(Object.keys(READ_BY));
});

describe.each(CHILDREN)('%s', (type, child) => {
  test('is read with one call, for all that it made in a moment', async () => {
    const run = asking();
    exists(child.parent, { Team: 'blue', ...ours(ALICE, EVENT_TIME) });
    let people: unknown;
    const requests = await requestsFrom(async () => {
      people = await Promise.all(Array.from({ length: 20 }, () => read(child, run)));
      await read(child, run);
    });
    expect(requests).toEqual(READ_BY[type]);
    const nobody = type === 'cloudformation:stack';
    expect(new Set(people as string[])).toEqual(new Set([nobody ? undefined : 'alice']));
  });
});

describe('what is not known', () => {
  test.each<[string, Readonly<Record<string, string>> | undefined]>([
    ['of a parent without tags', {}],
    ['of one that is no more', undefined],
    [
      'of one that another tool marked',
      { CreatedBy: 'bob', CreatedDate: EVENT_TIME, ManagedBy: 'terraform' },
    ],
    ['of one whose time is to come', ours('bob', '2099-01-01T00:00:00Z')],
    ['of one whose time is none', ours('bob', 'yesterday')],
    ['of one without a creator', { CreatedDate: EVENT_TIME, ManagedBy: 'auto-tagger' }],
  ])('the person %s', async (name, tags) => {
    expect(await read(launchedBy(name.replaceAll(' ', '-'), tags), asking())).toBeUndefined();
  });

  test('a denial is no failure of the children, and is asked for once', async () => {
    const child = launchedBy('denied', ours(ALICE, EVENT_TIME));
    sandbox.deny.add({ service: 'autoscaling' });
    const run = asking();
    const requests = await requestsFrom(async () => {
      for (let at = 0; at < 20; at++) expect(await read(child, run)).toBeUndefined();
    });
    expect(requests).toEqual(['autoscaling DescribeTags']);
  });

  test.each<[string, Parameters<Sandbox['faults']['add']>[0]['effect'], string]>([
    ['throttled', { error: { code: 'Throttling', status: 400, message: 'Rate exceeded' } }, 'throttled'],
    ['cut off', { reset: true }, 'network'],
  ])('what is %s is a failure, which is not kept', async (name, effect, failure) => {
    const child = launchedBy(name.replace(' ', '-'), ours(ALICE, EVENT_TIME));
    sandbox.faults.add({ service: 'autoscaling', times: 1, effect });
    const run = asking();
    expect(await read(child, run)).toBe(failure);
    expect(await read(child, run)).toBe('alice');
  });

  test('after a minute it is asked again', async () => {
    const run = asking();
    const child = launchedBy('later', {});
    expect(await read(child, run)).toBeUndefined();
    exists(child.parent, ours(ALICE, EVENT_TIME));
    run.clock.now += 59_000;
    expect(await read(child, run)).toBeUndefined();
    run.clock.now += 1_000;
    expect(await read(child, run)).toBe('alice');
  });

  test('of 3,000 parents, a thousand are kept', async () => {
    const run = asking();
    const { parent, partition } = launchedBy('many', undefined);
    const { resource: _, ...untagged } = parent;
    for (let at = 0; at < 3_000; at++) {
      await readParentTags({ ...untagged, arn: `${parent.arn}${at}` }, partition, run);
    }
    const isKept = (at: number) => run.parentReads.find(`${ACCOUNT} ${parent.arn}${at}`) !== undefined;
    expect([0, 1_999, 2_000, 2_999].map(isKept)).toEqual([false, false, true, true]);
  });
});

describe('who is behind tags of ours', () => {
  const role = (name: string, session: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`;
  const OWNER = [['Owner', '{creator.person}']] as const;

  test.each<[string, Partial<TagOptions>, Readonly<Record<string, string>>, string | undefined]>([
    ['a user', {}, { CreatedBy: `arn:aws:iam::${ACCOUNT}:user/ops/anna` }, 'anna'],
    ['the root user', {}, { CreatedBy: `arn:aws:iam::${ACCOUNT}:root` }, 'root'],
    ['a session with a personal name', {}, { CreatedBy: role('Platform', 'tomas') }, 'tomas'],
    ['a session with the name of a machine', {}, { CreatedBy: role('deploy', 'GitHubActions') }, 'deploy'],
    [
      'a user of Identity Center',
      {},
      { CreatedBy: role('AWSReservedSSO_Admin_4f1d2c3b5a697887', '0123456789') },
      '0123456789',
    ],
    [
      'the role of a service',
      {},
      { CreatedBy: role('AWSServiceRoleForAutoScaling', 'AutoScaling') },
      'AWSServiceRoleForAutoScaling',
    ],
    ['a federated user', {}, { CreatedBy: `arn:aws:sts::${ACCOUNT}:federated-user/lena` }, 'lena'],
    ['a name', { createdBy: 'name' }, { CreatedBy: 'GitHubActions' }, 'GitHubActions'],
    ['a correction', {}, { CreatedBy: 'team-blue' }, 'team-blue'],
    [
      'a key for the person',
      { extra: OWNER },
      { CreatedBy: ALICE, Owner: 'anna@example.com' },
      'anna@example.com',
    ],
    ['a key for the person that is not there', { extra: OWNER }, { CreatedBy: ALICE }, 'alice'],
    [
      'a key that has the person in it',
      { extra: [['Owner', 'by {creator.person}']] },
      { CreatedBy: ALICE, Owner: 'by anna' },
      'alice',
    ],
    ['what was written before people were asked for', { createdBy: 'person' }, { CreatedBy: ALICE }, 'alice'],
    ['the second marker', {}, { CreatedBy: ALICE, ManagedBy: 'terraform', TaggedBy: 'auto-tagger' }, 'alice'],
    ['nobody', {}, { CreatedBy: '' }, undefined],
  ])('%s', (_, options, tags, person) => {
    const existing = new Map(Object.entries({ ...ours('', EVENT_TIME), ...tags }));
    expect(personInTags(existing, asking(options))).toBe(person);
  });

  const CALLERS = new Map(EXPECTED_FIXTURES.map(({ name, creator: [arn] }) => [arn, name]));

  test.each([...CALLERS])('%s: as a record says that has nothing but the ARN', (arn, name) => {
    const bare = withValue(fixture(name), 'userIdentity', { arn });
    expect(personOfArn(arn)).toBe(creationOf(bare).creator.person);
  });
});
