/**
 * The function as one bundled file, alone in a folder: the compiled scan is in it, and nothing else is needed at run
 * time, no package and no file.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { generateLargeDocument } from '../fixtures/generate-logs.ts';
import { CATALOGUED_EVENTS } from '../parser/catalogue/catalogue.ts';
import { readRecords } from '../parser/reading/read-records.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const CONTENTS = `
export { handler } from './processor/handler.ts';
export { readRecords } from './parser/reading/read-records.ts';
export { CATALOGUED_EVENTS } from './parser/catalogue/catalogue.ts';
`;

const READ = `
const { handler, readRecords, CATALOGUED_EVENTS } = require('./bundle.js');
const found = [];
(async () => {
  const reading = readRecords(() => require('node:fs').createReadStream('file.json.gz'), CATALOGUED_EVENTS);
  let step = await reading.next();
  for (; !step.done; step = await reading.next()) found.push(step.value.index);
  process.stdout.write(JSON.stringify({ handler: typeof handler, found, records: step.value.records }));
})();
`;

test('a bundle of the handler reads files with nothing beside it', async () => {
  const file = gzipSync([...generateLargeDocument(2_000_000, { seed: 7 })].join(''));
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-bundle-'));
  try {
    await build({
      stdin: { contents: CONTENTS, resolveDir: ROOT },
      outfile: join(folder, 'bundle.js'),
      bundle: true,
      platform: 'node',
      target: 'node24',
      logLevel: 'warning',
    });
    writeFileSync(join(folder, 'file.json.gz'), file);
    writeFileSync(join(folder, 'read.js'), READ);
    const answer = execFileSync(process.execPath, ['read.js'], { cwd: folder, env: {} }).toString();
    expect(JSON.parse(answer)).toEqual({ handler: 'function', ...(await readHere(file)) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function readHere(file: Uint8Array) {
  const found: number[] = [];
  const reading = readRecords(file, CATALOGUED_EVENTS);
  for (;;) {
    const { done, value } = await reading.next();
    if (done) return { found, records: value.records };
    found.push(value.index);
  }
}
