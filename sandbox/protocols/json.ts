/**
 * JSON protocols: awsJson (DynamoDB, SQS: the operation is in a header) and REST JSON (Lambda: it is in the path).
 */
import { AwsError } from '../aws-error.ts';
import type { HttpRequest, Input, Protocol } from '../operation.ts';
import { createRouter, type Route } from './rest.ts';

export interface AwsJsonOptions {
  /** The namespace of the service's error types. */
  readonly namespace: string;
  /** Codes of the older query protocol, which SQS still sends in a header (its SDK client's schema, `awsQueryError`). */
  readonly queryCodes?: Readonly<Record<string, string>>;
  /** @default '1.0' */
  readonly version?: '1.0' | '1.1';
}

/** awsJson1.0 or 1.1. With `queryCodes` errors also carry the header `x-amzn-query-error`. */
export function awsJson({ namespace, queryCodes, version = '1.0' }: AwsJsonOptions): Protocol {
  const headersOf = (requestId: string) => ({
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': requestId,
  });
  return {
    read: (request) => {
      const operation = request.headers['x-amz-target']?.split('.').at(-1);
      if (!operation) throw new AwsError('UnknownOperationException', 400, 'The request names no operation');
      return { operation, input: readJson(request) };
    },
    write: (_operation, output, requestId) => ({
      status: 200,
      headers: headersOf(requestId),
      body: writeJson(output ?? {}),
    }),
    writeError: (error, requestId) => ({
      status: error.status,
      headers: {
        ...headersOf(requestId),
        ...(queryCodes && {
          'x-amzn-query-error': `${queryCodes[error.code] ?? error.code};${error.status < 500 ? 'Sender' : 'Receiver'}`,
        }),
        ...error.headers,
      },
      body: JSON.stringify({ __type: `${namespace}#${error.code}`, message: error.message, ...error.fields }),
    }),
  };
}

/** REST JSON. An operation's input is the path's labels and the fields of the body. */
export function restJson(
  routes: readonly Route[],
  statuses: Readonly<Record<string, number>> = {},
): Protocol {
  const route = createRouter(routes);
  const headersOf = (requestId: string) => ({
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
  });
  return {
    read: (request) => {
      const routed = route(request);
      if (!routed) {
        throw new AwsError(
          'UnknownOperationException',
          404,
          `No operation for ${request.method} ${request.path}`,
        );
      }
      const keys = request.query.getAll('tagKeys');
      const fromQuery = keys.length > 0 ? { TagKeys: keys } : {};
      return { operation: routed.operation, input: { ...routed.labels, ...fromQuery, ...readJson(request) } };
    },
    write: (operation, output, requestId) => ({
      status: statuses[operation] ?? 200,
      headers: headersOf(requestId),
      ...(output && { body: writeJson(output) }),
    }),
    writeError: (error, requestId) => ({
      status: error.status,
      headers: { ...headersOf(requestId), 'x-amzn-errortype': error.code, ...error.headers },
      body: JSON.stringify({
        Type: error.status < 500 ? 'User' : 'Service',
        message: error.message,
        ...error.fields,
      }),
    }),
  };
}

function readJson(request: HttpRequest): Input {
  if (request.body.length === 0) return {};
  try {
    return JSON.parse(request.body.toString()) as Input;
  } catch (cause) {
    throw new AwsError('SerializationException', 400, `The body is not JSON: ${String(cause)}`);
  }
}

/** Timestamps are seconds since 1970 (Smithy's `epoch-seconds`, the default of both protocols). */
function writeJson(output: object): string {
  return JSON.stringify(output, function (this: Record<string, unknown>, key, value: unknown) {
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
}
