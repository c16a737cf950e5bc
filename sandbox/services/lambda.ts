/** Lambda: functions and their tags, which lie on the function, never on a version or an alias of it. */
import { parseArn } from '../arn.ts';
import { AwsError } from '../aws-error.ts';
import type { Context, Input, Output, Service, TrailRow } from '../operation.ts';
import { restJson } from '../protocols/json.ts';
import { hex } from '../random.ts';
import { TAG_RULES, type Tag } from '../rules/tag-rules.ts';
import { lowerFirst } from '../trail/spelling.ts';
import type { Resource } from '../world.ts';
import {
  tagResource as addTags,
  newTags,
  openForTagging,
  ownResource,
  ownResources,
  plainSpelling,
} from './common.ts';

const FUNCTIONS = '/2015-03-31/functions';
const FUNCTION = '/2015-03-31/functions/{FunctionName}';
const CONCURRENCY = '/2019-09-30/functions/{FunctionName}/concurrency';
const MAPPINGS = '/2015-03-31/event-source-mappings';
const TAGS = '/2017-03-31/tags/{Resource}';

/** Records name the API's version after the action, and some a revision after that. */
const named = (eventName: string): TrailRow => ({ eventName });

/** Neither code nor environment variables are written to records. */
const discreet = ({ Code, Environment, ...others }: Input): Input => {
  const { ZipFile: _, ...code } = (Code ?? {}) as Input;
  return {
    ...others,
    ...(Code !== undefined && { Code: code }),
    ...(Environment !== undefined && { Environment: {} }),
  };
};

export const lambda: Service = {
  name: 'lambda',
  eventSource: 'lambda.amazonaws.com',
  eventVersion: '1.11',
  protocol: restJson(
    [
      { method: 'POST', path: FUNCTIONS, operation: 'CreateFunction' },
      { method: 'GET', path: FUNCTION, operation: 'GetFunction' },
      { method: 'GET', path: `${FUNCTION}/configuration`, operation: 'GetFunctionConfiguration' },
      { method: 'GET', path: `${FUNCTION}/policy`, operation: 'GetPolicy' },
      { method: 'GET', path: CONCURRENCY, operation: 'GetFunctionConcurrency' },
      { method: 'GET', path: MAPPINGS, operation: 'ListEventSourceMappings' },
      { method: 'DELETE', path: FUNCTION, operation: 'DeleteFunction' },
      { method: 'POST', path: TAGS, operation: 'TagResource' },
      { method: 'DELETE', path: TAGS, operation: 'UntagResource' },
      { method: 'GET', path: TAGS, operation: 'ListTags' },
    ],
    { CreateFunction: 201, DeleteFunction: 204, TagResource: 204, UntagResource: 204 },
  ),
  unknownKey: ['UnrecognizedClientException', 403, 'The security token included in the request is invalid.'],
  denied: ['AccessDeniedException', 403],
  throttled: ['TooManyRequestsException', 429, 'Rate exceeded'],
  spelling: plainSpelling('lambda'),
  operations: {
    CreateFunction: {
      run: createFunction,
      trail: {
        eventName: 'CreateFunction20150331',
        request: (input) => lowerFirst(discreet(input)),
        response: (output) => lowerFirst(discreet(output)),
      },
    },
    GetFunction: { run: getFunction, trail: named('GetFunction20150331v2') },
    DeleteFunction: { run: deleteFunction, trail: named('DeleteFunction20150331') },
    TagResource: { run: tagResource, trail: named('TagResource20170331v2') },
    UntagResource: { run: untagResource, trail: named('UntagResource20170331v2') },
    GetFunctionConfiguration: { run: getFunctionConfiguration, unrecorded: true },
    GetFunctionConcurrency: { run: getFunctionConcurrency, unrecorded: true },
    GetPolicy: { run: getPolicy, unrecorded: true },
    ListEventSourceMappings: { run: listEventSourceMappings, unrecorded: true },
    ListTags: { run: listTags, trail: named('ListTags20170331') },
  },
};

interface Configuration {
  readonly [member: string]: unknown;
}

type TagMap = Readonly<Record<string, string>>;

