/** Properties are tried longer by `npm run prove`, all of them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');

const FILES = globSync('test/**/*.test.ts', { cwd: ROOT })
  .map((file) => ({ file, source: readFileSync(join(ROOT, file), 'utf8') }))
  .filter(({ source }) => /import fc\b/.test(source));

test.each(FILES)('$file takes the number of runs of its properties from helpers/runs.ts', ({ source }) => {
  expect(source).toContain('/helpers/runs.ts');
  expect(source).not.toMatch(/numRuns: \d/);
});
