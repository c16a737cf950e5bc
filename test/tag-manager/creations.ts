/**
 * Creations for the tests, read by the parser from short records: one kind of event a tagging API, and more of EC2.
 */
import type { Creation } from '../../parser/event/creation.ts';
import type { Deletion } from '../../parser/event/deletion.ts';
import { readEvent } from '../../parser/event/event.ts';
import { partitionOf } from '../../parser/partition.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGION = 'eu-west-1';
export const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;

/** When the events of the tests happened, unless a test says otherwise. */
export const EVENT_TIME = '2026-11-20T10:00:00Z';

/** `minutes` after EVENT_TIME, as CloudTrail writes it. */
export function minutesLater(minutes: number): string {
  const at = new Date(Date.parse(EVENT_TIME) + minutes * 60_000);
  return at.toISOString().replace('.000Z', 'Z');
}

export interface CreationFacts {
  /** What it made on its way is asked for. @default false */
  readonly asksBeside?: boolean;
  /** @default EVENT_TIME */
  readonly at?: string;
  /** User name, or ARN where it begins with `arn:`. @default alice */
  readonly by?: string;
  readonly account?: string;
  readonly region?: string;
  /** Epoch milliseconds, for kinds whose records say it. */
  readonly createdAt?: number;
  /** Tags of the request. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The first eight services; each has a simulation of its own. */
export type Service = 'ec2' | 's3' | 'rds' | 'lambda' | 'dynamodb' | 'sns' | 'sqs' | 'elasticache';

export const API_OF: Readonly<Record<Service, string>> = {
  ec2: 'ec2:CreateTags',
  s3: 's3control:TagResource:bucket',
  rds: 'rds:AddTagsToResource',
  lambda: 'lambda:TagResource',
  dynamodb: 'dynamodb:TagResource',
  sns: 'sns:TagResource',
  sqs: 'sqs:TagQueue',
  elasticache: 'elasticache:AddTagsToResource',
};

interface Place {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

type Elements = Readonly<Record<string, unknown>>;

interface Kind {
  readonly tagger: Service;
  readonly eventSource: string;
  readonly eventName: string;
  /** An id of this kind: the same for the same number. */
  id(number: number): string;
  arn(id: string, place: Place): string;
  /** What the record holds of the ids; most kinds create one resource a call. */
  elements(ids: readonly string[], place: Place, facts: CreationFacts): Elements;
  /** Where the request's tags stand in `requestParameters`. */
  requestTags(tags: readonly KeyAndValue[]): Elements;
}

type KeyAndValue = { readonly key: string; readonly value: string };

const digits = (number: number) => number.toString(16).padStart(17, '0');
const listed = (tags: readonly KeyAndValue[]) => ({ tags });
const mapped = (tags: readonly KeyAndValue[]) => ({
  tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
});

const ec2 = (
  type: string,
  prefix: string,
  eventName: string,
  responseOf: (ids: readonly string[], createdAt: number | undefined) => unknown,
): Kind => ({
  tagger: 'ec2',
  eventSource: 'ec2.amazonaws.com',
  eventName,
  id: (number) => `${prefix}-${digits(number)}`,
  arn: (id, { partition, region, account }) =>
    `arn:${partition}:ec2:${region}:${type === 'snapshot' ? '' : account}:${type}/${id}`,
  elements: (ids, _, { createdAt }) => ({ responseElements: responseOf(ids, createdAt) }),
  requestTags: (tags) => ({ tagSpecificationSet: { items: [{ resourceType: type, tags }] } }),
});

const oneByOne = (
  service: Exclude<Service, 'ec2' | 's3' | 'sqs'>,
  eventName: string,
  resource: (name: string) => string,
  responseOf: (arn: string) => unknown,
  requestTags: Kind['requestTags'] = listed,
): Kind => {
  const arn: Kind['arn'] = (id, { partition, region, account }) =>
    `arn:${partition}:${service}:${region}:${account}:${resource(id)}`;
  return {
    tagger: service,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    id: (number) => `${service}-${number}`,
    arn,
    elements: ([id = ''], place) => ({ responseElements: responseOf(arn(id, place)) }),
    requestTags,
  };
};

export const KINDS = {
  instance: ec2('instance', 'i', 'RunInstances', (ids, launchTime) => ({
    instancesSet: { items: ids.map((instanceId) => ({ instanceId, launchTime })) },
  })),
  volume: ec2('volume', 'vol', 'CreateVolume', ([volumeId], createTime) => ({ volumeId, createTime })),
  snapshot: ec2('snapshot', 'snap', 'CreateSnapshot', ([snapshotId], startTime) => ({
    snapshotId,
    startTime,
  })),
  'security group': ec2('security-group', 'sg', 'CreateSecurityGroup', ([groupId]) => ({ groupId })),
  bucket: {
    tagger: 's3',
    eventSource: 's3.amazonaws.com',
    eventName: 'CreateBucket',
    id: (number) => `bucket-${number}`,
    arn: (id, { partition }) => `arn:${partition}:s3:::${id}`,
    elements: ([bucketName], { region }) => ({
      requestParameters: { bucketName, CreateBucketConfiguration: { LocationConstraint: region } },
      responseElements: null,
    }),
    requestTags: () => ({}),
  },
  database: oneByOne(
    'rds',
    'CreateDBInstance',
    (name) => `db:${name}`,
    (dBInstanceArn) => ({
      dBInstanceArn,
    }),
  ),
  function: oneByOne(
    'lambda',
    'CreateFunction20150331',
    (name) => `function:${name}`,
    (functionArn) => ({ functionArn }),
    mapped,
  ),
  table: oneByOne(
    'dynamodb',
    'CreateTable',
    (name) => `table/${name}`,
    (tableArn) => ({
      tableDescription: { tableArn },
    }),
  ),
  topic: oneByOne(
    'sns',
    'CreateTopic',
    (name) => name,
    (topicArn) => ({ topicArn }),
  ),
  queue: {
    tagger: 'sqs',
    eventSource: 'sqs.amazonaws.com',
    eventName: 'CreateQueue',
    id: (number) => `queue-${number}`,
    arn: (id, { partition, region, account }) => `arn:${partition}:sqs:${region}:${account}:${id}`,
    elements: ([id], { region, account }) => ({
      responseElements: { queueUrl: `https://sqs.${region}.amazonaws.com/${account}/${id}` },
    }),
    requestTags: mapped,
  },
  'cache cluster': oneByOne(
    'elasticache',
    'CreateCacheCluster',
    (name) => `cluster:${name}`,
    (aRN) => ({ aRN }),
  ),
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

/** One kind for each tagging API. */
export const KIND_OF_TAGGER = {
  ec2: 'instance',
  s3: 'bucket',
  rds: 'database',
  lambda: 'function',
  dynamodb: 'table',
  sns: 'topic',
  sqs: 'queue',
  elasticache: 'cache cluster',
} as const satisfies Record<Service, KindName>;

export const TAGGED_KINDS: readonly KindName[] = Object.values(KIND_OF_TAGGER);

export function arnOf(kind: KindName, id: string, { account, region }: CreationFacts = {}): string {
  return KINDS[kind].arn(id, placeOf(account, region));
}

let events = 0;

/** What the parser makes of one call that created these ids. */
export function creationOf(
  kind: KindName,
  ids: string | readonly string[],
  facts: CreationFacts = {},
): Creation {
  const { eventSource, eventName, elements, requestTags }: Kind = KINDS[kind];
  const { at = EVENT_TIME, by = 'alice', tags = {}, asksBeside = false } = facts;
  const place = placeOf(facts.account, facts.region);
  const { requestParameters = {}, responseElements } = elements([ids].flat(), place, facts);
  const keysAndValues = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const { unnamed = [], ...creation } = readOrThrow({
    eventVersion: '1.11',
    eventID: `event-${events++}`,
    eventTime: at,
    eventSource,
    eventName,
    awsRegion: place.region,
    recipientAccountId: place.account,
    sourceIPAddress: '192.0.2.7',
    userIdentity: {
      type: 'IAMUser',
      accountId: place.account,
      arn: by.startsWith('arn:') ? by : `arn:aws:iam::${place.account}:user/${by}`,
    },
    requestParameters: { ...(requestParameters as Elements), ...requestTags(keysAndValues) },
    responseElements,
  });
  return asksBeside ? { ...creation, unnamed } : creation;
}

type Deletable = 'bucket' | 'table' | 'topic' | 'queue' | 'database' | 'function' | 'cache cluster';

const DELETES: Readonly<
  Record<Deletable, readonly [eventName: string, requestOf: (id: string, arn: string) => Elements]>
> = {
  bucket: ['DeleteBucket', (bucketName) => ({ bucketName })],
  table: ['DeleteTable', (tableName) => ({ tableName })],
  topic: ['DeleteTopic', (_, topicArn) => ({ topicArn })],
  queue: ['DeleteQueue', (id) => ({ queueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${id}` })],
  database: ['DeleteDBInstance', (dBInstanceIdentifier) => ({ dBInstanceIdentifier })],
  function: ['DeleteFunction20150331', (functionName) => ({ functionName })],
  'cache cluster': ['DeleteCacheCluster', (cacheClusterId) => ({ cacheClusterId })],
};

/** What the parser makes of the call that deleted it. */
export function deletionOf(kind: Deletable, id: string, at: string): Deletion {
  const [eventName, requestOf] = DELETES[kind];
  const record = {
    ...creationOf(kind, id, { at }).record,
    eventName,
    requestParameters: requestOf(id, arnOf(kind, id)),
    responseElements: null,
  };
  const verdict = readEvent({ index: 0, record }, { origin: 'log', account: undefined });
  if (verdict.kind === 'deletion') return verdict.deletion;
  throw new Error(`the parser made no deletion of a record of a test: ${verdict.kind}`);
}

export function readOrThrow(record: Elements): Creation {
  const verdict = readEvent({ index: 0, record }, { origin: 'log', account: undefined });
  if (verdict.kind === 'creation') return verdict.creation;
  const why = verdict.kind === 'deletion' ? 'it is a deletion' : `${verdict.reason}, ${verdict.detail}`;
  throw new Error(`the parser made no creation of a record of a test: ${why}`);
}

function placeOf(account = ACCOUNT, region = REGION): Place {
  const partition = partitionOf(region);
  if (partition === undefined) throw new Error(`no region: ${region}`);
  return { partition: partition.name, account, region };
}