const toTags = (tags: TagMap = {}): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function createFunction(context: Context, input: Input & { FunctionName?: string; Tags?: TagMap }): Output {
  const { FunctionName: name = '', Tags, Code: _code, Publish: _publish, ...settings } = input;
  const arn = functionArn(context, name);
  if (ownResource(context, arn))
    throw new AwsError('ResourceConflictException', 409, `Function already exist: ${name}`);
  const { account, region, world } = context;
  const details: Configuration = {
    FunctionName: name,
    FunctionArn: arn,
    ...settings,
    CodeSize: 289,
    CodeSha256: Buffer.from(hex(32)).toString('base64'),
    Timeout: settings.Timeout ?? 3,
    MemorySize: settings.MemorySize ?? 128,
    LastModified: new Date(world.clock.now()).toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    RevisionId: hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    RuntimeVersionConfig: {
      RuntimeVersionArn: `arn:${context.partition}:lambda:${region}::runtime:${hex(64)}`,
    },
  };
  world.add<Configuration>({ arn, account, region, tags: newTags(TAG_RULES.lambda, toTags(Tags)), details });
  return details;
}

function getFunction(context: Context, { FunctionName = '' }: { FunctionName?: string }): Output {
  const { details, tags } = open(context, functionArn(context, FunctionName));
  return {
    Configuration: { ...details, State: 'Active', StateReason: undefined, StateReasonCode: undefined },
    ...(tags.size > 0 && { Tags: Object.fromEntries(tags) }),
  };
}

/** Beside what CreateFunction takes, a function that was put may have its reserved concurrency and its policy. */
function getFunctionConfiguration(
  context: Context,
  { FunctionName = '' }: { FunctionName?: string },
): Output {
  const {
    Concurrency: _,
    Policy: __,
    ...configuration
  } = open(context, functionArn(context, FunctionName)).details;
  return { ...configuration, State: 'Active', StateReason: undefined, StateReasonCode: undefined };
}

function getFunctionConcurrency(context: Context, { FunctionName = '' }: { FunctionName?: string }): Output {
  const { Concurrency = {} } = open(context, functionArn(context, FunctionName)).details;
  return Concurrency as Output;
}

function getPolicy(context: Context, { FunctionName = '' }: { FunctionName?: string }): Output {
  const arn = functionArn(context, FunctionName);
  const { Policy } = open(context, arn).details;
  if (Policy === undefined) {
    throw new AwsError('ResourceNotFoundException', 404, 'The resource you requested does not exist.');
  }
  return { Policy };
}

/** lambda/latest/api/API_ListEventSourceMappings: of all functions; those that were put, in one page. */
function listEventSourceMappings(context: Context): Output {
  const mappings = ownResources<Configuration>(context, 'lambda', 'event-source-mapping');
  return { EventSourceMappings: mappings.map(({ name, details }) => ({ UUID: name, ...details })) };
}

function deleteFunction(context: Context, { FunctionName = '' }: { FunctionName?: string }): undefined {
  context.world.remove(open(context, functionArn(context, FunctionName)).arn);
}

function tagResource(
  context: Context,
  { Resource = '', Tags }: { Resource?: string; Tags?: TagMap },
): undefined {
  addTags(TAG_RULES.lambda, openTags(context, Resource), toTags(Tags));
}

function untagResource(
  context: Context,
  { Resource = '', TagKeys = [] }: { Resource?: string; TagKeys?: readonly string[] },
): undefined {
  const { tags } = openTags(context, Resource);
  for (const key of TagKeys) tags.delete(key);
}

function listTags(context: Context, { Resource = '' }: { Resource?: string }): Output {
  return { Tags: Object.fromEntries(openTags(context, Resource).tags) };
}

/** Takes a name, a partial ARN or an ARN, as Lambda does. */
function functionArn({ partition, region, account }: Context, nameOrArn: string): string {
  const name = nameOrArn.split(':').at(-1);
  return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}

function open(context: Context, arn: string): Resource<Configuration> {
  const resource = ownResource<Configuration>(context, arn);
  if (!resource) throw notFound(arn);
  return resource;
}

const notFound = (arn: string): AwsError =>
  new AwsError('ResourceNotFoundException', 404, `Function not found: ${arn}`, { fields: { Type: 'User' } });

/**
 * lambda/latest/api/API_TagResource: ResourceConflictException while another operation on the function is in progress.
 */
function openTags(context: Context, arn: string): Resource<Configuration> {
  if (parseArn(arn)?.service !== 'lambda') {
    throw new AwsError('InvalidParameterValueException', 400, `The resource ARN is not valid: ${arn}`);
  }
  return openForTagging<Configuration>(
    context,
    arn,
    () => notFound(arn),
    () => {
      const message = `The operation cannot be performed at this time. The function is currently in the following state: Pending`;
      return new AwsError('ResourceConflictException', 409, message);
    },
  );
}
