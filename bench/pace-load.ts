/**
 * What four busy handlers have to do: log files of calls that created resources of eight services, in equal parts, in
 * three regions, by a hundred people. And how long that takes at best, by the rates of the API rows.
 */
import { gzipSync } from 'node:zlib';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { apiNamed } from '../tag-manager/apis/apis.ts';
import type { CallRate, PaceSettings } from '../tag-manager/calls/pace.ts';
import { rateOf, unpublishedRate } from '../tag-manager/services/call-rate.ts';

export const ACCOUNT = '111122223333';
export const HOME_REGION = 'eu-west-1';
export const LOG_BUCKET = 'pace-logs';
const REGIONS = [HOME_REGION, 'eu-central-1', 'us-west-2'] as const;
const CREATORS = 100;
const RECORDS_A_FILE = 250;

export const SERVICES = ['ec2', 's3', 'rds', 'lambda', 'dynamodb', 'sns', 'sqs', 'elasticache'] as const;
type ServiceName = (typeof SERVICES)[number];

interface Made {
  readonly arn: string;
  readonly eventName: string;
  readonly requestParameters?: object;
  readonly responseElements: object | null;
}

/** One resource of each service, as its record and its ARN name it. */
const MAKE: Readonly<Record<ServiceName, (number: number, region: string) => Made>> = {
  ec2: (number, region) => {
    const volumeId = `vol-${number.toString(16).padStart(17, '0')}`;
    const arn = `arn:aws:ec2:${region}:${ACCOUNT}:volume/${volumeId}`;
    return { arn, eventName: 'CreateVolume', responseElements: { volumeId } };
  },
  s3: (number, region) => {
    const bucketName = `bucket-${number}`;
    const requestParameters = { bucketName, CreateBucketConfiguration: { LocationConstraint: region } };
    const arn = `arn:aws:s3:::${bucketName}`;
    return { arn, eventName: 'CreateBucket', requestParameters, responseElements: null };
  },
  rds: byArn('rds', 'CreateDBInstance', 'db:', (dBInstanceArn) => ({ dBInstanceArn })),
  lambda: byArn('lambda', 'CreateFunction20150331', 'function:', (functionArn) => ({ functionArn })),
  dynamodb: byArn('dynamodb', 'CreateTable', 'table/', (tableArn) => ({ tableDescription: { tableArn } })),
  sns: byArn('sns', 'CreateTopic', '', (topicArn) => ({ topicArn })),
  sqs: (number, region) => ({
    arn: `arn:aws:sqs:${region}:${ACCOUNT}:queue-${number}`,
    eventName: 'CreateQueue',
    responseElements: { queueUrl: `https://sqs.${region}.amazonaws.com/${ACCOUNT}/queue-${number}` },
  }),
  elasticache: byArn('elasticache', 'CreateCacheCluster', 'cluster:', (aRN) => ({ aRN })),
};

function byArn(service: string, eventName: string, type: string, elementsOf: (arn: string) => object) {
  return (number: number, region: string): Made => {
    const arn = `arn:aws:${service}:${region}:${ACCOUNT}:${type}${service}-${number}`;
    return { arn, eventName, responseElements: elementsOf(arn) };
  };
}

