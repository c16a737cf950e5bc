/** What IAM is asked when a request comes to the sandbox: the action, the ARN, whose it is, and the keys of the tags. */
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { ObservedCall } from '../../sandbox/sandbox.ts';
import type { Api } from '../../tag-manager/apis/api.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { ACCOUNT } from '../helpers/events.ts';
import type { Case } from '../helpers/row-cases.ts';
import { serviceOfApi } from '../helpers/tagging-table.ts';

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

/** Of a request of tagging; throws where it is about nothing that we know. */
export function askedOfTagging(request: ObservedCall, find: Find): readonly Asked[] {
  const { operation, input, account } = request;
  const service = request.service.replace('s3-control', 's3control'); // as the names of the APIs have it
  const { action, api } = actionOf(service, operation);
  const keys = tagKeysIn(input);
  const context = keys.length === 0 ? {} : { 'aws:TagKeys': keys };
  const unscoped = api.actions.unscoped?.includes(action);
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

let byCall: ReadonlyMap<string, { readonly action: string; readonly api: Api }> | undefined;

function actionOf(service: string, operation: string) {
  byCall ??= new Map(
    APIS.flatMap((api) => {
      const { actions, write, read, remove, createdAt, members } = api;
      const rest = [...Object.values(createdAt), ...Object.values(members)];
      const calls: (readonly [string, string])[] = [
        [remove.call, actions.remove],
        [read.call, actions.read],
        [write.call, actions.write],
        ...rest.map(({ call, action }) => [call, action] as const),
      ];
      return calls.map(([call, action]) => [`${serviceOfApi(api.name)} ${call}`, { action, api }] as const);
    }),
  );
  const name = `${service} ${operation}`;
  const other = OTHER_ACTIONS[name];
  const known =
    other === undefined ? byCall.get(name) : { action: other, api: apiNamed('s3control:TagResource:bucket') };
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

/** Requests of the program that are about itself: what they ask, by the API references of their services. */
export function askedOfOwn({ service, operation, input, region }: ObservedCall): Asked | undefined {
  const queue = (url: unknown) => `arn:aws:sqs:${region}:${ACCOUNT}:${String(url).split('/').at(-1)}`;
  const text = (name: string) => String(input[name] ?? '');
  const table = `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${text('TableName')}`;
  const own = (action: string, resource: string, context = {}): Asked => ({
    action,
    resource,
    account: ACCOUNT,
    context,
  });
  const query = input.query instanceof URLSearchParams ? input.query : new URLSearchParams();
  switch (`${service} ${operation}`) {
    case 's3 GetObject': {
      const isVersion = query.has('versionId');
      return own(
        isVersion ? 's3:GetObjectVersion' : 's3:GetObject',
        `arn:aws:s3:::${text('Bucket')}/${text('Key')}`,
      );
    }
    case 's3 ListObjectsV2':
      return own('s3:ListBucket', `arn:aws:s3:::${text('Bucket')}`, {
        's3:prefix': query.get('prefix') ?? '',
      });
    case 'sqs SendMessageBatch':
      return own('sqs:SendMessage', queue(input.QueueUrl));
    case 'sqs ChangeMessageVisibilityBatch':
      return own('sqs:ChangeMessageVisibility', queue(input.QueueUrl));
    case 'sqs GetQueueAttributes':
      return /\/(retry|failure)$/.test(text('QueueUrl'))
        ? own(`sqs:${operation}`, queue(input.QueueUrl))
        : undefined;
    case 'sqs ReceiveMessage':
    case 'sqs DeleteMessage':
      return own(`sqs:${operation}`, queue(input.QueueUrl));
    case 'dynamodb GetItem':
    case 'dynamodb PutItem':
    case 'dynamodb Query':
    case 'dynamodb UpdateItem':
      return own(`dynamodb:${operation}`, table);
    case 'sts AssumeRole':
      return {
        ...own('sts:AssumeRole', text('RoleArn'), { 'aws:ResourceOrgID': ORGANIZATION }),
        account: text('RoleArn').split(':')[4] ?? '',
      };
    default:
      return undefined;
  }
}

export const ORGANIZATION = 'o-a1b2c3d4e5';
