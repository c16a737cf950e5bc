/** Where the bytes of a log file come from: S3's answers as they come over the wire, whole, slowly, or not at all. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { LogBody } from '../../../parser/reading/log-body.ts';
import { readFileFailure } from '../../../processor/file/file-failure.ts';
import { ANY_BUCKET } from '../../../processor/file/log-buckets.ts';
import { s3LogFile } from '../../../processor/file/log-file.ts';
import { createLogReader } from '../../../processor/file/log-reader.ts';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import '../../helpers/one-realm.ts';

const BUCKET = 'log-files';
const KEY = 'AWSLogs/111122223333/CloudTrail/a.json.gz';
const SILENCE_MS = 1000; // no shorter: a busy machine may keep a body waiting that long

const SMALL = Buffer.alloc(10_000, 'small ');
const LARGE = Buffer.alloc(3 * 1024 * 1024, 'large '); // more than is taken whole
const BODIES = [
  ['a small body', SMALL],
  ['a large body', LARGE],
] as const;

let server: Server;
let requests: { readonly url: string; readonly ifMatch: string | undefined }[];
const opened: Calls[] = [];
const SIGNAL = new AbortController().signal;
const ONE_ATTEMPT = { maxAttempts: 1, connectionTimeoutMs: 1_000, requestTimeoutMs: 10_000 };

afterEach(() => {
  for (const calls of opened.splice(0)) calls.destroy();
  delete process.env.AWS_ENDPOINT_URL;
  server.closeAllConnections();
  server.close();
});

/** S3, answering each request as `answer` does. */
async function logFileFrom(
  answer: (response: ServerResponse, request: number) => void | Promise<void>,
  ref: object = {},
) {
  requests = [];
  server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', ifMatch: request.headers['if-match'] });
    void answer(response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL = `http://localhost:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const calls = createCalls({
    credentialsFor: () => async () => credentials,
    concurrency: 1,
    limits: ONE_ATTEMPT,
  });
  opened.push(calls);
  const logs = createLogReader({ calls, region: 'eu-west-1', buckets: ANY_BUCKET, ownAccount: undefined });
  return s3LogFile(logs, { bucket: BUCKET, key: KEY, ...ref }, SILENCE_MS);
}

function begin(response: ServerResponse, body: Buffer, etag = '"1"'): void {
  response.writeHead(200, { 'content-length': body.length, etag });
  response.flushHeaders();
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

async function bytesOf(body: unknown, pauseMs = 0): Promise<Buffer> {
  const records = body as LogBody;
  if (typeof records !== 'function') return Buffer.from(records as Uint8Array);
  const chunks: Uint8Array[] = [];
  for await (const chunk of records()) {
    chunks.push(chunk);
    if (chunks.length === 1) await sleep(pauseMs);
  }
  return Buffer.concat(chunks);
}

/** What reading it fails with, and after how long. */
async function failureOf(reading: Promise<unknown>) {
  const started = performance.now();
  const failure = await reading.then(
    () => undefined,
    (error: unknown) => readFileFailure(error),
  );
  return { ...failure, ms: performance.now() - started };
}

const read = async (file: ReturnType<typeof s3LogFile>, pauseMs?: number) =>
  bytesOf((await file.open(SIGNAL)).records, pauseMs);

describe.each(BODIES)('%s', (_, body) => {
  test('arrives as it was sent', async () => {
    const file = await logFileFrom((response) => {
      begin(response, body);
      response.end(body);
    });
    expect((await read(file)).equals(body)).toBe(true);
  });

  test.each([
    ['right behind the headers', 0],
    ['in the middle', 5_000],
  ])('that falls silent %s is given up within a bounded time, and can be tried again', async (_, sent) => {
    const file = await logFileFrom((response) => {
      begin(response, body);
      response.write(body.subarray(0, sent));
    });
    const failure = await failureOf(read(file));
    expect(failure).toMatchObject({ code: 'TimeoutError', class: 'transient' });
    expect(failure.ms).toBeLessThan(20 * SILENCE_MS);
  });

  test('that is reset in the middle can be tried again', async () => {
    const file = await logFileFrom(async (response) => {
      begin(response, body);
      response.write(body.subarray(0, 5_000));
      await sleep(10);
      response.destroy();
    });
    expect(await failureOf(read(file))).toMatchObject({ class: 'transient' });
  });

  test('that comes slowly but steadily is read to its end', async () => {
    const file = await logFileFrom(async (response) => {
      begin(response, body);
      for (let part = 0; part < 12; part++) {
        response.write(body.subarray((part * body.length) / 12, ((part + 1) * body.length) / 12));
        await sleep(SILENCE_MS / 10);
      }
      response.end();
    });
    expect((await read(file)).equals(body)).toBe(true);
  });
});

test('a reader that takes longer over a chunk than S3 may be silent still gets the rest', async () => {
  const file = await logFileFrom((response) => {
    begin(response, LARGE);
    response.end(LARGE);
  });
  expect((await read(file, 3 * SILENCE_MS)).equals(LARGE)).toBe(true);
});

test('a reader that stops early lets go of the connection', async () => {
  const closed = Promise.withResolvers<void>();
  const file = await logFileFrom((response) => {
    begin(response, LARGE);
    response.once('close', () => closed.resolve());
    response.write(LARGE.subarray(0, 5_000));
  });
  const { records } = await file.open(SIGNAL);
  for await (const _ of (records as () => AsyncIterable<Uint8Array>)()) break;
  await closed.promise;
});

describe('a large object that is read twice', () => {
  const twice = async (second: (response: ServerResponse) => void) => {
    const file = await logFileFrom((response, request) => {
      if (request === 2) return second(response);
      begin(response, LARGE, '"first"');
      response.end(LARGE);
    });
    const { records } = await file.open(SIGNAL);
    await bytesOf(records);
    return bytesOf(records);
  };

  test('is asked for as the same object', async () => {
    await twice((response) => {
      begin(response, LARGE, '"first"');
      response.end(LARGE);
    });
    expect(requests.map(({ ifMatch }) => ifMatch)).toEqual([undefined, '"first"']);
  });

  test('and was written anew in between can be tried again from the start', async () => {
    const failure = await failureOf(twice((response) => refuse(response, 412, 'PreconditionFailed')));
    expect(failure).toMatchObject({ code: 'PreconditionFailed', class: 'transient' });
  });
});

describe('of a key that may be encoded', () => {
  const REF = { key: 'a%20b/111122223333_CloudTrail_eu-west-1_20250304T1040Z_x.json.gz' };
  const otherKey = REF.key.replace('%20', ' ');

  test('the other reading is tried where there is no such object, and only then', async () => {
    const file = await logFileFrom(
      (response, request) => {
        if (request === 1) return refuse(response, 404, 'NoSuchKey');
        begin(response, SMALL);
        response.end(SMALL);
      },
      { ...REF, otherKey },
    );
    expect((await read(file)).equals(SMALL)).toBe(true);
    expect(requests.map(({ url }) => url.includes('a%2520b'))).toEqual([true, false]);
  });

  test('a denial is final for both', async () => {
    const file = await logFileFrom((response) => refuse(response, 403, 'AccessDenied'), { ...REF, otherKey });
    expect(await failureOf(read(file))).toMatchObject({ code: 'AccessDenied', class: 'denied' });
    expect(requests).toHaveLength(1);
  });
});
