/** Calls of the program in the sandbox, and what IAM is asked by them. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { recordOfRow } from '../../fixtures/record-of-row.ts';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import { runKeys } from '../../processor/backfill/bulk/run-keys.ts';
import { undoBatch } from '../../processor/backfill/undo/undo-batch.ts';
import { undoableOf } from '../../processor/backfill/undo/undoable.ts';
import type { LogFileRef } from '../../processor/log-file-ref.ts';
import type { ObservedCall, Sandbox } from '../../sandbox/sandbox.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { createCalls } from '../../tag-manager/calls/calls.ts';
import { TABLE } from '../../tag-manager/store/table.ts';
import { createTaggers } from '../../tag-manager/taggers/taggers.ts';
import { type Deployment, FUNCTION } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  OTHER_ACCOUNT,
  REGION,
  s3Event,
  secondsAgo,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { EXPECTED_FIXTURES, fixture, withValue } from '../helpers/fixtures.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';
import { eventOf } from '../helpers/queue-event.ts';
import type { Case } from '../helpers/row-cases.ts';
import { runInfo } from '../helpers/run-info.ts';
import { creationOf } from '../parser/event/verdicts.ts';
import { archiveLarge } from '../processor/archive/large.ts';
import { clientConfig } from '../sandbox/client-config.ts';
import { type Asked, askedOfOwn, askedOfTagging, finder, type Purpose } from './asked.ts';

export interface Recorded extends Asked {
  /** IAM prefix of what is tagged; `undefined` where it is about ourselves. */
  readonly service: string | undefined;
}

/** All calls that come to the sandbox from now on, with their bodies. */
export function observe({ faults }: Sandbox): readonly ObservedCall[] {
  const calls: ObservedCall[] = [];
  const match = (call: ObservedCall) => {
    calls.push(call);
    return false; // it never applies
  };
  faults.add({ match, effect: { delayMs: 0 } });
  return calls;
}

/** Each once. */
export function asAsked(
  calls: readonly ObservedCall[],
  cases: readonly Case[],
  purpose: Purpose = 'to-add',
): readonly Recorded[] {
  const find = finder(cases);
  const asked = calls.flatMap((request): readonly Recorded[] => {
    // The first needs no permission (STS API reference); the second is how a test itself fills a queue.
    if (/^(GetCallerIdentity|SendMessage)$/.test(request.operation)) return [];
    const own = askedOfOwn(request);
    const isTagged = own !== undefined && find(request.service, own.resource) !== undefined;
    if (own !== undefined && !isTagged) return [{ ...own, service: undefined }];
    return askedOfTagging(request, find, purpose).map((each) => ({
      ...each,
      service: each.action.split(':')[0],
    }));
  });
  return [...new Map(asked.map((each) => [JSON.stringify(each), each])).values()];
}

/** In China it is asked by other names of the partition and of regions, and nothing else differs. */
export function asIfHere(recorded: Recorded): Recorded {
  return {
    ...recorded,
    resource: recorded.resource
      .replace(/^arn:aws-cn:(\w*):cn-north-1:/, `arn:aws:$1:${REGION}:`)
      .replace(/^arn:aws-cn:/, 'arn:aws:'),
  };
}

/** What tagging asks beside tags: when something was made, and for members of a group. Adds the cases that it makes. */
export async function doRarerTagging(deployment: Deployment, cases: Case[]): Promise<void> {
  await askForTimes(deployment, cases);
  await putBackMembers(deployment, cases);
  const { record = {} } = cases.find(({ row }) => row.resourceType === 's3:bucket') ?? {};
  const undo = deployment.sandbox.deny.add({ service: 's3', operation: 'GetBucketTagging' });
  await deliver(deployment, [{ ...record, eventID: '8c7b2d10-0000-4000-8000-000000000099' }]);
  undo(); // whose the bucket is was looked for
}

let files = 1_000;

async function deliver(deployment: Deployment, records: readonly unknown[]): Promise<void> {
  const key = logKeyOf(ACCOUNT, REGION, files++);
  deployment.putFile(key, records);
  await deployment.invoke(s3Event([key]));
}

