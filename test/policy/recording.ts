/** All kinds of calls that the program makes, made in the sandbox: what IAM is asked by them. */
import { recordOfRow } from '../../fixtures/record-of-row.ts';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import type { ObservedCall } from '../../sandbox/sandbox.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { type Deployment, deploy } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  REGION,
  s3Event,
  secondsAgo,
  topic,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { putBehindHosts } from '../helpers/real-hosts.ts';
import { type Case, onlyAtModelled, putCases } from '../helpers/row-cases.ts';
import { taggingTable } from '../helpers/tagging-table.ts';
import { putTable, TABLE_NAME } from '../tag-manager/store/stores.ts';
import { type Asked, askedOfOwn, askedOfTagging, finder } from './asked.ts';

export interface Recorded extends Asked {
  /** IAM prefix of what is tagged; `undefined` where it is about ourselves. */
  readonly service: string | undefined;
}

/** Of what all of these create, then whatever else the program does. */
export async function recordAsked(
  rows: readonly CatalogueRow[],
  services: string,
): Promise<readonly Recorded[]> {
  const settings = { SERVICES: services, UPSERTS: 'tag', CONCURRENCY: '50' };
  const deployment = await deploy({ settings, sandbox: { tagging: await taggingTable() } });
  const putBack = putBehindHosts(deployment.sandbox);
  try {
    await putTable(deployment);
    onlyAtModelled(deployment.sandbox.endpoint);
    const cases = [...putCases(deployment.sandbox, REGION, rows)];
    const calls = observe(deployment);
    await deliver(
      deployment,
      cases.map(({ record }) => record),
    );
    for (const work of [askForTimes, putBackMembers, tagForOthers, doOwnWork]) await work(deployment, cases);
    return asAsked(calls, cases);
  } finally {
    putBack();
    await deployment.close();
  }
}

/** From now on, with their bodies. The row never applies. */
function observe({ sandbox }: Deployment): readonly ObservedCall[] {
  const calls: ObservedCall[] = [];
  const match = (call: ObservedCall) => {
    calls.push(call);
    return false;
  };
  sandbox.faults.add({ match, effect: { delayMs: 0 } });
  return calls;
}

function asAsked(calls: readonly ObservedCall[], cases: readonly Case[]): readonly Recorded[] {
  const find = finder(cases);
  const asked = calls.flatMap((request): readonly Recorded[] => {
    // The first needs no permission (STS API reference); the second is how the test itself fills a queue.
    if (/^(GetCallerIdentity|SendMessage)$/.test(request.operation)) return [];
    const own = askedOfOwn(request);
    if (own !== undefined) return [{ ...own, service: undefined }];
    return askedOfTagging(request, find).map((each) => ({ ...each, service: each.action.split(':')[0] }));
  });
  return [...new Map(asked.map((each) => [JSON.stringify(each), each])).values()];
}

let files = 1_000;

async function deliver(
  deployment: Deployment,
  records: readonly unknown[],
  account = ACCOUNT,
): Promise<string> {
  const key = logKeyOf(account, REGION, files++);
  deployment.putFile(key, records);
  await deployment.invoke(s3Event([key]));
  return key;
}

/** Two creations of a name: when was it made? */
async function askForTimes(deployment: Deployment, cases: Case[]): Promise<void> {
  const asks = ({ api, resourceType, naming }: CatalogueRow) =>
    naming === 'reusable' && resourceType in apiNamed(api).createdAt;
  const rows = [
    ...new Map(
      catalogue()
        .filter(asks)
        .map((row) => [row.resourceType, row]),
    ).values(),
  ];
  for (const [at, row] of rows.entries()) {
    const [first, second] = ['2025-03-04T10:15:30Z', '2025-03-04T12:15:30Z'].map((eventTime) =>
      recordOfRow(row, { region: REGION, account: ACCOUNT, number: 900_000 + at, eventTime }),
    );
    if (first === undefined || second === undefined) continue;
    deployment.sandbox.putResource({ arn: first.arn, createdAt: Date.parse('2025-03-04T12:15:30Z') });
    cases.push({ row, ...first });
    await deliver(deployment, [first.record]);
    await deliver(deployment, [{ ...second.record, eventID: `8c7b2d10-0000-4000-8000-00000000000${at}` }]);
  }
}

