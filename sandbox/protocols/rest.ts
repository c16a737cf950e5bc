/**
 * Finds the operation of a REST request: rows of method, path and, where several operations share both, a query key.
 */
import type { HttpRequest } from '../operation.ts';

export interface Route {
  readonly operation: string;
  readonly method: string;
  /** `/{Bucket}/{Key+}`: a label takes one segment, a label with `+` the rest of the path. */
  readonly path: string;
  /** A query key, or `key=value`, that the request must carry. */
  readonly query?: string;
}

export interface RoutedRequest {
  readonly operation: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A function from requests to the first of the routes that fits, or undefined. */
export function createRouter(
  routes: readonly Route[],
): (request: HttpRequest, path?: string) => RoutedRequest | undefined {
  const rows = routes.map((route) => ({ ...route, pattern: patternOf(route.path) }));
  return (request, path = request.path) => {
    for (const { operation, method, pattern, query } of rows) {
      const match = method === request.method && carries(request.query, query) ? pattern.exec(path) : null;
      if (match) {
        const labels = Object.entries(match.groups ?? {}).map(([label, text]) => [
          label,
          decodeURIComponent(text),
        ]);
        return { operation, labels: Object.fromEntries(labels) };
      }
    }
    return undefined;
  };
}

function patternOf(path: string): RegExp {
  const source = path.replace(/\{(\w+)(\+?)\}/g, (_, label: string, rest: string) =>
    rest ? `(?<${label}>.+)` : `(?<${label}>[^/]+)`,
  );
  return new RegExp(`^${source}/?$`, 's');
}

function carries(query: URLSearchParams, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const [key = '', value] = wanted.split('=');
  return value === undefined ? query.has(key) : query.get(key) === value;
}
