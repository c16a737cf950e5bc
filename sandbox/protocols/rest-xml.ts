/**
 * S3 and S3 Control: REST with XML bodies. An operation's input is the path's labels, the query, the headers and the
 * body; its output says status, headers and body.
 */
import { AwsError } from '../aws-error.ts';
import type { HttpRequest, HttpResponse, Output, Protocol } from '../operation.ts';
import { alphanumeric } from '../random.ts';
import type { Route } from './rest.ts';
import { createRouter } from './rest.ts';
import { type ItemName, writeXml } from './xml.ts';

/** The part of every S3 operation's input that the labels of its path do not give. */
export type RestInput = {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

export type RestOutput = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes as they are, or the root element's name with its content. */
  readonly body?: Buffer | readonly [root: string, content: Readonly<Record<string, unknown>>];
};

export interface RestXmlOptions {
  readonly routes: readonly Route[];
  readonly namespace: string;
  /** The path to route by, where the host name says a part of it. */
  path?(request: HttpRequest): string;
  /** S3 puts `Error` at the root, S3 Control inside `ErrorResponse`. */
  readonly wrapsErrors: boolean;
  /** Names of the items of wrapped lists; without it lists are flat. */
  readonly itemName?: ItemName;
}

/** REST with XML bodies. */
export function restXml({ routes, namespace, path, wrapsErrors, itemName }: RestXmlOptions): Protocol {
  const route = createRouter(routes);
  return {
    read: (request) => {
      const routed = route(request, path?.(request));
      if (!routed)
        throw new AwsError('MethodNotAllowed', 405, `No operation for ${request.method} ${request.path}`);
      const { query, headers, body } = request;
      return { operation: routed.operation, input: { ...routed.labels, query, headers, body } };
    },
    write: (_operation, output: Output | undefined, requestId): HttpResponse => {
      const { status = 200, headers, body }: RestOutput = output ?? {};
      const text = Array.isArray(body)
        ? writeXml(body[0], namespace, body[1], itemName)
        : (body as Buffer | undefined);
      const type = Array.isArray(body) ? { 'content-type': 'application/xml' } : {};
      return {
        status,
        headers: { ...idHeaders(requestId), ...type, ...headers },
        ...(text && { body: text }),
      };
    },
    writeError: (error, requestId) => {
      const fields = { Code: error.code, Message: error.message, ...error.fields };
      const ids = { RequestId: requestId, HostId: alphanumeric(56) };
      return {
        status: error.status,
        headers: { ...idHeaders(requestId), 'content-type': 'application/xml', ...error.headers },
        body: wrapsErrors
          ? writeXml('ErrorResponse', undefined, { Error: fields, ...ids })
          : writeXml('Error', undefined, { ...fields, ...ids }),
      };
    },
  };
}

const idHeaders = (requestId: string): Record<string, string> => ({
  'x-amz-request-id': requestId,
  'x-amz-id-2': alphanumeric(56),
});
