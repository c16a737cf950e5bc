/** When the threads of `plan` are started: before anything is read where there are many files, else not yet. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createPlanPool } from '../../../processor/cli/plan-threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'plan-threads-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** In two folders, one in the other. */
function files(name: string, count: number): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'below'), { recursive: true });
  for (let at = 0; at < count; at++) writeFileSync(join(path, at % 2 ? 'below' : '', `${at}.json.gz`), '');
  return path;
}

const many = files('many', 1_000);

test.each<[string, readonly string[], boolean]>([
  ['many files', [many], true],
  ['many files in the second folder', [files('few', 10), many], true],
  ['few files', [files('some', 500)], false],
  [
    'files, buckets, what is not there, and standard input',
    ['s3://bucket', join(many, '0.json.gz'), '/none', '-'],
    false,
  ],
])('%s', async (_, paths, areStarted) => {
  const pool = createPlanPool(paths, new AbortController().signal);
  expect(pool.threads).toHaveLength(areStarted ? pool.size : 0);
  await pool.stop();
});

test('none once the command was stopped', () => {
  expect(createPlanPool([many], AbortSignal.abort()).threads).toEqual([]);
});
