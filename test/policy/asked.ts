/** What IAM is asked when a request comes to the sandbox: the action, the ARN, whose it is, and the keys of the tags. */
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { ObservedCall } from '../../sandbox/sandbox.ts';
import type { Api } from '../../tag-manager/apis/api.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { LAUNCH_ROWS } from '../../tag-manager/launch/rows.ts';
import { ACCOUNT } from '../helpers/events.ts';
import type { Case } from '../helpers/row-cases.ts';
import { serviceOfApi } from '../helpers/tagging-table.ts';
import { ORGANIZATION } from '../infra/deployments.ts';

export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly account: string;
  readonly context: Readonly<Record<string, string | string[]>>;
}

type Find = (service: string, name: string) => Pick<Case, 'arn' | 'row'> | undefined;

/** Cases by their ARNs and by what tag calls name them by. */
export function finder(cases: readonly Case[]): Find {
  const known = new Map<string, Case>();
  for (const each of cases) {
    known.set(each.arn, each);
    known.set(`${serviceOfApi(each.row.api)} ${each.tagId}`, each);
    if (each.row.api.startsWith('s3control')) known.set(`s3 ${each.tagId}`, each);
  }
  return (service, name) => known.get(name) ?? known.get(`${service} ${name}`);
}

/** Some calls add tags and take them away, by an action each. */
export type Purpose = 'to-add' | 'to-take-away';

/** Of a request of tagging; throws where it is about nothing that we know. */
export function askedOfTagging(request: ObservedCall, find: Find, purpose: Purpose): readonly Asked[] {
  const { operation, input, account } = request;
  const service = request.service.replace('s3-control', 's3control'); // as the names of the APIs have it
  const { action, api } = actionOf(service, operation, purpose);
  const keys = tagKeysIn(input);
  const context = keys.length === 0 ? {} : { 'aws:TagKeys': keys };
  const unscoped = api.actions.unscoped?.includes(action) || LAUNCH_ACTIONS.has(action);
  if (unscoped) return [{ action, resource: '*', account, context }];
  const found = [...new Set(textsIn(input))].flatMap((text) => {
    const named = find(service, text) ?? find(service, text.split('/').at(-1) ?? '');
    return named?.arn ?? [];
  });
  if (found.length === 0)
    throw new Error(`${service} ${operation} is about nothing: ${JSON.stringify(input)}`);
  return [...new Set(found)].map((arn) => ({
    action,
    resource: api.authorizedAs === undefined ? arn : tagsOfArn(api.authorizedAs, arn),
    account,
    context,
  }));
}

function tagsOfArn(form: string, arn: string): string {
  const [, partition = '', , region = ''] = arn.split(':');
  return form
    .replace('{Partition}', partition)
    .replace('{Region}', region)
    .replace('*', encodeURIComponent(arn));
}

/** IAM cannot limit them to resources (service authorization reference). */
const LAUNCH_ACTIONS: ReadonlySet<string> = new Set(LAUNCH_ROWS.map(({ action }) => action));

/** Longest names first: of two APIs of one call the plain one counts, as buckets are read by a call of their own. */
const APIS = [...new Set(catalogue().map(({ api }) => api))]
  .sort((a, b) => b.length - a.length)
  .map(apiNamed);

/** Calls that the taggers make beside those of the rows, by the API reference of S3. */
const OTHER_ACTIONS: Readonly<Record<string, string>> = {
  's3 GetBucketTagging': 's3:GetBucketTagging',
  's3 PutBucketTagging': 's3:PutBucketTagging',
  's3 ListBuckets': 's3:ListAllMyBuckets',
};

const byCall = { 'to-add': actionsByCall('to-add'), 'to-take-away': actionsByCall('to-take-away') };

