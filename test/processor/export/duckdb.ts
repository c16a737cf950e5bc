/** A SQL engine that is not ours, for reading back what we write. */
import { DuckDBInstance } from '@duckdb/node-api';

export type SqlRow = Readonly<Record<string, unknown>>;

/** The rows of one question, values as JSON has them. */
export async function askDuckDb(sql: string): Promise<readonly SqlRow[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
