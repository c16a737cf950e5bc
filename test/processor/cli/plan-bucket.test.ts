/** `plan s3://…` of a bucket without end, as a process of its own: what it holds, who reads, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { CLEAN_ENVIRONMENT, ROOT, type Run } from '../../helpers/command.ts';
import { ACCOUNT, REGION, volume } from '../../helpers/events.ts';
import { logFileOf } from '../../helpers/log-files.ts';

const PAGE = 200;
const OPEN_FILES = 8;
/** Of these, those of one thread. */
const SHARE = Math.floor(OPEN_FILES / Math.min(4, availableParallelism()));
const FILE = logFileOf([volume(1)]);

let server: Server;
/** What S3 has seen. */
let seen: { listed: number; got: number; open: number; mostOpen: number };
/** No page is behind the next one. */
let isEnding: boolean;
/** Pages tell how the next one is asked for. */
let hasToken: boolean;
let restOfFirst: PromiseWithResolvers<void>;

const keyOf = (number: number) =>
  `AWSLogs/${ACCOUNT}/CloudTrail/${REGION}/2026/11/20/${ACCOUNT}_CloudTrail_${REGION}_20261120T1000Z_${String(number).padStart(16, '0')}.json.gz`;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A bucket with ever more files, which answers for each as `answer` does. */
async function startBucket(answer: (response: ServerResponse, number: number) => Promise<void>) {
  seen = { listed: 0, got: 0, open: 0, mostOpen: 0 };
  isEnding = false;
  hasToken = true;
  restOfFirst = Promise.withResolvers();
  server = createServer(async (request, response) => {
    if (request.url?.includes('list-type=2')) {
      response.end(nextPage());
      return;
    }
    seen.got += 1;
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
    response.once('close', () => {
      seen.open -= 1; // answered, or given up and asked again
    });
    await answer(response, numberOf(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    AWS_ENDPOINT_URL: `http://localhost:${(server.address() as AddressInfo).port}`,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    OPEN_FILES: String(OPEN_FILES),
  };
}

function numberOf({ url = '' }: IncomingMessage): number {
  return Number(/_(\d{16})\.json\.gz/.exec(url)?.[1]);
}

function nextPage(): string {
  const keys = Array.from({ length: PAGE }, () => keyOf(seen.listed++));
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>${FILE.length}</Size></Contents>`);
  const next = isEnding || !hasToken ? '' : `<NextContinuationToken>${seen.listed}</NextContinuationToken>`;
  return `<ListBucketResult><IsTruncated>${!isEnding}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
}

function give(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': FILE.length }).end(FILE);
}

/** Until nothing has been asked for a while. */
async function stalled(): Promise<void> {
  for (let before = -1; before !== seen.got || seen.got < PAGE; await pause(500)) before = seen.got;
}

/** `plan --json` of the bucket. */
function plan(env: Readonly<Record<string, string>>): { process: ChildProcess; ended: Promise<Run> } {
  const started = spawn(process.execPath, ['processor/cli.ts', 'plan', '--json', 's3://log-files'], {
    cwd: ROOT,
    env: { ...CLEAN_ENVIRONMENT, ...env },
  });
  const ended = Promise.all([
    new Promise<number>((resolve) => started.once('exit', (code) => resolve(code ?? -1))),
    text(started.stdout),
    text(started.stderr),
  ]).then(([exitCode, stdout, stderr]) => ({ exitCode, stdout, stderr }));
  return { process: started, ended };
}

function jsonLines({ stdout }: Run): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('what is held is bounded, though the first file takes for ever; all threads read, with OPEN_FILES among them; the order is that of S3', async () => {
  const env = await startBucket(async (response, number) => {
    await (number === 0 ? restOfFirst.promise : pause(5));
    give(response);
  });
  const { ended } = plan(env);
  await stalled();
  const { listed, got } = { ...seen };
  isEnding = true;
  restOfFirst.resolve();
  const run = await ended;
  expect(got).toBeLessThan(2_200);
  expect(listed).toBeLessThan(got + 4 * PAGE);
  expect(seen.mostOpen).toBeLessThanOrEqual(OPEN_FILES);
  if (availableParallelism() > 1) expect(seen.mostOpen).toBeGreaterThan(SHARE);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  const lines = jsonLines(run);
  const files = lines.flatMap(({ kind, file }) => (kind === 'file' ? [file] : []));
  expect(files).toEqual(Array.from({ length: seen.listed }, (_, at) => `s3://log-files/${keyOf(at)}`));
  expect(lines.at(-1)).toMatchObject({ files: seen.listed, creations: seen.listed, unreadable: 0 });
});

test('credentials that have expired end it, told once', async () => {
  const env = await startBucket(async (response) => {
    response.writeHead(400, { 'content-type': 'application/xml' });
    response.end('<Error><Code>ExpiredToken</Code><Message>The token has expired.</Message></Error>');
  });
  const run = await plan(env).ended;
  expect(run).toMatchObject({ exitCode: 4 });
  expect(run.stderr.match(/not read any further: The token has expired/g)).toHaveLength(1);
  expect(run.stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  expect(seen.got).toBeLessThan(PAGE);
});

test('a listing that goes on without saying how is told, and does not count as all of it', async () => {
  const env = await startBucket(async (response) => give(response));
  hasToken = false;
  const run = await plan(env).ended;
  expect(run).toMatchObject({ exitCode: 1 });
  expect(run.stderr).toContain('holds no token to ask for the next one');
});

test('Ctrl-C ends it at once, with the sums of what was read', async () => {
  const env = await startBucket(async (response) => {
    await pause(5);
    give(response);
  });
  const { process, ended } = plan(env);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (seen.got < 3 * PAGE && !isOver) await pause(20);
  process.kill('SIGINT');
  const run = await ended;
  expect(run.exitCode).toBe(130);
  expect(jsonLines(run).at(-1)).toMatchObject({ kind: 'summary', interrupted: true, unreadable: 0 });
});
