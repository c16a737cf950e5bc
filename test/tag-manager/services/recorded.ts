/** The recorded requests of fixtures/requests/, and our own requests for the same, as they would go out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { HttpRequest } from '@smithy/types';
import { XMLParser } from 'fast-xml-parser';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import type { ClientConfig } from '../../../tag-manager/calls/clients.ts';

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly scope: string;
  readonly type?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly answer?: RecordedAnswer;
}

export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `write`, `read`, `remove`, and `createdAt` with a resource type. */
export type RecordedCalls = { readonly arn: string } & { readonly [call: string]: RecordedRequest | string };

export interface Recorded {
  readonly account: string;
  readonly id: string;
  readonly queue: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
  readonly apis: readonly {
    readonly api: string;
    readonly regions: Readonly<Record<string, RecordedCalls>>;
  }[];
}

export const RECORDED: Recorded = readFixture('requests.json.gz') as Recorded;

export function readFixture(name: string): unknown {
  const file = join(import.meta.dirname, '../../../fixtures/requests', name);
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
}

export interface RecordingCalls extends Calls {
  /** What would have gone on the wire, signed; taken away by whoever reads it. */
  readonly sent: HttpRequest[];
  /** What the next calls are answered. */
  answer: RecordedAnswer;
}

/** Calls that reach nobody. */
export function recordingCalls(prepare: (client: object) => void = () => {}): RecordingCalls {
  const clients = new Map<unknown, Map<string, unknown>>();
  const recording: RecordingCalls = {
    sent: [],
    answer: { status: 200, headers: {}, body: '' },
    async make({ client, region }, signal, send) {
      const ofClass = clients.get(client) ?? new Map<string, unknown>();
      clients.set(client, ofClass);
      const known = ofClass.get(region) as InstanceType<typeof client> | undefined;
      const made = known ?? new client(configFor(region, recording));
      ofClass.set(region, made);
      if (known === undefined) prepare(made as object);
      return await send(made, { abortSignal: signal });
    },
    slowed: () => [],
    destroy: () => {},
  };
  return recording;
}

export function configFor(region: string, recording: Pick<RecordingCalls, 'sent' | 'answer'>): ClientConfig {
  return {
    region,
    credentials: async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }),
    requestHandler: recordingHandler(recording) as unknown as ClientConfig['requestHandler'],
    maxAttempts: 1,
    retryMode: 'standard',
    useQueueUrlAsEndpoint: false,
    accountIdEndpointMode: 'disabled',
  };
}

/** The SDK's way to its transport. */
function recordingHandler(recording: Pick<RecordingCalls, 'sent' | 'answer'>) {
  return {
    async handle(request: HttpRequest) {
      recording.sent.push(request);
      const { status: statusCode, headers, body } = recording.answer;
      const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      const response = { statusCode, headers: Object.fromEntries(lowerCase), body: Buffer.from(body) };
      return { response: Object.assign(response, { reason: '' }) };
    },
    destroy() {},
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

/** What of a request matters, in one form for both. */
export interface PlainRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly scope: string;
  readonly target: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export function plainRecorded(request: RecordedRequest): PlainRequest {
  const { method, url, scope, target, headers = {}, body = '', type } = request;
  const { host, pathname, searchParams } = new URL(url);
  const query = [...searchParams].map(([name, value]) => `${name}=${value}`).sort();
  return { method, host, path: pathname, query, scope, target, headers, body: plainBody(body, type) };
}

/** Headers of the fixture; others differ from client to client. */
const HEADERS = ['x-amz-account-id', 'x-amz-glacier-version'];

export function plainSent(request: HttpRequest): PlainRequest {
  const { method, hostname, path, headers, query = {}, body } = request;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${name}=${one}`),
  );
  const scope = /Credential=[^/]+\/\d{8}\/([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
  const kept = HEADERS.filter((name) => name in headers).map((name) => [name, headers[name] ?? '']);
  return {
    method,
    host: hostname,
    path,
    query: pairs.sort(),
    scope,
    target: headers['x-amz-target'],
    headers: Object.fromEntries(kept),
    body: plainBody(textOf(body), headers['content-type']),
  };
}

/** The SDK hands bodies on as texts or as bytes. */
export function textOf(body: unknown): string {
  if (typeof body === 'string' || body === undefined) return body ?? '';
  return new TextDecoder().decode(body as Uint8Array);
}

const XML = new XMLParser({ ignoreAttributes: false, ignoreDeclaration: true, parseTagValue: false });

function plainBody(body: string, type = ''): unknown {
  if (body === '') return '';
  if (body.startsWith('<')) return XML.parse(body);
  if (type.startsWith('application/x-www-form-urlencoded')) return [...new URLSearchParams(body)].sort();
  return JSON.parse(body);
}
