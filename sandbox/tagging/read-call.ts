/**
 * Which call of a table a request makes, and what it says. Everything must be as the table has it: method, host, path,
 * query, headers and body. A request that no row fits is refused with what is wrong with it.
 */
import { AwsError } from '../aws-error.ts';
import { scopeOf } from '../http.ts';
import type { HttpRequest } from '../operation.ts';
import { readWrappedForm } from '../protocols/form.ts';
import { readXmlExactly } from '../protocols/xml.ts';
import { isAbout } from './about.ts';
import type { TagCall, TaggedService, WireProtocol } from './table.ts';
import { readBy, type Said } from './template.ts';

export interface CallRead {
  readonly call: TagCall;
  readonly said: Said;
}

/** Throws AwsError. */
export function readCall(service: TaggedService, request: HttpRequest): CallRead {
  const body = readBody(service.protocol, request.body);
  const rows = service.calls.filter((call) => isAsked(service, call, request, body));
  const [first] = rows;
  if (first === undefined) {
    const { method, host, path } = request;
    throw new AwsError(
      'UnknownOperationException',
      404,
      `${service.name} has no such operation: ${method} ${host}${path} ${request.headers['x-amz-target'] ?? ''}`,
    );
  }
  const problems: string[] = [];
  for (const call of rows) {
    const said: Said = { tags: new Map(), keys: [] };
    const problem = problemOf(service, call, request, body, said);
    if (problem === undefined) return { call, said };
    problems.push(problem);
  }
  const { operation, invalid } = first;
  throw new AwsError(invalid[0], invalid[1], `${operation}: ${[...new Set(problems)].join('; or ')}`);
}

/**
 * Which of several services that sign alike a request is for: one that is at its host (at a local address, all are), and
 * of those the first that takes the request and is about its resource.
 */
export function serviceAsked(
  services: readonly TaggedService[],
  request: HttpRequest,
): TaggedService | undefined {
  const [name = ''] = request.host.split(':');
  const atHost = isLocal(name) ? services : services.filter((service) => isAt(service, name));
  return atHost.find((service) => atHost.length === 1 || fits(service, request)) ?? atHost[0] ?? services[0];
}

function isAt({ hosts }: TaggedService, name: string): boolean {
  return Object.values(hosts).some(([host]) => name === host || name.endsWith(`.${host}`));
}

function fits(service: TaggedService, request: HttpRequest): boolean {
  try {
    const { call, said } = readCall(service, request);
    return said.arn === undefined || isAbout(call, said.arn);
  } catch {
    return false;
  }
}

/** A body as its protocol has it; undefined where there is none. Throws AwsError. */
export function readBody(protocol: WireProtocol, bytes: Buffer): unknown {
  const text = bytes.toString();
  if (text === '') return undefined;
  try {
    if (protocol === 'query' || protocol === 'ec2') return readWrappedForm(new URLSearchParams(text));
    return protocol === 'rest-xml' ? readXmlExactly(text) : JSON.parse(text);
  } catch (error) {
    throw new AwsError('SerializationException', 400, `The body cannot be read: ${String(error)}`);
  }
}

/** Whether it is this operation that is asked for, in whatever way. */
function isAsked({ protocol }: TaggedService, call: TagCall, request: HttpRequest, body: unknown): boolean {
  if (request.method !== call.method) return false;
  if (protocol.startsWith('json')) return request.headers['x-amz-target'] === call.headers['x-amz-target'];
  if (protocol === 'query' || protocol === 'ec2') return Object(body).Action === call.operation;
  return readPath(call.path, request.path, { tags: new Map(), keys: [] }) === undefined;
}

/** What bodies of a protocol are sent as (Smithy's specifications of the protocols). */
const CONTENT_TYPES: Readonly<Record<WireProtocol, string>> = {
  ec2: 'application/x-www-form-urlencoded',
  'json1.0': 'application/x-amz-json-1.0',
  'json1.1': 'application/x-amz-json-1.1',
  query: 'application/x-www-form-urlencoded',
  'rest-json': 'application/json',
  'rest-xml': 'application/xml',
};

function problemOf(
  service: TaggedService,
  call: TagCall,
  request: HttpRequest,
  body: unknown,
  said: Said,
): string | undefined {
  return (
    hostProblem(service, call, request) ??
    readPath(call.path, request.path, said) ??
    readBy(call.query, queryOf(request), said) ??
    readBy(call.headers, headersOf(call, request), said, 'headers') ??
    typeProblem(service, call, request) ??
    (call.body === undefined ? bodyProblem(service, body) : readBy(call.body, body, said, 'body'))
  );
}

/** Where there is nothing to say, JSON protocols say `{}`. */
function bodyProblem({ protocol }: TaggedService, body: unknown): string | undefined {
  const isEmpty = body === undefined || (protocol.includes('json') && JSON.stringify(body) === '{}');
  return isEmpty ? undefined : `body is ${JSON.stringify(body)}, expected none`;
}

function hostProblem(
  { hosts }: TaggedService,
  { hostPrefix }: TagCall,
  request: HttpRequest,
): string | undefined {
  const [name = ''] = request.host.split(':');
  const { region } = scopeOf(request);
  if (isLocal(name)) {
    return name.startsWith(hostPrefix)
      ? undefined
      : `host is ${name}, expected it to begin with ${hostPrefix}`;
  }
  const expected = Object.values(hosts).find(([host]) => name === `${hostPrefix}${host}`);
  if (expected === undefined) return `host is ${name}, expected ${hostPrefix}${hosts[region]?.[0] ?? '…'}`;
  const signed = Object.values(hosts).some(
    ([host, signing]) => name === `${hostPrefix}${host}` && signing === region,
  );
  return signed ? undefined : `signed for ${region}, expected ${expected[1]}`;
}

/** Names of AWS_ENDPOINT_URL, at which one server stands for all. */
export function isLocal(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^[\d.]+$/.test(host);
}

function readPath(template: string, path: string, said: Said): string | undefined {
  const wanted = template.split('/');
  const found = path.split('/');
  // A name at the end takes all that is left: slashes in an ARN are sent as they are by some clients.
  if (wanted.at(-1)?.startsWith('$')) found.push(found.splice(wanted.length - 1).join('/'));
  if (wanted.length !== found.length) return `path is ${path}, expected ${template}`;
  for (const [at, segment] of wanted.entries()) {
    const text = found[at] ?? '';
    const problem = segment.startsWith('$')
      ? readBy(segment, decodeURIComponent(text), said, 'path')
      : decodeURIComponent(segment) !== decodeURIComponent(text);
    if (problem) return typeof problem === 'string' ? problem : `path is ${path}, expected ${template}`;
  }
  return undefined;
}

/** A parameter that comes more than once is a list. */
function queryOf({ query }: HttpRequest): Readonly<Record<string, string | readonly string[]>> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

/** Others are the client's affair. */
function headersOf(call: TagCall, { headers }: HttpRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => Object.hasOwn(call.headers, name)));
}

function typeProblem({ protocol }: TaggedService, call: TagCall, request: HttpRequest): string | undefined {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (call.body === undefined || type === CONTENT_TYPES[protocol]) return undefined;
  return `content-type is ${type}, expected ${CONTENT_TYPES[protocol]}`;
}
