/** A service that only tags, made from its rows: resources are put into the sandbox, never created by a call. */
import { AwsError } from '../aws-error.ts';
import type { Context, HttpRequest, Input, Operation, Output, Protocol, Service } from '../operation.ts';
import { awsJson, restJson } from '../protocols/json.ts';
import { awsQuery, ec2Query } from '../protocols/query.ts';
import { restXml } from '../protocols/rest-xml.ts';
import { writeXml } from '../protocols/xml.ts';
import { addedTags } from '../rules/tag-rules.ts';
import { plainSpelling } from '../services/common.ts';
import type { Resource } from '../world.ts';
import { isAbout } from './about.ts';
import { readCall } from './read-call.ts';
import { rulesOf } from './rules.ts';
import type { TagCall, TaggedService, WireError } from './table.ts';
import { type Said, write } from './template.ts';

/** What the request asked for, beside what it shows in `requests`. */
const ROW = Symbol('row');

interface TagInput extends Input, Said {
  readonly [ROW]: TagCall;
}

/** The service as the server wants it. `requests` and `faults` see the resource, tags and keys that a request names. */
export function taggingService(service: TaggedService): Service {
  const { name, denied, throttled } = service;
  const operations = service.calls.map(({ operation }): [string, Operation] => [operation, OPERATION]);
  return {
    name,
    eventSource: `${service.signingName}.amazonaws.com`,
    eventVersion: '1.11',
    protocol: protocolOf(service),
    operations: Object.fromEntries(operations),
    unknownKey: [
      'UnrecognizedClientException',
      403,
      'The security token included in the request is invalid.',
    ],
    denied: [denied[0], denied[1]],
    throttled: [throttled[0], throttled[1], throttled[2] ?? 'Rate exceeded'],
    spelling: plainSpelling(name),
  };
}

const OPERATION: Operation = { run: (context, input) => run(context, input as TagInput), unrecorded: true };

function run(context: Context, said: TagInput): Output {
  const call = said[ROW];
  const resource = find(context, call, said);
  if (resource === undefined) {
    if (call.finds) return answer(call, context, said, new Map());
    throw refusal(call.notFound, `${said.arn ?? said.id} was not found`);
  }
  if (call.does === 'write') {
    for (const [key, value] of addedTags(rulesOf(call), resource.tags, tagList(said)))
      resource.tags.set(key, value);
  }
  if (call.does === 'remove')
    for (const key of [...said.keys, ...said.tags.keys()]) resource.tags.delete(key);
  return answer(call, context, said, resource.tags);
}

const tagList = ({ tags }: Said) => Array.from(tags, ([Key, Value]) => ({ Key, Value }));

/** The caller's own, in the region that the request is signed for, and of a type that the call is about. */
function find(context: Context, call: TagCall, said: Said): Resource | undefined {
  const { account, region, world } = context;
  if (said.account !== undefined && said.account !== account) {
    throw refusal(call.invalid, `the account is ${said.account}, expected ${account}`);
  }
  if (said.arn !== undefined && !isAbout(call, said.arn)) {
    throw refusal(call.invalid, `${call.operation} is not about ${said.arn}`);
  }
  const { arn, id } = said;
  const known = arn === undefined ? withId(world.resources.values(), call, id) : [world.resources.get(arn)];
  return known.find((each) => each?.account === account && each.region === region && world.isTaggable(each));
}

function withId(resources: Iterable<Resource>, call: TagCall, id: string | undefined): Resource[] {
  return id === undefined
    ? []
    : [...resources].filter((each) => isCalled(each, id) && isAbout(call, each.arn));
}

/** As it was put, else by the end of its ARN. */
function isCalled({ arn, details }: Resource, id: string): boolean {
  const { id: own } = details as { readonly id?: string };
  return own === undefined ? arn.endsWith(id) && '/:'.includes(arn.at(-id.length - 1) ?? ' ') : own === id;
}

function answer(call: TagCall, { account }: Context, said: Said, tags: ReadonlyMap<string, string>): Output {
  const { arn = '', id = '' } = said;
  return { body: call.answer && write(call.answer, { arn, id, account, tags }) };
}

function refusal([code, status, message]: WireError, otherwise: string): AwsError {
  return new AwsError(code, status, message ?? otherwise);
}

function protocolOf(service: TaggedService): Protocol {
  const own = ownProtocol(service);
  return {
    read: (request: HttpRequest) => {
      const { call, said } = readCall(service, request);
      const input: TagInput = { ...said, [ROW]: call };
      return { operation: call.operation, input };
    },
    write: (operation, output, requestId) => {
      const { body } = output ?? {};
      if (body === undefined) return own.write(operation, undefined, requestId);
      const isXml = !service.protocol.includes('json');
      const [[root, content] = ['', {}]] = Object.entries(body as Readonly<Record<string, object>>);
      const text = isXml ? writeXml(root, undefined, { ...content }) : JSON.stringify(body);
      return { ...own.write(operation, undefined, requestId), body: text };
    },
    writeError: own.writeError,
  };
}

function ownProtocol({ protocol, namespace = '' }: TaggedService): Protocol {
  switch (protocol) {
    case 'json1.0':
    case 'json1.1':
      return awsJson({ namespace: 'com.amazonaws', version: protocol === 'json1.1' ? '1.1' : '1.0' });
    case 'rest-json':
      return restJson([]);
    case 'rest-xml':
      return restXml({ routes: [], namespace, wrapsErrors: true });
    case 'query':
      return awsQuery(namespace);
    case 'ec2':
      return ec2Query(namespace);
  }
}
