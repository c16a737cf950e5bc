/**
 * The function as it is deployed: its archive unpacked into an empty folder, and run as the runtime of Lambda runs it, in a process
 * of its own that begins anew with each invocation.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, inflateRawSync } from 'node:zlib';
import type { Identity, Sandbox } from '../sandbox/sandbox.ts';

export interface Invocation {
  readonly answer: unknown;
  readonly log: string;
  /** From the start of the process until the answer. */
  readonly ms: number;
  readonly processorMs: number;
  readonly peakRssMiB: number;
}

/** What is invoked, and how long it has. */
export interface Invoked {
  readonly arn: string;
  /** With `index.mjs` in it, whose export `handler` is called. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** As Lambda's runtime tells Node of it. @default Node finds out what the machine has */
  readonly memoryMiB?: number;
}

/** What the start of the Node.js runtimes makes of the memory of a function: a tenth is for young objects. */
function memoryFlags(memoryMiB: number): readonly string[] {
  const young = Math.floor(memoryMiB / 10);
  return [`--max-semi-space-size=${Math.floor(young / 2)}`, `--max-old-space-size=${memoryMiB - young}`];
}

const RUNTIME = `
const [event, invokedFunctionArn, remainingMs] = process.argv.slice(2);
const { handler } = await import('./index.mjs');
const answer = await handler(JSON.parse(event), {
  invokedFunctionArn,
  getRemainingTimeInMillis: () => Number(remainingMs) - performance.now(),
});
const ms = performance.now();
const { user, system } = process.cpuUsage();
const status = process.getBuiltinModule('node:fs').readFileSync('/proc/self/status', 'utf8');
const peakRssMiB = Number(/^VmHWM:\\s*(\\d+) kB$/m.exec(status)[1]) / 1024;
console.log('\\n' + JSON.stringify({ answer, ms, processorMs: (user + system) / 1000, peakRssMiB }));
process.exit(); // Lambda would freeze it
`;

const MAX_LOG_BYTES = 100 * 1024 * 1024;

/** Throws where it ends with an error. */
export async function invoke(
  { arn, folder, environment, timeoutSeconds, memoryMiB }: Invoked,
  event: unknown,
): Promise<Invocation> {
  const runtime = join(folder, 'runtime.mjs');
  writeFileSync(runtime, RUNTIME);
  const flags = memoryMiB === undefined ? [] : memoryFlags(memoryMiB);
  const args = [...flags, runtime, JSON.stringify(event), arn, String(timeoutSeconds * 1_000)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env.PATH, ...environment },
    maxBuffer: MAX_LOG_BYTES,
  }).catch((error) => {
    throw new Error(`the function ended with ${error.code}: ${String(error.stderr).slice(-1_000)}`);
  });
  const lines = stdout.trim().split('\n');
  const log = [...lines.slice(0, -1), stderr].join('\n'); // errors go to stderr
  return { ...JSON.parse(lines.at(-1) ?? ''), log };
}

/** What Lambda adds to the variables of a function, with the sandbox in the place of AWS. */
export function lambdaEnvironment(sandbox: Sandbox, role: Identity, region: string): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken = '' } = sandbox.credentials(role);
  return {
    AWS_REGION: region,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: 'auto-tagger',
  };
}

/** PKWARE APPNOTE 6.3.10, 4.3.7: an archive begins with its files, each behind a header of its own. */
const LOCAL_FILE = 0x04034b50;

export function unpack(archive: Buffer, folder: string): void {
  for (let at = 0; archive.readUInt32LE(at) === LOCAL_FILE; ) {
    const nameEnd = at + 30 + archive.readUInt16LE(at + 26);
    const start = nameEnd + archive.readUInt16LE(at + 28);
    const end = start + archive.readUInt32LE(at + 18);
    const contents = inflateRawSync(archive.subarray(start, end));
    const name = archive.toString('utf8', at + 30, nameEnd);
    if (crc32(contents) !== archive.readUInt32LE(at + 14))
      throw new Error(`${name} in the archive is damaged`);
    writeFileSync(join(folder, name), contents);
    at = end;
  }
}