/** A node of nobody's joins a group: what the group writes on it is taken from it again. */
async function putBackMembers({ sandbox, ...deployment }: Deployment, cases: Case[]): Promise<void> {
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
    { row: group, arn: arns.group, tagId: 'group', record },
    { row: node, arn: arns.node, tagId: 'node', record },
  );
  const made = {
    ...record,
    requestParameters: { replicationGroupId: 'group', primaryClusterId: 'node' },
    responseElements: { aRN: arns.group, memberClusters: ['node'] },
  };
  await deliver({ sandbox, ...deployment }, [made]);
}

/** With the store and in another account; a bucket that is denied is looked for. */
async function tagForOthers(deployment: Deployment, cases: Case[]): Promise<void> {
  const { sandbox } = deployment;
  deployment.renew({ DYNAMODB_TABLE: TABLE_NAME, MEMBER_ROLE_NAME: 'auto-tagger' });
  const row = cases.find((each) => each.row.resourceType === 'ec2:volume')?.row;
  if (row === undefined) throw new Error('there is no row of a volume');
  sandbox.allowRole(`arn:aws:iam::${OTHER_ACCOUNT}:role/auto-tagger`);
  for (const [number, account] of [ACCOUNT, OTHER_ACCOUNT].entries()) {
    const arn = volumeArn(number, account);
    const record = volume(number, { account });
    sandbox.putResource({ arn });
    cases.push({ row, arn, tagId: arn.split('/').at(-1) ?? '', record });
    await deliver(deployment, [record], account);
  }
  const bucket = cases.find((each) => each.row.resourceType === 's3:bucket');
  const undo = sandbox.deny.add({ service: 's3', operation: 'GetBucketTagging' });
  const { record } = bucket ?? {};
  if (record !== undefined)
    await deliver(deployment, [{ ...record, eventID: '8c7b2d10-0000-4000-8000-000000000099' }]);
  undo();
}

/** Log files by version and by prefix, and the queues. */
async function doOwnWork(deployment: Deployment, cases: Case[]): Promise<void> {
  const { sandbox } = deployment;
  const row = cases.find((each) => each.row.resourceType === 'sns:topic')?.row;
  const young = topic(77, { at: secondsAgo(5) });
  const old = topic(78);
  if (row === undefined) throw new Error('there is no row of a topic');
  for (const number of [77, 78]) {
    const arn = `arn:aws:sns:${REGION}:${ACCOUNT}:topic-${number}`;
    cases.push({ row, arn, tagId: `topic-${number}`, record: {} });
  }
  sandbox.putResource({ arn: `arn:aws:sns:${REGION}:${ACCOUNT}:topic-78` });
  const undo = sandbox.deny.add({ service: 'sns', operation: 'TagResource' });
  const key = await deliver(deployment, [young, old]);
  undo();
  const event = s3Event([key]) as { readonly Records: { readonly s3: { readonly object: object } }[] };
  const [record] = event.Records;
  await deployment
    .invoke({
      Records: [{ ...record, s3: { ...record?.s3, object: { ...record?.s3.object, versionId: 'v1' } } }],
    })
    .catch(() => {}); // the sandbox keeps no versions: that it was asked is enough
  await deployment.invoke({ bucket: LOG_BUCKET, prefix: 'AWSLogs/' });
  await deployment.send('retry', s3Event([key]));
  sandbox.faults.add({
    service: 's3',
    operation: 'GetObject',
    times: 1,
    effect: { error: { code: 'SlowDown', status: 503, message: 'Reduce your request rate' } },
  });
  await deployment.poll('retry');
  await deployment.send('retry', s3Event([key]));
  await deployment.poll('retry');
}