function actionsByCall(
  purpose: Purpose,
): ReadonlyMap<string, { readonly action: string; readonly api: Api }> {
  return new Map(
    APIS.flatMap((api) => {
      const { actions, write, read, remove, createdAt, members } = api;
      const launch = LAUNCH_ROWS.filter((row) => row.api === api.name);
      const rest = [...Object.values(createdAt), ...Object.values(members), ...launch];
      const changes: (readonly [string, string])[] = [
        [remove.call, actions.remove],
        [write.call, actions.write],
      ];
      const calls = [
        ...(purpose === 'to-add' ? changes : changes.reverse()),
        [read.call, actions.read] as const,
        ...rest.map(({ call, action }) => [call, action] as const),
      ];
      return calls.map(([call, action]) => [`${serviceOfApi(api.name)} ${call}`, { action, api }] as const);
    }),
  );
}

function actionOf(service: string, operation: string, purpose: Purpose) {
  const name = `${service} ${operation}`;
  const other = OTHER_ACTIONS[name];
  const known =
    other === undefined
      ? byCall[purpose].get(name)
      : { action: other, api: apiNamed('s3control:TagResource:bucket') };
  if (known === undefined) throw new Error(`nobody knows which action ${name} takes`);
  return known;
}

/** Everything in a request that can name something. */
function textsIn(value: unknown): readonly string[] {
  if (value instanceof Uint8Array) return [];
  if (typeof value === 'string') return [value];
  if (value instanceof URLSearchParams) return [...value.values()];
  if (value instanceof Map) return [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** In lists of pairs, in maps called tags, in lists of keys. */
function tagKeysIn(value: unknown, name = ''): string[] {
  const isOfTags = /^(tags?|tagstoadd|tag_?keys|keys)$/i.test(name);
  if (value instanceof Map) return isOfTags ? [...value.keys()] : [];
  if (value instanceof URLSearchParams) return value.getAll('tagKeys');
  if (value instanceof Uint8Array) return keysInXml(Buffer.from(value).toString());
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    return value.flatMap((each) => (isOfTags && typeof each === 'string' ? [each] : tagKeysIn(each, name)));
  }
  const pair = value as Readonly<Record<string, unknown>>;
  if (typeof pair.Key === 'string' && isOfTags) return [pair.Key];
  const entries = Object.entries(pair);
  if (isOfTags && entries.length > 0 && entries.every(([, each]) => typeof each === 'string'))
    return Object.keys(pair);
  return entries.flatMap(([key, each]) => tagKeysIn(each, key));
}

/** S3 Control has its tags in the body. */
function keysInXml(text: string): string[] {
  return [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
}

/** What of the program's own is encrypted with keys, and what it is told. */
export interface OwnKeys {
  readonly logs: string | undefined;
  readonly queues: string | undefined;
  readonly topic: string | undefined;
  readonly settings: string | undefined;
  readonly archive: string | undefined;
}

/** Requests of the program that are about itself: what they ask, by the API references of their services. */
export function askedOfOwn(request: ObservedCall): Asked | undefined {
  const { service, operation, input, region } = request;
  const text = (name: string) => String(input[name] ?? '');
  const here = (kind: string, name: string) => `arn:aws:${kind}:${region}:${ACCOUNT}:${name}`;
  const own = (action: string, resource: string, context = {}): Asked => ({
    action,
    resource,
    account: ACCOUNT,
    context,
  });
  const query = input.query instanceof URLSearchParams ? input.query : new URLSearchParams();
  switch (service) {
    case 's3': {
      const object = `arn:aws:s3:::${text('Bucket')}/${text('Key')}`;
      const prefix = { 's3:prefix': query.get('prefix') ?? '' };
      if (operation === 'GetObject')
        return own(query.has('versionId') ? 's3:GetObjectVersion' : 's3:GetObject', object);
      if (PUTTING.has(operation)) return own('s3:PutObject', object);
      if (operation === 'AbortMultipartUpload') return own('s3:AbortMultipartUpload', object);
      if (operation === 'ListObjectsV2')
        return own('s3:ListBucket', `arn:aws:s3:::${text('Bucket')}`, prefix);
      return undefined;
    }
    case 'sqs': {
      const action = OF_QUEUES[operation];
      const queue = here('sqs', text('QueueUrl').split('/').at(-1) ?? '');
      return action === undefined ? undefined : own(action, queue);
    }
    case 'dynamodb':
      return OF_TABLE.has(operation)
        ? own(`dynamodb:${operation}`, here('dynamodb', `table/${text('TableName')}`))
        : undefined;
    case 'sns':
      return operation === 'Publish' ? own('sns:Publish', text('TopicArn')) : undefined;
    case 'ssm':
      return operation === 'GetParameter'
        ? own('ssm:GetParameter', here('ssm', `parameter/${text('Name').replace(/^\//, '')}`))
        : undefined;
    case 'sts': {
      if (operation !== 'AssumeRole') return undefined;
      const role = text('RoleArn');
      const externalId = text('ExternalId');
      return {
        action: 'sts:AssumeRole',
        resource: role,
        account: role.split(':')[4] ?? '',
        context: {
          'aws:ResourceOrgID': ORGANIZATION,
          ...(externalId !== '' && { 'sts:ExternalId': externalId }),
        },
      };
    }
    default:
      return undefined;
  }
}

/** Amazon S3 User Guide, "Multipart upload API and permissions". */
const PUTTING: ReadonlySet<string> = new Set([
  'PutObject',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
]);

/** Of calls in batches there are no actions (Amazon SQS API reference, "API permissions"). */
const OF_QUEUES: Readonly<Record<string, string>> = {
  SendMessageBatch: 'sqs:SendMessage',
  ChangeMessageVisibilityBatch: 'sqs:ChangeMessageVisibility',
  ReceiveMessage: 'sqs:ReceiveMessage',
  DeleteMessage: 'sqs:DeleteMessage',
  GetQueueAttributes: 'sqs:GetQueueAttributes',
};
const OF_TABLE: ReadonlySet<string> = new Set(['GetItem', 'PutItem', 'Query', 'UpdateItem', 'DeleteItem']);

/**
 * What the service asks of KMS in the name of whoever calls it, where that is encrypted with a key: Amazon S3 User Guide, "Using
 * server-side encryption with AWS KMS keys"; Systems Manager User Guide, "AWS KMS encryption for SecureString parameters"; the
 * developer guides of SQS and SNS, "Key management".
 */
export function askedOfKeys(
  { action, resource, account }: Asked,
  { logs, queues, topic, settings, archive }: OwnKeys,
  suffix = 'amazonaws.com',
): readonly Asked[] {
  const [service = '', verb = ''] = action.split(':');
  const [, , , region = ''] = resource.split(':');
  const use = (key: string | undefined, actions: readonly string[], bound: string): readonly Asked[] =>
    key === undefined
      ? []
      : actions.map((name) => ({
          action: `kms:${name}`,
          resource: key,
          account,
          context: {
            'kms:ViaService': `${service}.${region || key.split(':')[3]}.${suffix}`,
            [`kms:EncryptionContext:${bound}`]: resource,
          },
        }));
  const send = ['GenerateDataKey', 'Decrypt'];
  if (service === 's3' && verb.startsWith('GetObject') && !resource.includes('/runs/'))
    return use(resource.includes('/AWSLogs/') ? logs : settings, ['Decrypt'], 'aws:s3:arn');
  if (action === 's3:PutObject' && !resource.includes('/runs/')) return use(archive, send, 'aws:s3:arn');
  if (action === 'ssm:GetParameter') return use(settings, ['Decrypt'], 'PARAMETER_ARN');
  if (action === 'sns:Publish') return use(topic, send, 'aws:sns:topicArn');
  if (action === 'sqs:SendMessage') return use(queues, send, 'aws:sqs:arn');
  if (action === 'sqs:ReceiveMessage') return use(queues, ['Decrypt'], 'aws:sqs:arn');
  return [];
}
