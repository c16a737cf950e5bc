/** When a service says that it made a resource: answers as the API references show them. */
import { expect, test } from '@jest/globals';
import { partitionOf } from '../../../parser/partition.ts';
import { apiNamed, apiNames } from '../../../tag-manager/apis/apis.ts';
import { readCall } from '../../../tag-manager/services/service-call.ts';
import { serviceTarget } from '../../../tag-manager/taggers/row-tagger.ts';
import { recordingCalls } from './recorded.ts';

const CREATED = '2026-11-20T10:00:00Z';
const SECONDS = Date.parse(CREATED) / 1000;

const query = (call: string, result: string) =>
  `<${call}Response><${call}Result>${result}</${call}Result></${call}Response>`;

const ANSWERS: Readonly<Record<string, string>> = {
  'sqs:queue': `{"Attributes":{"CreatedTimestamp":"${SECONDS}"}}`,
  'dynamodb:table': `{"Table":{"CreationDateTime":${SECONDS}.0,"TableName":"orders"}}`,
  'rds:db': query(
    'DescribeDBInstances',
    `<DBInstances><DBInstance><InstanceCreateTime>2026-11-20T10:00:00.000Z</InstanceCreateTime></DBInstance></DBInstances>`,
  ),
  'rds:cluster': query(
    'DescribeDBClusters',
    `<DBClusters><DBCluster><ClusterCreateTime>${CREATED}</ClusterCreateTime></DBCluster></DBClusters>`,
  ),
  'elasticache:cluster': query(
    'DescribeCacheClusters',
    `<CacheClusters><CacheCluster><CacheClusterCreateTime>${CREATED}</CacheClusterCreateTime></CacheCluster></CacheClusters>`,
  ),
  'elasticache:replicationgroup': query(
    'DescribeReplicationGroups',
    `<ReplicationGroups><ReplicationGroup><ReplicationGroupCreateTime>${CREATED}</ReplicationGroupCreateTime></ReplicationGroup></ReplicationGroups>`,
  ),
  'elasticache:serverlesscache': query(
    'DescribeServerlessCaches',
    `<ServerlessCaches><member><CreateTime>${CREATED}</CreateTime></member></ServerlessCaches>`,
  ),
};

const READINGS = apiNames().flatMap((name) => {
  const api = apiNamed(name);
  return Object.entries(api.createdAt).map(([type, reading]) => ({ type, api, reading }));
});

test('every call that tells it is read here', () => {
  expect(READINGS.map(({ type }) => type).sort()).toEqual(Object.keys(ANSWERS).sort());
});

test.each(READINGS)('of $type', async ({ type, api, reading }) => {
  const calls = recordingCalls();
  const partition = partitionOf('eu-west-1');
  if (partition === undefined) throw new Error('eu-west-1 is a region');
  const place = { partition, account: '111122223333', region: 'eu-west-1' };
  const target = serviceTarget([{ ...place, arn: 'arn:aws:svc:::x', id: 'x', type }]);
  const read = async (body: string) => {
    calls.answer = { status: 200, headers: {}, body };
    return (await readCall(calls, api, reading, target, new AbortController().signal)).times;
  };
  expect(await read(ANSWERS[type] ?? '')).toEqual([Date.parse(CREATED)]);
  expect(await read(ANSWERS[type]?.startsWith('<') ? '<Answer/>' : '{}')).toEqual([]);
});
