/**
 * Who may become which role of the templates, and what the roles may do that are not the function's: each named, allowed or denied,
 * judged by the simulator of IAM. What tagging may do is proved where every call of it is made (`test/every-row.test.ts`).
 */
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, OTHER_ACCOUNT, REGION } from '../helpers/events.ts';
import { synthesized } from '../infra/synthesized.ts';
import { resource, resources } from '../infra/templates.ts';
import type { Asked } from './asked.ts';
import { type Document, deployed, documentsOf, type Place, type Role } from './deployed.ts';
import { createIam, letsIn } from './simulate.ts';

const { deployments } = synthesized();
const STRANGER = '123456789012';

/** A role of the account of a log archive, or of a member. */
const elsewhere = (name: 'organization' | 'archive', stack: string, place: Place = {}) =>
  deployed(deployments[name], `other-accounts-auto-tagger-${stack}`, {
    FunctionAccount: ACCOUNT,
    'AWS::AccountId': OTHER_ACCOUNT,
    ...place,
  });

const topic = deployed(deployments.topic, 'auto-tagger');
const functionRole = topic.role('auto-tagger-function');
const batch = topic.role('auto-tagger-batch-operations');
const machine = topic.role('auto-tagger-backfill');
const member = elsewhere('organization', 'member-role').role('auto-tagger');
const sender = elsewhere('archive', 'log-archive').role('Sends events of log files to auto-tagger');
const forwarder = elsewhere('organization', 'event-forwarding', { FunctionRegion: REGION }).role(
  'Sends events of CloudTrail to auto-tagger',
);

