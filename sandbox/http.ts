/** HTTP at the server's edge: a request read whole, the caller's scope, an answer sent, perhaps cut off. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequest, HttpResponse } from './operation.ts';

/** Reads a request to its end. Throws where the client goes away before. */
export async function readRequest(message: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const [path = '/', query = ''] = (message.url ?? '/').split('?', 2);
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: message.method ?? 'GET',
    host: message.headers.host ?? '',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
}

/** What a signed request's credential says. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name, which S3 and S3 Control share. */
  readonly signingName: string;
}

/** The scope in the Authorization header: `AWS4-HMAC-SHA256 Credential=AKID/date/region/service/aws4_request, …` (SigV4). */
export function scopeOf({ headers }: HttpRequest): Scope {
  const [, accessKeyId = '', region = '', signingName = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  return { accessKeyId, region, signingName };
}

/** Sends an answer; destroys the socket after `cutAfterBytes` of its body, where that is given. */
export async function send(
  response: ServerResponse,
  { method }: HttpRequest,
  { status, headers, body = '' }: HttpResponse,
  cutAfterBytes?: number,
): Promise<void> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(
    status,
    status === 204 ? { ...headers } : { 'content-length': bytes.length, ...headers },
  );
  if (cutAfterBytes === undefined) {
    response.end(method === 'HEAD' ? undefined : bytes);
    return;
  }
  // The bytes must have left before the socket is destroyed, else the client sees none of them.
  response.write(bytes.subarray(0, cutAfterBytes));
  if (response.writableNeedDrain) await once(response, 'drain');
  await new Promise((resolve) => setTimeout(resolve, CUT_DELAY_MS));
  response.destroy();
}

const CUT_DELAY_MS = 5;
