/** SDK clients: how long a call may take, how often it is tried, and that there is one for each place. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { DynamoDBClient, ListTagsOfResourceCommand } from '@aws-sdk/client-dynamodb';
import { GetBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  type Clients,
  createClients,
  MAX_CLIENTS,
  MAX_IDLE_SOCKETS,
} from '../../tag-manager/calls/clients.ts';
import { ACCOUNT, arnOf, creationOf, OTHER_ACCOUNT, REGION } from './creations.ts';
import { putResource, startTagging, type Tagging, taggerOf } from './tagging.ts';

let tagging: Tagging;

beforeAll(async () => {
  tagging = await startTagging();
});
afterEach(() => tagging.sandbox.faults.clear());
afterAll(() => tagging.close());

const credentialsFor = () => async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' });

function withClients(check: (clients: Clients) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const clients = createClients(credentialsFor);
    try {
      await check(clients);
    } finally {
      clients.destroy();
    }
  };
}

describe('a client', () => {
  test(
    'is made once for each class, account and region',
    withClients((clients) => {
      const one = clients.get(SQSClient, ACCOUNT, REGION);
      expect(clients.get(SQSClient, ACCOUNT, REGION)).toBe(one);
      const others = [
        clients.get(SQSClient, OTHER_ACCOUNT, REGION),
        clients.get(SQSClient, ACCOUNT, 'us-east-1'),
        clients.get(SQSClient, undefined, REGION),
        clients.get(DynamoDBClient, ACCOUNT, REGION),
      ];
      expect(new Set([one, ...others]).size).toBe(5);
    }),
  );

  test(
    'tries five times, has no pace of its own, and waits 3 seconds to be connected and 10 for an answer',
    withClients(async (clients) => {
      const { config } = clients.get(DynamoDBClient, ACCOUNT, REGION);
      await clients
        .get(DynamoDBClient, ACCOUNT, REGION)
        .send(new ListTagsOfResourceCommand({ ResourceArn: arnOf('table', 'none') }))
        .catch(() => undefined); // its settings are known from its first call on
      expect(await config.maxAttempts()).toBe(5);
      expect(config.retryMode).toBe('standard');
      expect(await config.accountIdEndpointMode()).toBe('disabled');
      const handler = config.requestHandler as unknown as NodeHttpHandler;
      expect(handler.httpHandlerConfigs()).toMatchObject({
        connectionTimeout: 3_000,
        requestTimeout: 10_000,
        throwOnRequestTimeout: true,
      });
    }),
  );

  test(
    'is forgotten when many others were used since, and not while it is used now and then',
    withClients((clients) => {
      const get = (number: number) => clients.get(SQSClient, String(444455550000 + number), REGION);
      const [seldom, often] = [get(0), get(1)];
      for (let number = 2; number <= MAX_CLIENTS + 1; number++) {
        get(number);
        expect(get(1)).toBe(often);
      }
      expect(get(1)).toBe(often);
      expect(get(0)).not.toBe(seldom);
    }),
  );

  test('that is forgotten in the middle of a call ends it', async () => {
    putResource(tagging.sandbox, 'queue', 'jobs');
    tagging.sandbox.faults.add({ service: 'sqs', effect: { delayMs: 50 } });
    const clients = createClients(() => async () => tagging.sandbox.credentials(taggerOf(ACCOUNT)));
    const client = clients.get(SQSClient, ACCOUNT, REGION);
    const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/jobs`;
    const answer = client.send(new ListQueueTagsCommand({ QueueUrl }));
    for (let number = 0; number < MAX_CLIENTS; number++) clients.get(SQSClient, String(number), REGION);
    expect(clients.get(SQSClient, ACCOUNT, REGION)).not.toBe(client);
    expect(await answer).toMatchObject({ $metadata: { httpStatusCode: 200 } });
    clients.destroy();
  });

  test(
    'shares its connections with all others',
    withClients((clients) => {
      const handlers = [
        clients.get(SQSClient, ACCOUNT, REGION),
        clients.get(SQSClient, OTHER_ACCOUNT, 'us-east-1'),
        clients.get(DynamoDBClient, ACCOUNT, REGION),
      ].map(({ config }) => config.requestHandler);
      expect(new Set(handlers).size).toBe(1);
    }),
  );
});

test('of many hosts, as buckets and accounts have, only the last connections are kept open', async () => {
  const sockets = new Set<Socket>();
  const onSocket = (message: unknown) => sockets.add((message as { socket: Socket }).socket);
  subscribe('net.client.socket', onSocket);
  const clients = createClients(() => async () => tagging.sandbox.credentials(taggerOf(ACCOUNT)));
  const s3 = clients.get(S3Client, ACCOUNT, REGION);
  const ask = (number: number) =>
    s3.send(new GetBucketTaggingCommand({ Bucket: `bucket-${number}` })).catch(({ name }: Error) => name);
  const HOSTS = MAX_IDLE_SOCKETS + 100;
  for (let first = 0; first < HOSTS; first += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, number) => ask(first + number)));
  }
  const open = () => [...sockets].filter(({ destroyed }) => !destroyed).length;
  expect(sockets.size).toBeGreaterThanOrEqual(HOSTS);
  expect(open()).toBeLessThanOrEqual(MAX_IDLE_SOCKETS);
  const before = sockets.size;
  expect(await ask(HOSTS - 1)).toBe('NoSuchBucket');
  expect(sockets.size).toBe(before);
  expect(await ask(0)).toBe('NoSuchBucket');
  expect(sockets.size).toBe(before + 1);
  unsubscribe('net.client.socket', onSocket);
  clients.destroy();
});

test('an answer that never comes ends in a TimeoutError', async () => {
  putResource(tagging.sandbox, 'queue', 'jobs');
  tagging.sandbox.faults.add({ service: 'sqs', effect: { stall: true } });
  const startedAt = performance.now();
  const [outcome] = await tagging.tag([creationOf('queue', 'jobs')], { limits: { requestTimeoutMs: 150 } });
  expect(outcome).toMatchObject({
    outcome: 'deferred',
    reason: 'network',
    failure: { class: 'network', error: 'TimeoutError' },
  });
  expect(performance.now() - startedAt).toBeGreaterThan(100);
});

test('a slow answer within the limit is waited for', async () => {
  putResource(tagging.sandbox, 'queue', 'jobs');
  tagging.sandbox.faults.add({ service: 'sqs', effect: { delayMs: 100 } });
  const outcomes = await tagging.tag([creationOf('queue', 'jobs')], { limits: { requestTimeoutMs: 5_000 } });
  expect(outcomes).toMatchObject([{ outcome: 'tagged' }]);
});

test('a host where nobody listens defers the resource', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  process.env.AWS_ENDPOINT_URL_SQS = `http://localhost:${port}`;
  try {
    const outcomes = await tagging.tag([creationOf('queue', 'jobs')]);
    expect(outcomes).toMatchObject([
      {
        outcome: 'deferred',
        failure: { class: 'network', message: expect.stringContaining('ECONNREFUSED') },
      },
    ]);
  } finally {
    delete process.env.AWS_ENDPOINT_URL_SQS;
  }
});

test('a throttled call is made again, and is tagged then', async () => {
  putResource(tagging.sandbox, 'topic', 'news');
  const effect = { error: { code: 'Throttling', status: 400, message: 'Rate exceeded' } };
  tagging.sandbox.faults.add({ operation: 'TagResource', times: 1, effect });
  const outcomes = await tagging.tag([creationOf('topic', 'news')], { limits: { maxAttempts: 2 } });
  expect(outcomes).toMatchObject([{ outcome: 'tagged' }]);
});