/** Two creations of a name: when was it made? */
async function askForTimes(deployment: Deployment, cases: Case[]): Promise<void> {
  const asks = ({ api, resourceType, naming }: CatalogueRow) =>
    naming === 'reusable' && resourceType in apiNamed(api).createdAt;
  const byType = new Map(
    catalogue()
      .filter(asks)
      .map((row) => [row.resourceType, row]),
  );
  for (const [at, row] of [...byType.values()].entries()) {
    const [first, second] = ['2025-03-04T10:15:30Z', '2025-03-04T12:15:30Z'].map((eventTime) =>
      recordOfRow(row, { region: REGION, account: ACCOUNT, number: 900_000 + at, eventTime }),
    );
    if (first === undefined || second === undefined) continue;
    deployment.sandbox.putResource({ arn: first.arn, createdAt: Date.parse('2025-03-04T12:15:30Z') });
    cases.push({ row, home: REGION, ...first });
    await deliver(deployment, [first.record]);
    await deliver(deployment, [{ ...second.record, eventID: `8c7b2d10-0000-4000-8000-00000000000${at}` }]);
  }
}

/** A node of nobody's joins a group: what the group writes on it is taken from it again. */
async function putBackMembers(deployment: Deployment, cases: Case[]): Promise<void> {
  const { sandbox } = deployment;
  const rowOf = (name: string) =>
    catalogue().find(({ eventName, api }) => eventName === name && api.startsWith('elasticache:'));
  const group = rowOf('CreateReplicationGroup');
  const node = rowOf('CreateCacheCluster');
  if (group === undefined || node === undefined) throw new Error('there is no row of a group or of a node');
  const arnOf = (type: string, id: string) => `arn:aws:elasticache:${REGION}:${ACCOUNT}:${type}:${id}`;
  const { record } = recordOfRow(group, { region: REGION, account: ACCOUNT, number: 910_000 });
  const arns = { group: arnOf('replicationgroup', 'group'), node: arnOf('cluster', 'node') };
  const createdAt = Date.parse(String(record.eventTime));
  sandbox.putResource({ arn: arns.node, createdAt });
  sandbox.putResource({ arn: arns.group, createdAt, members: [arns.node] });
  cases.push(
    { row: group, arn: arns.group, tagId: 'group', record, home: REGION },
    { row: node, arn: arns.node, tagId: 'node', record, home: REGION },
  );
  const made = {
    ...record,
    requestParameters: { replicationGroupId: 'group', primaryClusterId: 'node' },
    responseElements: { aRN: arns.group, memberClusters: ['node'] },
  };
  await deliver(deployment, [made]);
}

/** Undone, as if a run had written `CreatedBy`: what it had replaced is put back, or it is taken away. */
export async function undoEach(
  { sandbox }: Deployment,
  cases: readonly Case[],
  before: Readonly<Record<string, string>>,
): Promise<void> {
  const credentials = sandbox.credentials(FUNCTION);
  const calls = createCalls({ credentialsFor: () => async () => credentials, concurrency: 20 });
  const { signal } = new AbortController();
  const taggerFor = createTaggers();
  const journal = { intend: async () => {}, end: async () => {} };
  const undoing = { calls, signal, taggerFor, journal, undone: undefined, dryRun: false };
  const outcomes = await Promise.all(
    cases.map(({ row: { api, resourceType: type }, arn, tagId: id, home }) => {
      sandbox.putTags(arn, { CreatedBy: 'the run' });
      const event = { id: '', source: '', name: '', time: '' };
      const place = { arn, resourceId: id, tagId: id, type, account: ACCOUNT, region: home, api };
      const intent = { id: arn, ...place, event, creator: '', before, after: { CreatedBy: 'the run' } };
      const writes = [{ intent, number: 0, isWritten: 'yes' as const }];
      const resource = { writes, outcome: undefined, members: new Map() };
      const each = undoableOf(resource, taggerFor, undefined);
      if ('why' in each) throw new Error(each.why);
      return undoBatch([each], undoing);
    }),
  );
  calls.destroy();
  const wrong = outcomes.flat().filter(({ outcome }) => outcome !== 'undone');
  if (wrong.length > 0) throw new Error(JSON.stringify(wrong));
}

