/** `export` of very many resources: memory does not grow with them, and whoever reads the file finds all. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { size } from '../../helpers/runs.ts';
import { askDuckDb } from './duckdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-scale-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COUNT = size(12_000, 1_000_000);

const READERS = {
  csv: (path: string) => `read_csv('${path}', header = true)`,
  json: (path: string) => `read_json('${path}')`,
  parquet: (path: string) => `read_parquet('${path}')`,
} as const;

/** A process of Node with the catalogue takes 90; what it takes beside that is a few pages of rows, and a group of Parquet. */
const MOST_MIB = 450;

const ALL = ['csv', 'json', 'parquet'] as const;

/** Every day the one that holds rows. */
test.each(size(ALL.slice(2), [...ALL]))('as %s', async (format) => {
  const path = join(folder, `inventory.${format}`);
  const script = join(import.meta.dirname, 'scale-process.ts');
  const said = execFileSync(process.execPath, ['--no-warnings', script, String(COUNT), format, path]);
  const { rows, peakMiB } = JSON.parse(said.toString());
  expect(rows).toBe(COUNT);
  expect(peakMiB).toBeLessThan(MOST_MIB);
  const sql = `SELECT count(*) AS n, count(DISTINCT arn) AS arns, count(DISTINCT creator) AS creators, CAST(max("eventTime") AS VARCHAR) AS last FROM ${READERS[format](path)}`;
  const last = new Date(1_700_000_000_000 + (COUNT - 1) * 60_000).toISOString().slice(0, 10);
  expect(await askDuckDb(sql)).toEqual([
    { n: String(COUNT), arns: String(COUNT), creators: '3000', last: expect.stringContaining(last) },
  ]);
});
