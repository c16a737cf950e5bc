/**
 * The tagging APIs by name. Sources of their rows: AWS's service models and endpoint rules (botocore 1.43.11) for calls,
 * members, endpoints and errors; the same and the tables of the services' user guides for tags; the service
 * authorization reference for actions; quota pages and API references for rates.
 */
import { inflateRawSync } from 'node:zlib';
import type { Api } from './api.ts';
import { type ApiRow, ROWS, SERVICES, type ServiceTable } from './tables.js';
import { keyRules, valueRules } from './tag-rules.ts';

/** AWS's own limit ("Tag naming limits and requirements"), where the row states no other. */
const MAX_TAGS = 50;

/** In the place of the name, of what bears no tags of ours. */
export const NO_API = '';

/** Of a resource that may be such; `undefined` for that. Throws RangeError as `apiNamed` does. */
export function apiOf({ api }: { readonly api: string }): Api | undefined {
  return api === NO_API ? undefined : apiNamed(api);
}

const APIS = new Map<string, Api>();

/** Throws RangeError for a name that has no row. A row is expanded when it is first asked for. */
export function apiNamed(name: string): Api {
  const known = APIS.get(name);
  if (known !== undefined) return known;
  const [service = ''] = name.split(':');
  const table = serviceTable(service);
  const row = table?.apis[name];
  if (table === undefined || row === undefined) throw new RangeError(`there is no tagging API named ${name}`);
  const api = expand(name, row, table);
  APIS.set(name, api);
  return api;
}

/** Of every API. Expands all services. */
export function apiNames(): readonly string[] {
  return serviceNames().flatMap((service) => Object.keys(serviceTable(service)?.apis ?? {}));
}

/** With which the names of their APIs begin. */
export function serviceNames(): readonly string[] {
  return SERVICES.split(' ');
}

const TABLES = new Map<string, ServiceTable>();
let lines: readonly string[] | undefined;

/** The same object each time: clients are kept by the service in it. */
export function serviceTable(service: string): ServiceTable | undefined {
  const known = TABLES.get(service);
  if (known !== undefined) return known;
  const line = serviceNames().indexOf(service);
  if (line < 0) return undefined;
  lines ??= inflateRawSync(Buffer.from(ROWS, 'base64')).toString('utf8').split('\n');
  const table: ServiceTable = JSON.parse(lines[line] ?? '');
  TABLES.set(service, table);
  return table;
}

function expand(name: string, row: ApiRow, { service }: ServiceTable): Api {
  return {
    createdAt: {},
    members: {},
    maxTags: MAX_TAGS,
    rates: [],
    ...row,
    name,
    service,
    keys: keyRules(row.keys),
    values: valueRules(row.values),
    failures: (row.failures ?? []).map(({ message, ...failure }) =>
      message === undefined ? failure : { ...failure, message: new RegExp(message) },
    ),
  };
}