/** What a function is told by its variables. */
export type Environment = Readonly<Record<string, string>>;

/** Makes what the environments of functions name, in the sandbox. */
export async function putOwn(sandbox: Sandbox, environments: readonly Environment[]): Promise<void> {
  const config = clientConfig(sandbox, FUNCTION, REGION);
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  const dynamodb = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const named = (name: string) => new Set(environments.flatMap((each) => each[name] ?? []));
  for (const url of [...named('RETRY_QUEUE_URL'), ...named('FAILURE_QUEUE_URL')])
    await sqs.send(new CreateQueueCommand({ QueueName: lastOf(url, '/') }));
  for (const TableName of named('DYNAMODB_TABLE'))
    await dynamodb.send(new CreateTableCommand({ TableName, ...TABLE }));
  for (const arn of named('SNS_TOPIC_ARN'))
    await sns.send(new CreateTopicCommand({ Name: lastOf(arn, ':') }));
  config.requestHandler.destroy();
  for (const name of named('LOG_BUCKETS')) sandbox.putBucket({ name, account: ACCOUNT, region: REGION });
  for (const name of named('ARCHIVE_BUCKET')) sandbox.putBucket({ name, account: ACCOUNT, region: REGION });
  for (const name of named('MEMBER_ROLE_NAME'))
    sandbox.allowRole(`arn:aws:iam::${OTHER_ACCOUNT}:role/${name}`);
  for (const rules of named('RULES')) {
    const [, name = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(rules) ?? [];
    sandbox.putBucket({ name, account: ACCOUNT, region: REGION });
    sandbox.putObject(name, key, '[{"tags":{"CostCentre":"7"}}]');
  }
  for (const tags of named('TAGS')) {
    const [, name = ''] = /\{ssm:([^}]+)\}/.exec(tags) ?? [];
    sandbox.putParameter({ account: ACCOUNT, region: REGION, name, value: 'blue' });
  }
}

const lastOf = (text = '', separator: string): string => text.split(separator).at(-1) ?? '';

/**
 * All that the function does beside tagging: log files whole, by version and by prefix, of its own account and of another; what is
 * tried again, and given up, and what somebody is told of. `prefix`: before `AWSLogs/`.
 */
export async function doOwnWork(
  deployment: Deployment,
  environment: Environment,
  prefix: string,
  cases: Case[],
): Promise<void> {
  const { sandbox } = deployment;
  const { LOG_BUCKETS: bucket = '', RETRY_QUEUE_URL: QueueUrl = '' } = environment;
  deployment.renew(environment);
  const put = (records: readonly unknown[], account = ACCOUNT) => {
    const key = prefix + logKeyOf(account, REGION, files++);
    sandbox.putObject(bucket, key, logFileOf(records));
    return key;
  };
  for (const account of [ACCOUNT, OTHER_ACCOUNT]) {
    const number = files;
    addCase(cases, 'ec2:volume', volumeArn(number, account));
    sandbox.putResource({ arn: volumeArn(number, account) });
    await deployment.invoke(s3Event([put([volume(number, { account })], account)], bucket));
  }
  const [young, old] = [files + 1, files + 2];
  addCase(cases, 'sns:topic', topicArn(young));
  addCase(cases, 'sns:topic', topicArn(old));
  sandbox.putResource({ arn: topicArn(old) });
  const undo = sandbox.deny.add({ service: 'sns', operation: 'TagResource' });
  const key = put([topic(young, { at: secondsAgo(5) }), topic(old)]);
  await deployment.invoke(s3Event([key], bucket));
  undo();
  await deployment.invoke(ofVersion(s3Event([key], bucket))).catch(() => {}); // the sandbox keeps no versions: that it was asked is enough
  await deployment.invoke({ bucket, prefix: `${prefix}AWSLogs/` });
  if (environment.ARCHIVE_BUCKET !== undefined) await archiveMore(deployment, { bucket, key });
  sandbox.faults.add({
    service: 's3',
    operation: 'GetObject',
    times: 1,
    effect: { error: { code: 'SlowDown', status: 503, message: 'Reduce your request rate' } },
  });
  const config = clientConfig(sandbox, FUNCTION, REGION);
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(s3Event([key], bucket)) }));
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], MaxNumberOfMessages: 10 }),
  );
  await deployment.invoke(eventOf(Messages, `arn:aws:sqs:${REGION}:${ACCOUNT}:${lastOf(QueueUrl, '/')}`));
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })); // or the next finds them
  config.requestHandler.destroy();
  if (environment.RULE_TAG_KEYS !== undefined) {
    const children = childrenOfEachType(cases);
    await deployment.invoke(s3Event([put(children)], bucket)); // rules may name persons, who are asked for
  }
}

