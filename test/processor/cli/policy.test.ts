/** `auto-tagger policy`: pure JSON on stdout, remarks on stderr, and what is mistyped is a usage error that says so. */
import { describe, expect, test } from '@jest/globals';
import { run } from '../../../processor/cli/commands/policy.ts';
import { createProgram } from '../../../processor/cli/program.ts';
import { autoTagger } from '../../helpers/command.ts';
import { keptTerminal } from '../../helpers/kept-terminal.ts';

interface Documents {
  readonly [name: string]: {
    readonly Statement: readonly {
      readonly Sid: string;
      readonly Action: readonly string[];
      readonly Resource: readonly string[];
      readonly Condition?: object;
    }[];
  };
}

/** Without a process of its own; rejects with what is wrong. */
async function policy(args: readonly string[], env: Record<string, string> = {}) {
  const { terminal, printed, complaints } = keptTerminal();
  const { signal } = new AbortController();
  const program = createProgram(async (_, rest, options) => {
    await run({ args: rest, options, terminal, signal, giveUp: terminal.complain });
  });
  const before = process.env;
  process.env = env;
  try {
    await program.parseAsync(['policy', ...args], { from: 'user' });
  } finally {
    process.env = before;
  }
  const stdout = printed.join('');
  const stderr = complaints.map((problem) => `${problem}\n`).join('');
  return { stdout, stderr, documents: JSON.parse(stdout) as Documents };
}

const statementsIn = (documents: Documents) => Object.values(documents).flatMap(({ Statement }) => Statement);

const keyOf = (name: string) => `arn:aws:kms:eu-west-1:111122223333:key/${name}`;
const through = (service: string) => ({ StringLike: { 'kms:ViaService': `${service}.*.amazonaws.com*` } });

test('grants verifying digests where that is asked for', async () => {
  const args = ['--services', 'sns', '--bucket', 'logs'];
  const sids = statementsIn((await policy([...args, '--verify-digests'])).documents);
  expect(sids.find(({ Sid }) => Sid === 'VerifyDigests')).toMatchObject({
    Action: ['cloudtrail:ListPublicKeys'],
    Resource: ['*'],
  });
  expect(JSON.stringify((await policy(args)).documents)).not.toContain('ListPublicKeys');
  await expect(policy(['--undo', '--verify-digests'])).rejects.toThrow(
    '--verify-digests is about the function',
  );
});

test('prints what the settings take, as one JSON object of documents', async () => {
  const queue = (name: string) => `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`;
  const { exitCode, stdout, stderr } = await autoTagger(
    [
      'policy',
      '--services',
      'sns',
      '--bucket',
      'logs/o-1, archive',
      '--role',
      'team/tagger',
      '--organization',
      'o-a1b2c3d4e5',
      ...['keys', 'queue-keys', 'settings-keys'].flatMap((flag) => [`--${flag}`, keyOf(flag)]),
    ],
    {
      TAGS: '{"Team":"blue {ssm:/tagging/team}"}',
      RULES: 's3://config/*/rules.json', // an asterisk of the key, and no wildcard
      RULE_TAG_KEYS: 'CostCentre',
      SECOND_MARKER_KEY: 'Marked',
      RETRY_QUEUE_URL: queue('retry'),
      FAILURE_QUEUE_URL: queue('failure'),
      DYNAMODB_TABLE: 'auto-tagger',
    },
  );
  expect([exitCode, stderr]).toEqual([0, '']);
  const documents = JSON.parse(stdout) as Documents;
  expect(Object.keys(documents)).toEqual(['function-1']);
  const bySid = Object.fromEntries(
    statementsIn(documents).map(({ Sid, Action, Resource, Condition }) => [
      Sid,
      [Action, Resource, Condition],
    ]),
  );
  const keys = ['CreatedBy', 'CreatedDate', 'ManagedBy', 'Team', 'CostCentre', 'Marked'];
  expect(bySid).toEqual({
    ReadParameters: [['ssm:GetParameter'], ['arn:*:ssm:*:*:parameter/tagging/team'], undefined],
    DecryptParameters: [
      ['kms:Decrypt'],
      [keyOf('settings-keys')],
      {
        StringLike: {
          'kms:ViaService': 'ssm.*.amazonaws.com*',
          'kms:EncryptionContext:PARAMETER_ARN': ['arn:*:ssm:*:*:parameter/tagging/team'],
        },
      },
    ],
    ReadRules: [['s3:GetObject'], [`arn:*:s3:::config/$${'{*}'}/rules.json`], undefined],
    DecryptRules: [['kms:Decrypt'], [keyOf('settings-keys')], through('s3')],
    DecryptLogs: [['kms:Decrypt'], [keyOf('keys')], through('s3')],
    QueueKey: [['kms:Decrypt', 'kms:GenerateDataKey'], [keyOf('queue-keys')], through('sqs')],
    ReadLogs: [
      ['s3:GetObject', 's3:GetObjectVersion'],
      ['arn:*:s3:::archive/AWSLogs/*', 'arn:*:s3:::logs/o-1/AWSLogs/*'],
      undefined,
    ],
    ListLogs1: [['s3:ListBucket'], ['arn:*:s3:::logs'], { StringLike: { 's3:prefix': 'o-1/AWSLogs/*' } }],
    ListLogs2: [['s3:ListBucket'], ['arn:*:s3:::archive'], { StringLike: { 's3:prefix': 'AWSLogs/*' } }],
    Store: [
      ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      ['arn:*:dynamodb:*:*:table/auto-tagger'],
      undefined,
    ],
    Send: [
      ['sqs:SendMessage'],
      ['failure', 'retry'].map((name) => `arn:aws:sqs:eu-west-1:111122223333:${name}`),
      undefined,
    ],
    Receive: [
      ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      ['arn:aws:sqs:eu-west-1:111122223333:retry'],
      undefined,
    ],
    AssumeMemberRole: [
      ['sts:AssumeRole'],
      ['arn:*:iam::*:role/team/tagger'],
      { StringEquals: { 'aws:ResourceOrgID': 'o-a1b2c3d4e5' } },
    ],
    Tag: [
      ['sns:TagResource'],
      ['arn:*:sns:*:*:*'],
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': keys }, Null: { 'aws:TagKeys': 'false' } },
    ],
    ReadTags: [['cloud9:ListTagsForResource', 'sns:ListTagsForResource'], ['*'], undefined],
  });
});

