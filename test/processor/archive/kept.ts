/** What is in an archive of a sandbox: as objects, as lines, and on disk as its table is asked for it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { COLUMNS, DAY_COLUMN } from '../../../processor/archive/columns.ts';
import { tableInput } from '../../../processor/archive/table.ts';
import type { Deployment } from '../../helpers/deployment.ts';

export const ARCHIVE = 'archive';

/** As it is written. */
export interface Line {
  readonly arn: string;
  readonly account: string;
  readonly outcome: string;
  readonly event_id: string;
  readonly source_file: string;
  readonly metadata: { readonly ingestion_time: string };
  readonly [column: string]: unknown;
}

/** Names of all objects, in their order. */
export function keysIn({ sandbox }: Deployment, prefix = ''): readonly string[] {
  const put = sandbox.requests.flatMap(({ operation, input }) =>
    ['PutObject', 'CompleteMultipartUpload'].includes(operation) && input.Bucket === ARCHIVE
      ? [String(input.Key)]
      : [],
  );
  return [...new Set(put)].filter((key) => key.startsWith(prefix) && isThere(sandbox, key)).toSorted();
}

function isThere(sandbox: Deployment['sandbox'], key: string): boolean {
  try {
    return sandbox.getObject(ARCHIVE, key).length > 0;
  } catch {
    return false;
  }
}

export function linesOf({ sandbox }: Deployment, key: string): readonly Line[] {
  const text = gunzipSync(sandbox.getObject(ARCHIVE, key)).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** What it tells, whatever was brought how often: the last line of each resource of each call, without when it was written. */
export function contentOf(deployment: Deployment): readonly object[] {
  const last = new Map<string, Line>();
  for (const line of keysIn(deployment, 'tagged/').flatMap((key) => linesOf(deployment, key))) {
    const name = `${line.account} ${line.event_id} ${line.arn}`;
    const known = last.get(name);
    if (known === undefined || known.metadata.ingestion_time <= line.metadata.ingestion_time)
      last.set(name, line);
  }
  return [...last]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { metadata, ...line }]) => ({ ...line, metadata: { ...metadata, ingestion_time: '' } }));
}

export interface Engine {
  ask(sql: string, parameters?: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): void;
}

/** DuckDB, which is no dialect of Athena's but knows all that the queries use; `undefined` where it has no binary. */
export async function openEngine(): Promise<Engine | undefined> {
  const loaded = await import('@duckdb/node-api').catch(() => undefined);
  if (loaded === undefined) return undefined;
  const instance = await loaded.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  // Athena's gives the value, and DuckDB's a list of it.
  await connection.run('CREATE MACRO element_at(entries, name) AS map_extract_value(entries, name)');
  return {
    async ask(sql, parameters = []) {
      const reader = await connection.runAndReadAll(sql, [...parameters]);
      return reader.getRowObjectsJson();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** The table as Glue has it, over a copy of the archive in a folder: same columns, same types, days of the names of folders. */
export async function createTable(
  engine: Engine,
  deployment: Deployment,
  folder: string,
  name: string,
): Promise<void> {
  for (const key of keysIn(deployment)) {
    const path = join(folder, ARCHIVE, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, deployment.sandbox.getObject(ARCHIVE, key));
  }
  const { parameters, partitionKeys, storageDescriptor } = tableInput(ARCHIVE);
  const days = parameters['storage.location.template']
    .replace('s3://', `${folder}/`)
    .replace(`\${${DAY_COLUMN.name}}`, '*');
  const columns = storageDescriptor.columns.map((one) => `${one.name}: '${typeOf(one.type)}'`).join(', ');
  const [day] = partitionKeys;
  const [schema] = name.split('.');
  await engine.ask(`CREATE SCHEMA ${schema}`);
  await engine.ask(`CREATE VIEW ${name} AS
    SELECT * EXCLUDE (filename), CAST(regexp_extract(filename, '/day=([^/]+)/', 1) AS ${typeOf(day?.type ?? '')}) AS ${day?.name}
    FROM read_json('${days}**', format = 'newline_delimited', columns = {${columns}}, filename = true, hive_partitioning = false)`);
}

/** Glue's names of types in those of SQL. */
function typeOf(type: string): string {
  const struct = /^struct<(.*)>$/.exec(type)?.[1];
  if (struct !== undefined) {
    const fields = struct.split(',').map((field) => field.split(':'));
    return `STRUCT(${fields.map(([name, of = '']) => `${name} ${typeOf(of)}`).join(', ')})`;
  }
  const [, key, value] = /^map<(\w+),(\w+)>$/.exec(type) ?? [];
  if (key !== undefined && value !== undefined) return `MAP(${typeOf(key)}, ${typeOf(value)})`;
  if (type !== 'string') throw new Error(`no column has the type ${type}`);
  return 'VARCHAR';
}

export const COLUMN_NAMES = COLUMNS.map(({ name }) => name);