/** Puts the resources and the log files into the sandbox. Gives each handler the keys of its files. */
export function putLoad(
  sandbox: Sandbox,
  resources: number,
  handlers: number,
  recordsAFile = RECORDS_A_FILE,
): readonly (readonly string[])[] {
  sandbox.putBucket({ name: LOG_BUCKET, account: ACCOUNT, region: HOME_REGION });
  const at = new Date(sandbox.clock.now() - 1_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const records: object[][] = Array.from({ length: handlers }, () => []);
  for (let number = 0; number < resources / SERVICES.length; number++) {
    const region = REGIONS[number % REGIONS.length] as string;
    for (const service of SERVICES) {
      const { arn, ...elements } = MAKE[service](number, region);
      if (service === 's3') sandbox.putBucket({ name: `bucket-${number}`, account: ACCOUNT, region });
      else sandbox.putResource({ arn, account: ACCOUNT, region });
      const user = `person-${number % CREATORS}`;
      records[Math.floor(number / REGIONS.length) % handlers]?.push({
        eventVersion: '1.11',
        eventID: `${service}-${number}`,
        eventTime: at,
        eventSource: `${service}.amazonaws.com`,
        awsRegion: region,
        recipientAccountId: ACCOUNT,
        sourceIPAddress: '192.0.2.7',
        userIdentity: { type: 'IAMUser', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/${user}` },
        ...elements,
      });
    }
  }
  return records.map((own, handler) => putFiles(sandbox, own, handler, recordsAFile));
}

/** `number` tells apart the files of the load. */
export function logKey(number: number): string {
  const name = String(number).padStart(16, '0');
  const stem = `${ACCOUNT}_CloudTrail_${HOME_REGION}_20261126T1000Z_${name}`;
  return `AWSLogs/${ACCOUNT}/CloudTrail/${HOME_REGION}/2026/11/26/${stem}.json.gz`;
}

function putFiles(
  sandbox: Sandbox,
  records: readonly object[],
  handler: number,
  recordsAFile: number,
): readonly string[] {
  const files = Math.ceil(records.length / recordsAFile);
  return Array.from({ length: files }, (_, file) => {
    const key = logKey(handler * 1_000 + file);
    const Records = records.slice(file * recordsAFile, (file + 1) * recordsAFile);
    sandbox.putObject(LOG_BUCKET, key, gzipSync(JSON.stringify({ Records })));
    return key;
  });
}

/** The calls that one resource takes at the least; EC2 takes many in one, and is never the slowest. */
function callsOfOne(): readonly CallRate[] {
  const bucket = apiNamed('s3control:TagResource:bucket');
  const rows = {
    rds: apiNamed('rds:AddTagsToResource'),
    lambda: apiNamed('lambda:TagResource'),
    dynamodb: apiNamed('dynamodb:TagResource'),
    sns: apiNamed('sns:TagResource'),
    sqs: apiNamed('sqs:TagQueue'),
    elasticache: apiNamed('elasticache:AddTagsToResource'),
  };
  return [
    unpublishedRate('S3', 'GetBucketTagging'),
    rateOf(bucket, bucket.write.call),
    ...Object.values(rows).flatMap((api) => [rateOf(api, api.read.call), rateOf(api, api.write.call)]),
  ];
}

export interface Best {
  readonly seconds: number;
  /** The bucket that takes so long. */
  readonly bottleneck: string;
}

/** By the slowest bucket, which all handlers together may empty and use as it refills. */
export function bestOf(resources: number, { share, factor }: PaceSettings): Best {
  const calls = Map.groupBy(callsOfOne(), ({ name }) => name);
  const times = [...calls].map(([name, same]) => {
    const [rate] = same as [CallRate, ...CallRate[]];
    const places = rate.scope === 'account' ? 1 : REGIONS.length;
    const needed = (same.length * resources) / SERVICES.length / places;
    const part = share * factor;
    const seconds = Math.max(0, needed - rate.burst * part) / (rate.perSecond * part);
    return { seconds, bottleneck: `${name}, each ${rate.scope}` };
  });
  return times.reduce((one, other) => (other.seconds > one.seconds ? other : one));
}

/** Calls that customers' own automation makes, one a bucket: service, operation, calls a second that AWS allows. */
const CUSTOMER: readonly (readonly [string, string, number, 'account'?])[] = [
  ['ec2', 'CreateTags', 10],
  ['ec2', 'DescribeTags', 20],
  ['s3', 'GetBucketTagging', 5],
  ['s3-control', 'TagResource', 5],
  ['rds', 'ListTagsForResource', 5],
  ['rds', 'AddTagsToResource', 5],
  ['lambda', 'ListFunctions', 15],
  ['dynamodb', 'TagResource', 5, 'account'],
  ['dynamodb', 'ListTagsOfResource', 10, 'account'],
  ['sns', 'TagResource', 10],
  ['sqs', 'TagQueue', 30, 'account'],
  ['elasticache', 'ListTagsForResource', 5],
  ['elasticache', 'AddTagsToResource', 5],
];

const MAKES_UP_FOR_MS = 200;

/** Somebody who calls all the time at what of the rates is not ours; `stop` tells how often that was, and was throttled. */
export function startCustomer(sandbox: Sandbox, { share, factor }: PaceSettings) {
  const startedAt = performance.now();
  const callers = CUSTOMER.flatMap(([service, operation, perSecond, scope]) =>
    (scope === 'account' ? [HOME_REGION] : REGIONS).map((region) => ({
      call: { service, operation, account: ACCOUNT, region },
      perMs: (perSecond * (1 - share) * factor) / 1_000,
      made: 0,
      leftOut: 0,
    })),
  );
  const throttled: string[] = [];
  const draw = () => {
    for (const caller of callers) {
      const due = Math.floor((performance.now() - startedAt) * caller.perMs) - caller.leftOut;
      // Where the whole process had to wait, the customer had to, too, and does not call all the more now.
      const most = caller.made + Math.max(1, Math.floor(caller.perMs * MAKES_UP_FOR_MS));
      caller.leftOut += Math.max(0, due - most);
      for (; caller.made < Math.min(due, most); caller.made++) {
        const { service, operation, region } = caller.call;
        if (!sandbox.takeToken(caller.call)) throttled.push(`${service} ${operation} ${region}`);
      }
    }
  };
  const timer = setInterval(draw, 5);
  return {
    stop() {
      clearInterval(timer);
      return { calls: callers.reduce((sum, { made }) => sum + made, 0), throttled };
    },
  };
}