test('without a choice of services it is for eight, and says so', async () => {
  const { stderr, documents } = await policy(['--bucket', 'logs']);
  expect(stderr).toBe(
    'the policies are for dynamodb,ec2,elasticache,lambda,rds,s3,sns,sqs: set SERVICES to them too, or name others by --services\n',
  );
  const actions = statementsIn(documents).flatMap(({ Action }) => Action);
  expect(actions).not.toContain('s3:PutBucketTagging');
  expect(actions).not.toContain('kms:TagResource');
});

test('s3:PutBucketTagging is granted only by its name, and without a bucket that is remarked', async () => {
  const { documents, stderr } = await policy(['--services', 's3', '--allow', 's3:PutBucketTagging']);
  expect(stderr).toBe('nothing in them reads log files: name the bucket by --bucket\n');
  const granted = statementsIn(documents).find(({ Action }) => Action.includes('s3:PutBucketTagging'));
  expect(granted).toMatchObject({ Sid: 'TagAnyKeys', Action: ['s3:PutBucketTagging'] });
});

test('--member prints the role of other accounts: who may assume it, and tagging alone', async () => {
  const principal = 'arn:aws:iam::111122223333:role/auto-tagger';
  const { documents, stderr } = await policy(['--services', 'all', '--member', '--principal', principal], {
    MEMBER_ROLE_NAME: 'auto-tagger',
    MEMBER_ROLE_EXTERNAL_ID: 'orders-7',
  });
  const { trust, ...tagging } = documents;
  expect(stderr).toBe('');
  expect(trust?.Statement).toEqual([
    {
      Sid: 'AutoTagger',
      Effect: 'Allow',
      Principal: { AWS: principal },
      Action: ['sts:AssumeRole'],
      Condition: { StringEquals: { 'sts:ExternalId': 'orders-7' } },
    },
  ]);
  expect(Object.keys(tagging).every((name) => /^member-\d+$/.test(name))).toBe(true);
  expect(statementsIn(tagging).filter(({ Sid }) => !/^(Tag|Untag|ReadTags)/.test(Sid))).toEqual([]);
});

test('--undo prints what takes tags of ours away, and puts back what they had replaced', async () => {
  const { documents } = await policy(['--services', 'ec2,sns', '--undo']);
  const statements = statementsIn(documents);
  expect(statements.flatMap(({ Action }) => Action)).toEqual([
    'ec2:DeleteTags',
    'ec2:DescribeTags',
    'sns:ListTagsForResource',
    'sns:TagResource',
    'sns:UntagResource',
    'ec2:CreateTags',
  ]);
  expect(JSON.stringify(statements[0]?.Condition)).toContain('"aws:TagKeys":"false"');
});

