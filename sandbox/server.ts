/**
 * The sandbox's one HTTP server. A request is read, its caller known by the access key, the rules that a test switched
 * on applied, the operation run, the call recorded, the answer written. What came in is kept in `requests`.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from './arn.ts';
import { AwsError } from './aws-error.ts';
import { readRequest, scopeOf, send } from './http.ts';
import { arnOf, type Caller } from './identity.ts';
import type { Call, HttpRequest, HttpResponse, Input, Output, Refusal, Service } from './operation.ts';
import { upperAlphanumeric } from './random.ts';
import type { Denials, FaultEffect, Faults, ObservedCall } from './rules/faults.ts';
import type { ServiceOf } from './services/services.ts';
import type { Trail } from './trail/trail.ts';
import type { World } from './world.ts';

/** A request that reached the sandbox. */
export interface ServedRequest {
  readonly service: string;
  readonly operation: string;
  /** The caller's account; empty where the access key is unknown. */
  readonly account: string;
  /** The region that the request was signed for. */
  readonly region: string;
  readonly host: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** `performance.now()` when the request had arrived. */
  readonly startedAt: number;
  /** The same when it was answered or cut off; absent while in work. */
  endedAt?: number;
  /** Requests in work when this one came in, itself counted. */
  readonly inFlight: number;
  /** The status answered; absent while in work, and where the socket was destroyed instead. */
  status?: number;
  errorCode?: string;
}

export interface Wiring {
  readonly world: World;
  readonly faults: Faults;
  readonly deny: Denials;
  readonly trail: Trail;
  readonly requests: ServedRequest[];
  takeToken(call: ObservedCall): boolean;
  readonly serviceOf: ServiceOf;
}

/** A server that is not listening yet. */
export function createSandboxServer(wiring: Wiring): Server {
  const inWork = new Set<ServedRequest>();
  // No idle timeout: a client that kept its connection would race with it, and see resets that nobody asked for.
  return createServer({ keepAliveTimeout: 0 }, async (message, response) => {
    try {
      const request = await readRequest(message);
      const arrival = arrive(wiring, request);
      const entry = toEntry(arrival, request, inWork.size + 1);
      wiring.requests.push(entry);
      inWork.add(entry);
      const finish = (): void => {
        inWork.delete(entry);
        entry.endedAt ??= performance.now();
      };
      response.once('close', finish);
      await serve(wiring, arrival, entry, finish, response);
    } catch (error) {
      // A request that no service understands. (Where the client went away, nobody hears this.)
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' });
      response.end(String(error));
    }
  });
}

/** A request as its service reads it. */
interface Arrival {
  readonly request: HttpRequest;
  readonly service: Service;
  readonly requestId: string;
  readonly caller: Caller | undefined;
  /** The call; absent where the access key is unknown. */
  readonly call: Call | undefined;
  readonly observed: ObservedCall;
  readonly input: Input;
  readonly unreadable: AwsError | undefined;
}

function arrive({ world, serviceOf }: Wiring, request: HttpRequest): Arrival {
  const { accessKeyId, region, signingName } = scopeOf(request);
  const service = serviceOf(signingName, request);
  const requestId = service.eventSource.startsWith('s3.') ? upperAlphanumeric(16) : randomUUID();
  const caller = world.identities.find(accessKeyId);
  const { operation, input, unreadable } = readOperation(service, request);
  const observed = {
    service: service.name,
    operation,
    account: caller?.identity.account ?? '',
    region,
    accessKeyId,
    input,
  };
  const call = caller && {
    ...observed,
    identity: caller.identity,
    partition: partitionOf(region),
    requestId,
    userAgent: request.headers['user-agent'] ?? '',
    at: world.clock.now(),
  };
  return { request, service, requestId, caller, call, observed, input, unreadable };
}

function readOperation(
  service: Service,
  request: HttpRequest,
): Pick<Arrival, 'input' | 'unreadable'> & { operation: string } {
  try {
    return { ...service.protocol.read(request), unreadable: undefined };
  } catch (error) {
    return { operation: '', input: {}, unreadable: toAwsError(error) };
  }
}

function toEntry({ observed }: Arrival, { host, headers }: HttpRequest, inFlight: number): ServedRequest {
  const { body: _body, headers: _headers, ...input } = observed.input;
  return { ...observed, input, headers, host, startedAt: performance.now(), inFlight };
}

