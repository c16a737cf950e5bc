/**
 * The tagging APIs by name. Sources of their rows: AWS's service models and endpoint rules (botocore 1.43.11) for calls,
 * members, endpoints and errors; the same and the tables of the services' user guides for tags; the service
 * authorization reference for actions; quota pages and API references for rates.
 */
import type { Api } from './api.ts';
import { type ApiRow, type ServiceTable, TABLES } from './tables.js';
import { keyRules, valueRules } from './tag-rules.ts';

/** AWS's own limit ("Tag naming limits and requirements"), where the row states no other. */
const MAX_TAGS = 50;

const ROWS: ReadonlyMap<string, { readonly table: ServiceTable; readonly row: ApiRow }> = new Map(
  Object.values(TABLES).flatMap((table) =>
    Object.entries(table.apis).map(([name, row]) => [name, { table, row }] as const),
  ),
);

export const API_NAMES: readonly string[] = [...ROWS.keys()];

const APIS = new Map<string, Api>();

/** Throws RangeError for a name that has no row. A row is expanded when it is first asked for. */
export function apiNamed(name: string): Api {
  const known = APIS.get(name);
  if (known !== undefined) return known;
  const found = ROWS.get(name);
  if (found === undefined) throw new RangeError(`there is no tagging API named ${name}`);
  const api = expand(name, found.row, found.table);
  APIS.set(name, api);
  return api;
}

function expand(name: string, row: ApiRow, { service }: ServiceTable): Api {
  return {
    createdAt: {},
    maxTags: MAX_TAGS,
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