const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:auto-tagger-backfill`;
const RULE = `arn:aws:events:${REGION}:${OTHER_ACCOUNT}:rule/auto-tagger-log-files`;
const FORWARDING = `arn:aws:events:${REGION}:${OTHER_ACCOUNT}:rule/auto-tagger-events-7`;
const withId = { 'sts:ExternalId': 'orders-7' };
const from = (account: string, arn?: string) => ({
  'aws:SourceAccount': account,
  ...(arn !== undefined && { 'aws:SourceArn': arn }),
});

describe('who may become', () => {
  const may = (role: Role, who: string, context: Asked['context'] = {}) =>
    letsIn(role.trust, who, {
      action: 'sts:AssumeRole',
      resource: role.arn,
      account: role.arn.split(':')[4] ?? '',
      context,
    });

  test.each<readonly [string, Role, string, Asked['context']?]>([
    ['the function', functionRole, 'lambda.amazonaws.com'],
    ['the member role', member, functionRole.arn, withId],
    ['the role of Batch Operations', batch, 'batchoperations.s3.amazonaws.com'],
    ['the same, where S3 says its account', batch, 'batchoperations.s3.amazonaws.com', from(ACCOUNT)],
    ['the role of the state machine', machine, 'states.amazonaws.com', from(ACCOUNT, MACHINE)],
    ['the role that sends events', sender, 'events.amazonaws.com', from(OTHER_ACCOUNT, RULE)],
    ['the role that forwards', forwarder, 'events.amazonaws.com', from(OTHER_ACCOUNT, FORWARDING)],
  ])('%s', async (...[, role, who, context]) => {
    expect(await may(role, who, context)).toBe('Allowed');
  });

  const admin = (account: string) => `arn:aws:iam::${account}:role/admin`;
  test.each<readonly [string, Role, string, Asked['context']?]>([
    ['the function: another service', functionRole, 'ec2.amazonaws.com'],
    ['the function: somebody of its account', functionRole, admin(ACCOUNT)],
    ['the function: somebody of another account', functionRole, admin(STRANGER)],
    ['the member role: without its external id', member, functionRole.arn],
    ['the member role: with another one', member, functionRole.arn, { 'sts:ExternalId': 'orders-8' }],
    ['the member role: another role of the function’s account', member, admin(ACCOUNT), withId],
    ['the member role: one whose name only begins so', member, `${functionRole.arn}-2`, withId],
    [
      'the member role: one of that name of another account',
      member,
      functionRole.arn.replace(ACCOUNT, STRANGER),
      withId,
    ],
    ['the member role: somebody of the member’s account', member, admin(OTHER_ACCOUNT), withId],
    ['the member role: a service', member, 'lambda.amazonaws.com', withId],
    ['the role of Batch Operations: another service', batch, 's3.amazonaws.com'],
    [
      'the role of Batch Operations: for another account',
      batch,
      'batchoperations.s3.amazonaws.com',
      from(STRANGER),
    ],
    ['the role of Batch Operations: somebody of the account', batch, admin(ACCOUNT)],
    [
      'the role of the state machine: for another account',
      machine,
      'states.amazonaws.com',
      from(STRANGER, MACHINE),
    ],
    [
      'the role of the state machine: for another machine',
      machine,
      'states.amazonaws.com',
      from(ACCOUNT, `${MACHINE}-2`),
    ],
    ['the role of the state machine: for nobody in particular', machine, 'states.amazonaws.com'],
    ['the role that sends events: for another account', sender, 'events.amazonaws.com', from(STRANGER, RULE)],
    [
      'the role that forwards: for another rule',
      forwarder,
      'events.amazonaws.com',
      from(OTHER_ACCOUNT, RULE),
    ],
    [
      'the role that forwards: for another account',
      forwarder,
      'events.amazonaws.com',
      from(STRANGER, FORWARDING),
    ],
    ['the role that forwards: somebody of the account', forwarder, admin(OTHER_ACCOUNT)],
    [
      'the role that sends events: for another rule',
      sender,
      'events.amazonaws.com',
      from(OTHER_ACCOUNT, `${RULE}-2`),
    ],
  ])('not %s', async (...[, role, who, context]) => {
    expect(await may(role, who, context)).toBe('ImplicitlyDenied');
  });
});

const ask = (action: string, resource: string, context: Asked['context'] = {}): Asked => ({
  action,
  resource,
  account: resource.split(':')[4] || ACCOUNT,
  context,
});

describe('what may be done by', () => {
  const invoked = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:auto-tagger-backfill`;
  const execution = MACHINE.replace('stateMachine', 'execution');
  const logs = `arn:aws:s3:::${topic.environment.LOG_BUCKETS}`;
  const bus = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/auto-tagger`;
  const common = [
    ask('lambda:InvokeFunction', invoked),
    ask('s3:GetObject', 'arn:aws:s3:::our-manifests/inventory/manifest.json'),
    ask('s3:PutObject', 'arn:aws:s3:::our-manifests/runs/1/report.csv'),
  ];
  const rights: readonly (readonly [string, Role, readonly Asked[]])[] = [
    [
      'Batch Operations',
      batch,
      [
        ...common,
        ask('s3:GetObjectVersion', 'arn:aws:s3:::our-manifests/manifest.csv'),
        ask('s3:PutInventoryConfiguration', logs),
      ],
    ],
    [
      'the state machine',
      machine,
      [
        ...common,
        ask('s3:ListBucket', logs, { 's3:prefix': `AWSLogs/${ACCOUNT}/` }),
        ask('s3:ListMultipartUploadParts', 'arn:aws:s3:::our-manifests/runs/1/result.json'),
        ask('s3:AbortMultipartUpload', 'arn:aws:s3:::our-manifests/runs/1/result.json'),
        ask('states:StartExecution', MACHINE),
        ask('states:DescribeExecution', `${execution}:1`),
        ask('states:StopExecution', `${execution}:1`),
        ask('states:RedriveExecution', `${execution}/run:1`),
      ],
    ],
    ['whoever sends events', sender, [ask('events:PutEvents', bus)]],
    ['whoever forwards', forwarder, [ask('events:PutEvents', `${bus}-events`)]],
  ];

  test.each(rights)('%s is what it is for', async (_, role, asked) => {
    const iam = createIam(documentsOf(role), role.arn);
    for (const each of asked)
      expect([each.action, await iam.strictly(each)]).toEqual([each.action, 'Allowed']);
    const granted = documentsOf(role).flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
    expect([...new Set(granted)].sort()).toEqual([...new Set(asked.map(({ action }) => action))].sort());
  });

  test.each(rights)('%s is nothing else', async (_, role) => {
    const iam = createIam(documentsOf(role), role.arn);
    const denied = [
      ask('lambda:InvokeFunction', `${invoked}-2`),
      ask('lambda:InvokeFunction', invoked.replace(/-backfill$/, '')),
      ask('s3:GetObject', `${logs}/AWSLogs/x.json.gz`),
      ask('s3:PutObject', `${logs}/AWSLogs/x.json.gz`),
      ask('s3:PutObject', 'arn:aws:s3:::our-manifests-2/report.csv'),
      ask('s3:DeleteObject', 'arn:aws:s3:::our-manifests/manifest.csv'),
      ask('s3:ListBucket', logs),
      ask('s3:ListBucket', logs, { 's3:prefix': 'secrets/' }),
      ask('states:StartExecution', `${MACHINE}-2`),
      ask('states:StopExecution', `arn:aws:states:${REGION}:${ACCOUNT}:execution:orders:1`),
      ask('events:PutEvents', `${bus}-2`),
      ask('events:PutEvents', `arn:aws:events:${REGION}:${OTHER_ACCOUNT}:event-bus/default`),
      ask('iam:PassRole', batch.arn),
      ask('sts:AssumeRole', member.arn),
      ask('ec2:CreateTags', `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-1`, {
        'aws:TagKeys': ['CreatedBy'],
      }),
    ];
    for (const each of denied)
      expect([each.action, each.resource, await iam.quickly(each)]).toEqual([
        each.action,
        each.resource,
        'ImplicitlyDenied',
      ]);
  });
});

describe('who may send to', () => {
  const fresh = deployed(deployments.fresh, 'auto-tagger');
  const bucket = `arn:aws:s3:::${fresh.environment.LOG_BUCKETS}`;
  const policyOn = (stack: typeof fresh, type: string, name: string): Document =>
    resources(stack.template, type).find(({ Properties }) => JSON.stringify(Properties).includes(name))
      ?.Properties.PolicyDocument;
  const work = `arn:aws:sqs:${REGION}:${ACCOUNT}:auto-tagger-work`;
  const encrypted = { 'aws:SecureTransport': 'true' };
  const rule = `arn:aws:events:${REGION}:${ACCOUNT}:rule/auto-tagger/auto-tagger-log-files`;

  test.each<readonly [string, string, string, Asked['context'], string]>([
    ['fresh', 'its bucket', 's3.amazonaws.com', from(ACCOUNT, bucket), 'Allowed'],
    [
      'fresh',
      'a bucket of that name of another account',
      's3.amazonaws.com',
      from(STRANGER, bucket),
      'ImplicitlyDenied',
    ],
    ['fresh', 'another bucket', 's3.amazonaws.com', from(ACCOUNT, `${bucket}-2`), 'ImplicitlyDenied'],
    ['fresh', 'another service', 'sns.amazonaws.com', from(ACCOUNT, bucket), 'ImplicitlyDenied'],
    ['fresh', 'somebody of another account', `arn:aws:iam::${STRANGER}:role/admin`, {}, 'ImplicitlyDenied'],
    ['archive', 'its rule', 'events.amazonaws.com', from(ACCOUNT, rule), 'Allowed'],
    ['archive', 'another rule', 'events.amazonaws.com', from(ACCOUNT, `${rule}-2`), 'ImplicitlyDenied'],
  ])('the work queue of %s: %s', async (name, _, who, context, answer) => {
    const stack = name === 'fresh' ? fresh : deployed(deployments.archive, 'auto-tagger');
    const policy = policyOn(stack, 'AWS::SQS::QueuePolicy', 'auto-tagger-work');
    const asked = ask('sqs:SendMessage', work, { ...context, ...encrypted });
    expect(await letsIn(policy, who, asked)).toBe(answer);
    const inClear = { ...asked, context: { ...context, 'aws:SecureTransport': 'false' } };
    expect(await letsIn(policy, who, inClear)).not.toBe('Allowed');
  });

  const all = deployed(deployments.organization, 'auto-tagger');
  const events = `arn:aws:events:${REGION}:${ACCOUNT}`;

  test.each<readonly [string, string, Asked['context'], string]>([
    [
      'a rule of ours',
      'events.amazonaws.com',
      from(ACCOUNT, `${events}:rule/auto-tagger-events-3`),
      'Allowed',
    ],
    [
      'the rule of its bus',
      'events.amazonaws.com',
      from(ACCOUNT, `${events}:rule/auto-tagger-events/auto-tagger-events`),
      'Allowed',
    ],
    [
      'another rule',
      'events.amazonaws.com',
      from(ACCOUNT, `${events}:rule/auto-tagger-log-files`),
      'ImplicitlyDenied',
    ],
    [
      'a rule of that name of another account',
      'events.amazonaws.com',
      from(STRANGER, `arn:aws:events:${REGION}:${STRANGER}:rule/auto-tagger-events-3`),
      'ImplicitlyDenied',
    ],
    ['somebody of another account', `arn:aws:iam::${STRANGER}:role/admin`, {}, 'ImplicitlyDenied'],
  ])('the queue of events: %s', async (_, who, context, answer) => {
    const policy = policyOn(all, 'AWS::SQS::QueuePolicy', 'auto-tagger-events');
    const queue = work.replace('-work', '-events');
    expect(await letsIn(policy, who, ask('sqs:SendMessage', queue, { ...context, ...encrypted }))).toBe(
      answer,
    );
  });

  test.each([
    ['a member of the organization', 'o-a1b2c3d4e5', 'Allowed'],
    ['one of another organization', 'o-ffffffffff', 'ImplicitlyDenied'],
  ])('the bus of events: %s', async (_, organization, answer) => {
    const { Statement } = resource(all.template, 'AWS::Events::EventBusPolicy').Properties;
    const policy: Document = { Version: '2012-10-17', Statement: [Statement] };
    const asked = ask('events:PutEvents', `${events}:event-bus/auto-tagger-events`, {
      'aws:PrincipalOrgID': organization,
    });
    expect(await letsIn(policy, forwarder.arn, asked)).toBe(answer);
  });
});