describe('what cannot be meant is refused with a word', () => {
  test('as a usage error', async () => {
    const { exitCode, stdout, stderr } = await autoTagger(['policy', '--services', 'ec3']);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('nothing of a service "ec3" is tagged');
  });

  test.each([
    [['--principal', 'arn:aws:iam::111122223333:role/a'], '--principal is about the role in other accounts'],
    [['--settings-keys', 'alias/ours'], '--settings-keys "alias/ours": expected an ARN of kms'],
    [['--undo', '--alert-keys', 'x'], '--alert-keys is about the function, and --undo about tags alone'],
    [['--bucket', 'my logs'], '--bucket "my logs": expected the name of a bucket'],
    [['--bucket', 'logs/AWSLogs/'], 'expected the name of a bucket, or logs/prefix'],
    [['--bucket', 'logs/*'], 'expected the name of a bucket, or logs/prefix'],
    [['--keys', 'alias/logs'], '--keys "alias/logs": expected an ARN of kms'],
    [['--role', 'tagger'], 'whose is the role tagger? Expected either --organization or --accounts'],
    [['--organization', 'o-a1b2c3d4e5'], '--organization is about the role of --role or MEMBER_ROLE_NAME'],
    [['--role', 'tagger', '--organization', '*'], '--organization "*": expected the id of an organization'],
    [['--role', 'tagger', '--accounts', '*'], '--accounts "*": expected an account of 12 digits'],
    [['--allow', 'ec2:*'], '--allow "ec2:*": expected one of s3:PutBucketTagging'],
    [['--undo', '--bucket', 'logs'], '--bucket is about the function, and --undo about tags alone'],
    [['--undo', '--allow', 's3:PutBucketTagging'], '--allow is about adding tags'],
  ])('%j', async (args, problem) => {
    await expect(policy(args)).rejects.toThrow(problem);
  });
});

test('--verify prints what it takes to look whether it works, and nothing that changes more than its own test', async () => {
  const grants = async (...args: readonly string[]) =>
    statementsIn((await policy(['--verify', ...args])).documents);
  const [asking, role, live] = await grants('--role', 'team/tagger');
  expect(asking).toMatchObject({ Sid: 'Verify', Resource: ['*'] });
  for (const action of asking?.Action ?? []) expect(action).toMatch(/:(Get|List|Describe|Simulate)/);
  expect(role).toMatchObject({ Action: ['sts:AssumeRole'], Resource: ['arn:*:iam::*:role/team/tagger'] });
  expect(await grants()).toEqual([asking, live]);
  expect(live?.Resource).toEqual([
    'arn:*:sns:*:*:auto-tagger-verify-*',
    'arn:*:sqs:*:*:auto-tagger-verify-*',
  ]);
  await expect(policy(['--verify', '--undo'])).rejects.toThrow('--undo is about tagging');
});

describe('of whoever begins a backfill in AWS', () => {
  const env = { BACKFILL_BUCKET: 'backfills' };
  const common = [
    ['Deployment', ['lambda:GetFunctionConfiguration'], ['arn:*:lambda:*:*:function:ours-backfill']],
    ['Runs', ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], ['arn:*:s3:::backfills/runs/*']],
    ['ListRuns', ['s3:ListBucket'], ['arn:*:s3:::backfills']],
    ['ListLogs1', ['s3:ListBucket'], ['arn:*:s3:::logs']],
  ];

  test.each<readonly [string, readonly string[]]>([
    ['batch', ['iam:PassRole', 's3:CreateJob', 's3:DescribeJob', 's3:UpdateJobStatus']],
    [
      'map',
      [
        'states:DescribeExecution',
        'states:DescribeMapRun',
        'states:ListMapRuns',
        'states:RedriveExecution',
        'states:StartExecution',
        'states:StopExecution',
      ],
    ],
  ])('with --engine %s: what the engine asks, and nothing that tags', async (engine, actions) => {
    const args = ['--engine', engine, '--deployment', 'ours', '--bucket', 'logs/audit'];
    const { documents } = await policy(args, env);
    const statements = statementsIn(documents);
    expect(statements.slice(0, 4).map(({ Sid, Action, Resource }) => [Sid, Action, Resource])).toEqual(
      common,
    );
    expect(statements[3]?.Condition).toEqual({ StringLike: { 's3:prefix': 'audit/AWSLogs/*' } });
    expect(
      statements
        .slice(4)
        .flatMap(({ Action }) => Action)
        .toSorted(),
    ).toEqual(actions);
    const resources = statements.slice(4).flatMap(({ Resource }) => Resource);
    expect(resources.filter((arn) => arn.includes('states') && !arn.includes(':ours-backfill'))).toEqual([]);
  });

  test.each<readonly [string, readonly string[], Record<string, string>]>([
    ['expected batch or map', ['--engine', 'local', '--bucket', 'logs'], env],
    ['which bucket keeps the runs', ['--engine', 'map', '--bucket', 'logs'], {}],
    ['whose log files are listed', ['--engine', 'map'], env],
    [
      '--services is not about whoever begins',
      ['--engine', 'map', '--bucket', 'logs', '--services', 'sns'],
      env,
    ],
    ['--verify is not about whoever begins', ['--engine', 'map', '--bucket', 'logs', '--verify'], env],
    ['--deployment is about --engine', ['--deployment', 'ours'], env],
  ])('%s', async (message, args, given) => {
    await expect(policy(args, given)).rejects.toThrow(message);
  });
});
