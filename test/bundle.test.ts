/**
 * The function as one bundled file, alone in a folder: the compiled scan is in it, and nothing else is needed at run
 * time, no package and no file.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { generateLargeDocument } from '../fixtures/generate-logs.ts';
import { BUNDLING } from '../infra/bundle.ts';
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

/** Seconds on a machine that does much else. */
const BUNDLING_MS = 30_000;

test(
  'a bundle of the handler reads files with nothing beside it',
  async () => {
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
        logOverride: { 'empty-import-meta': 'silent' }, // of modules that can also be run: not here
      });
      writeFileSync(join(folder, 'file.json.gz'), file);
      writeFileSync(join(folder, 'read.js'), READ);
      const answer = execFileSync(process.execPath, ['read.js'], { cwd: folder, env: {} }).toString();
      expect(JSON.parse(answer)).toEqual({ handler: 'function', ...(await readHere(file)) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  BUNDLING_MS,
);

const TAG = `
import { createServer } from 'node:http';
import { createCalls, createTaggers } from './bundle.mjs';
const server = createServer((request, response) => response.end('{}'));
server.listen(0, '127.0.0.1', async () => {
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:' + server.address().port;
  const credentials = async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' });
  const calls = createCalls({ credentialsFor: () => credentials, concurrency: 1 });
  const place = { account: '111122223333', region: 'eu-west-1', partition: { dnsSuffix: 'amazonaws.com' } };
  const targets = [{ ...place, arn: 'arn:aws:svc:::x', id: 'x', type: 'svc:x' }];
  const tagger = createTaggers()('codedeploy:TagResource');
  const signal = new AbortController().signal;
  process.stdout.write(JSON.stringify(await tagger.write(calls, targets, new Map([['a', 'b']]), signal)));
  process.exit();
});
`;

test(
  'a bundle as it is deployed keeps within its size, and calls a service whose client is not in it',
  async () => {
    const contents = `export { handler } from './processor/handler.ts';
export { createCalls } from './tag-manager/calls/calls.ts';
export { createTaggers } from './tag-manager/taggers/taggers.ts';`;
    const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-bundle-'));
    try {
      const outfile = join(folder, 'bundle.mjs');
      await build({
        ...BUNDLING,
        stdin: { contents, resolveDir: ROOT },
        outfile,
      });
      const bundle = readFileSync(outfile);
      expect(bundle.length).toBeLessThan(2.2 * 1024 * 1024);
      expect(deflateRawSync(bundle).length).toBeLessThan(600 * 1024);
      writeFileSync(join(folder, 'tag.mjs'), TAG);
      const answer = execFileSync(process.execPath, ['tag.mjs'], { cwd: folder, env: {} }).toString();
      expect(JSON.parse(answer)).toEqual([{}]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  BUNDLING_MS,
);

async function readHere(file: Uint8Array) {
  const found: number[] = [];
  const reading = readRecords(file, CATALOGUED_EVENTS);
  for (;;) {
    const { done, value } = await reading.next();
    if (done) return { found, records: value.records };
    found.push(value.index);
  }
}