async function serve(
  wiring: Wiring,
  arrival: Arrival,
  entry: ServedRequest,
  finish: () => void,
  response: ServerResponse,
): Promise<void> {
  const effect = wiring.faults.take(arrival.observed);
  if (effect && 'delayMs' in effect && effect.delayMs !== undefined)
    await sleep(effect.delayMs, undefined, { ref: false }); // whoever has gone, and closed the sandbox, waits for nothing
  if (effect && 'stall' in effect) return;
  if (effect && 'reset' in effect && !effect.applied) {
    response.destroy();
    return;
  }
  if (effect && 'answer' in effect) {
    const { status, contentType, body } = effect.answer;
    entry.status = status;
    finish();
    await send(
      response,
      arrival.request,
      { status, headers: { 'content-type': contentType }, body },
      undefined,
    );
    return;
  }
  const outcome = await settle(wiring, arrival, effect);
  record(wiring.trail, arrival, outcome);
  if (effect && 'reset' in effect) {
    response.destroy();
    return;
  }
  const answer = toAnswer(arrival, outcome);
  // All that tests ask about is settled before the client can see the answer.
  entry.status = answer.status;
  if (outcome.error) entry.errorCode = outcome.error.code;
  finish();
  await send(
    response,
    arrival.request,
    answer,
    effect && 'resetAfterBytes' in effect ? effect.resetAfterBytes : undefined,
  );
}

interface Served {
  readonly output?: Output | undefined;
  readonly error?: AwsError;
}

/** The order of refusals is AWS's: who are you, too fast, may you, and only then what the operation itself says. */
async function settle(
  { world, deny, takeToken }: Wiring,
  { service, caller, call, observed, input, unreadable }: Arrival,
  effect: FaultEffect | undefined,
): Promise<Served> {
  try {
    if (effect && 'error' in effect)
      throw new AwsError(effect.error.code, effect.error.status, effect.error.message);
    if (!call || !caller) throw refusal(service.unknownKey);
    if (caller.expiresAt !== undefined && caller.expiresAt <= Date.now()) throw refusal(expired(service));
    if (unreadable) throw unreadable;
    if (!takeToken(observed)) throw refusal(service.throttled);
    const operation = service.operations[call.operation];
    const action = operation?.action?.(input) ?? call.operation;
    if (deny.covers({ ...observed, operation: action })) throw denial(service, call, action);
    if (!operation) {
      throw new AwsError('InvalidAction', 400, `The sandbox does not know ${service.name} ${call.operation}`);
    }
    return { output: await operation.run({ ...call, world }, input) };
  } catch (error) {
    return { error: toAwsError(error) };
  }
}

const refusal = ([code, status, message]: Refusal): AwsError => new AwsError(code, status, message);

const EXPIRED = 'The security token included in the request is expired';

/** AWS query "Common Errors"; Amazon EC2 API Reference, "Error codes"; Amazon S3 API Reference, "Error responses". */
function expired({ unknownKey: [code, status] }: Service): Refusal {
  switch (code) {
    case 'AuthFailure':
      return ['RequestExpired', 400, 'Request has expired.'];
    case 'InvalidAccessKeyId':
      return ['ExpiredToken', 400, 'The provided token has expired.'];
    case 'UnrecognizedClientException':
      return ['ExpiredTokenException', status, EXPIRED];
    default:
      return ['ExpiredToken', status, EXPIRED];
  }
}

/** IAM User Guide, "Troubleshoot access denied error messages". */
function denial({ name, denied: [code, status] }: Service, call: Call, denied: string): AwsError {
  const action = `${name === 's3-control' ? 's3' : name}:${denied}`;
  const who = arnOf(call.identity, call.region);
  const why = `because no identity-based policy allows the ${action} action`;
  return new AwsError(code, status, `User: ${who} is not authorized to perform: ${action} ${why}`);
}

function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError(
    'InternalFailure',
    500,
    `The sandbox failed: ${error instanceof Error ? error.stack : error}`,
  );
}

function record(trail: Trail, { service, caller, call, input }: Arrival, served: Served): void {
  const operation = call && service.operations[call.operation];
  if (caller && call && operation && !operation.dataEvent && !operation.unrecorded) {
    trail.record({ service, operation, call, caller, input, ...served });
  }
}

function toAnswer({ service, observed, requestId }: Arrival, { output, error }: Served): HttpResponse {
  return error
    ? service.protocol.writeError(error, requestId)
    : service.protocol.write(observed.operation, output, requestId);
}
