/**
 * The first answer of a new function: the archive as it is deployed, against a bundle of nothing but a client of S3 that gets the same
 * log file. Each in processes of its own, from their start; the file creates nothing.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { generateDocument } from '../fixtures/generate-logs.ts';
import { BUNDLING, functionZip } from '../infra/bundle.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Invocation, type Invoked, invoke, unpack } from './deployed.ts';
import { deployInto, messagesOf } from './deployment.ts';
import { median } from './measure.ts';
import { LOG_BUCKET, logKey } from './pace-load.ts';

const KEY = logKey(1);
const FILE = gzipSync(generateDocument(5, { seed: 7, creations: 0 }));
const ROUNDS = 9;

export async function benchCold() {
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-cold-'));
  const sandbox = await startSandbox();
  try {
    const contenders = await prepare(folder, sandbox);
    const runs = new Map<string, Invocation[]>();
    // In turn, so that whatever else the machine does falls on all alike.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, run] of contenders) runs.set(name, [...(runs.get(name) ?? []), await run()]);
    }
    const figures = (figure: 'ms' | 'processorMs') =>
      Object.fromEntries([...runs].map(([name, all]) => [name, median(all.map((run) => run[figure]))]));
    const { asDeployed = 0, withoutStore = 0, oneClient = 0 } = figures('ms');
    return {
      vsOneClient: asDeployed / oneClient,
      withoutStoreVsOneClient: withoutStore / oneClient,
      ms: figures('ms'),
      processorMs: figures('processorMs'),
    };
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  }
}

async function prepare(folder: string, sandbox: Sandbox) {
  const ours = join(folder, 'ours');
  mkdirSync(ours);
  unpack(functionZip(), ours);
  const asDeployed = await deployInto(sandbox, ours, {});
  const withoutStore = await deployInto(sandbox, ours, { store: false });
  sandbox.putObject(LOG_BUCKET, KEY, FILE);
  return new Map([
    ['asDeployed', () => once(asDeployed)],
    ['oneClient', oneClient(folder, asDeployed)],
    ['withoutStore', () => once(withoutStore)],
  ]);
}

async function once(invoked: Invoked): Promise<Invocation> {
  const run = await invoke(invoked, messagesOf([KEY]));
  if (!run.log.includes('"records":5,')) throw new Error(`expected five records, got ${run.log}`);
  return run;
}

const ONE_CLIENT = `
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
const client = new S3Client({ forcePathStyle: true });
export async function handler(input) {
  const { Body } = await client.send(new GetObjectCommand(input));
  return (await Body.transformToByteArray()).length;
}`;

function oneClient(parent: string, { arn, environment, timeoutSeconds }: Invoked) {
  const folder = join(parent, 'one-client');
  buildSync({
    ...BUNDLING,
    stdin: { contents: ONE_CLIENT, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    outfile: join(folder, 'index.mjs'),
  });
  return async () => {
    const event = { Bucket: LOG_BUCKET, Key: KEY };
    const run = await invoke({ arn, folder, environment, timeoutSeconds }, event);
    if (run.answer !== FILE.length) throw new Error(`expected ${FILE.length} bytes, got ${run.answer}`);
    return run;
  };
}