/** Records of what services made for a parent of each type. */
function childrenOfEachType(cases: Case[]): readonly CloudTrailRecord[] {
  const cloud9 = [{ key: 'aws:cloud9:environment', value: '8a34f51ce1e04a08882f1e811bd706ab' }];
  const instance = fixture('ec2-RunInstances.auto-scaling');
  const records = [
    ...EXPECTED_FIXTURES.map(({ name }) => fixture(name)),
    withValue(instance, 'requestParameters.tagSpecificationSet.items.0.tags', cloud9),
  ];
  const children = records.flatMap((record) => {
    const creation = creationOf(record);
    return creation.parent?.resource === undefined ? [] : { creation, parent: creation.parent };
  });
  const ofEach = [...new Map(children.map((each) => [each.parent.resourceType, each])).values()];
  return ofEach.map(({ creation, parent }, at) => {
    addCase(cases, parent.resourceType, parent.arn);
    for (const { row, arn, tagId, id } of creation.resources)
      cases.push({ row, arn, tagId: tagId ?? id, record: {}, home: REGION });
    return { ...creation.record, eventID: `8c7b2d10-0000-4000-8000-0000000008${at + 10}` };
  });
}

/** What is large, and breaks off; and an event that nobody understands. */
async function archiveMore(deployment: Deployment, ref: LogFileRef): Promise<void> {
  const undo = deployment.sandbox.faults.add({
    operation: 'UploadPart',
    effect: { error: { code: 'InternalError', status: 500, message: 'we encountered an internal error' } },
  });
  await archiveLarge(deployment, ref);
  undo();
  await deployment.invoke({ 'detail-type': 'Order placed', detail: {} });
}

/** What the function of backfills does beside that: a run is read, and its journal written. */
export async function doBackfill(
  deployment: Deployment,
  environment: Environment,
  prefix: string,
  cases: Case[],
): Promise<void> {
  const { sandbox } = deployment;
  const { LOG_BUCKETS: bucket = '', BACKFILL_BUCKET: bucketOfRuns = '' } = environment;
  deployment.renew(environment);
  sandbox.putBucket({ name: bucketOfRuns, account: ACCOUNT, region: REGION });
  const info = runInfo({ engine: 'batch', scope: { bucket, prefix: '' } });
  sandbox.putObject(bucketOfRuns, runKeys(info.id).info, JSON.stringify(info));
  const number = files++;
  const s3Key = prefix + logKeyOf(ACCOUNT, REGION, number);
  addCase(cases, 'ec2:volume', volumeArn(number));
  sandbox.putResource({ arn: volumeArn(number) });
  sandbox.putObject(bucket, s3Key, logFileOf([volume(number)]));
  await deployment.invoke({
    invocationSchemaVersion: '2.0',
    invocationId: 'invocation-1',
    job: { id: 'job-1', userArguments: { run: info.id } },
    tasks: [{ taskId: 'task-1', s3Key, s3VersionId: null, s3Bucket: bucket }],
  });
}

function addCase(cases: Case[], resourceType: string, arn: string): void {
  const row = catalogue().find((each) => each.resourceType === resourceType);
  if (row === undefined) throw new Error(`there is no row of ${resourceType}`);
  cases.push({ row, arn, tagId: arn.split(/[:/]/).at(-1) ?? '', record: {}, home: REGION });
}

function ofVersion(event: unknown): unknown {
  const { Records } = event as { readonly Records: { readonly s3: { readonly object: object } }[] };
  const [record] = Records;
  return {
    Records: [{ ...record, s3: { ...record?.s3, object: { ...record?.s3.object, versionId: 'v1' } } }],
  };
}
