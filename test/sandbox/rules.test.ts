/** Faults and throttling: off unless switched on. */
import { CreateTagsCommand, DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { type FaultEffect, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { ALICE, BOB, type Clients, clientsOf, failureOf, manyTags } from './clients.ts';
import { TAGGABLE } from './taggable.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let alice: Clients;

withSandbox('each test', (started, clientsAs) => {
  sandbox = started;
  alice = clientsAs(ALICE);
});

const who = (clients = alice) => clients.sts.send(new GetCallerIdentityCommand({}));
const run = () => alice.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));

async function instances(): Promise<number> {
  return (await alice.ec2.send(new DescribeInstancesCommand({}))).Reservations?.length ?? 0;
}

describe('a fault', () => {
  const error = { code: 'ServiceUnavailable', status: 503, message: 'Try again later' };

  test.each(TAGGABLE)('answers in the words of $service', async ({ service, create, tag }) => {
    const arn = await create(alice, `fault-${service}`);
    sandbox.faults.add({ service, effect: { error } });
    const failure = await failureOf(tag(alice, arn, { a: 'b' }));
    expect(failure).toEqual({ name: error.code, status: error.status, message: error.message });
    expect(sandbox.requests.at(-1)).toMatchObject({ service, status: 503, errorCode: error.code });
  });

  test('applies to the calls that it names, as often as it says', async () => {
    const row = {
      service: 'sts',
      operation: 'GetCallerIdentity',
      account: BOB.account,
      region: 'eu-west-1',
      times: 2,
    };
    sandbox.faults.add({ ...row, effect: { error } });
    const bob = clientsOf(sandbox, BOB);
    await who();
    await failureOf(who(bob));
    await failureOf(who(bob));
    await who(bob);
    bob.destroy();
  });

  test('can look at the input of a call, be taken back, and all be cleared', async () => {
    const remove = sandbox.faults.add({
      service: 'ec2',
      match: ({ input }) => input.MaxCount === '2',
      effect: { error },
    });
    sandbox.faults.add({ service: 'sts', effect: { error } });
    const runTwo = () => alice.ec2.send(new RunInstancesCommand({ MinCount: 2, MaxCount: 2 }));
    await run();
    await failureOf(runTwo());
    remove();
    await runTwo();
    await failureOf(who());
    sandbox.faults.clear();
    await who();
  });

  test.each<[string, FaultEffect, number]>([
    ['before the call took effect', { reset: true }, 0],
    ['after it', { reset: true, applied: true }, 1],
  ])('resets the connection %s', async (_, effect, started) => {
    sandbox.faults.add({ operation: 'RunInstances', effect });
    expect(await failureOf(run())).toMatchObject({ status: undefined });
    expect(await instances()).toBe(started);
    expect(sandbox.requests[0]).not.toHaveProperty('status');
  });

  test('is gone over by the retries of the SDK', async () => {
    const patient = clientsOf(sandbox, ALICE, 'eu-west-1', 3);
    sandbox.faults.add({ times: 1, effect: { reset: true } });
    sandbox.faults.add({ times: 1, effect: { error } });
    await who(patient);
    expect(sandbox.requests.map(({ status }) => status)).toEqual([undefined, 503, 200]);
    patient.destroy();
  });

  test('cuts a body off after some bytes', async () => {
    sandbox.putBucket({ name: 'alices-bucket', account: ALICE.account, region: 'eu-west-1' });
    sandbox.putObject('alices-bucket', 'k', Buffer.alloc(1_000_000, 'x'));
    sandbox.faults.add({ operation: 'GetObject', times: 1, effect: { resetAfterBytes: 1000 } });
    const read = async () => {
      const { Body } = await alice.s3.send(new GetObjectCommand({ Bucket: 'alices-bucket', Key: 'k' }));
      let bytes = 0;
      try {
        for await (const chunk of Body as AsyncIterable<Buffer>) bytes += chunk.length;
        return { bytes, complete: true };
      } catch {
        return { bytes, complete: false };
      }
    };
    expect(await read()).toEqual({ bytes: 1000, complete: false });
    expect(await read()).toEqual({ bytes: 1_000_000, complete: true });
  });

  test('delays a call, and the log tells how many were in work', async () => {
    sandbox.faults.add({ service: 'sts', effect: { delayMs: 50 } });
    await Promise.all([who(), who(), who()]);
    const { requests } = sandbox;
    expect(requests.map(({ inFlight }) => inFlight)).toEqual([1, 2, 3]);
    for (const { startedAt, endedAt = 0 } of requests) expect(endedAt - startedAt).toBeGreaterThanOrEqual(45);
    await who();
    expect(requests.at(-1)?.inFlight).toBe(1);
  });

  test('stalls a call until the client gives up', async () => {
    sandbox.faults.add({ effect: { stall: true } });
    const abort = new AbortController();
    const call = alice.sts.send(new GetCallerIdentityCommand({}), { abortSignal: abort.signal });
    const failure = failureOf(call);
    while (sandbox.requests.length === 0) await new Promise(setImmediate);
    abort.abort();
    expect(await failure).toMatchObject({ name: 'AbortError' });
    expect(sandbox.requests[0]).not.toHaveProperty('status');
  });
});

test('closing cuts off stalled calls', async () => {
  const other = await startSandbox();
  const clients = clientsOf(other);
  other.faults.add({ effect: { stall: true } });
  const stalled = failureOf(who(clients));
  while (other.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await other.close();
  expect(await stalled).toMatchObject({ status: undefined });
  clients.destroy();
});

describe('throttling', () => {
  const allAtOnce = async (calls: number, call: () => Promise<unknown>) => {
    const settled = await Promise.allSettled(Array.from({ length: calls }, call));
    const refused = settled.filter((result) => result.status === 'rejected');
    return { granted: calls - refused.length, names: new Set(refused.map(({ reason }) => reason.name)) };
  };

  test('EC2 grants 100 CreateTags at once, and 10 more a second, to an account in a region', async () => {
    const throttled = await startSandbox({ throttle: true });
    const clients = [
      clientsOf(throttled, ALICE),
      clientsOf(throttled, BOB),
      clientsOf(throttled, ALICE, 'us-west-2'),
    ];
    throttled.putResource({ arn: 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-00000001' });
    const [inDublin, ...others] = clients;
    if (!inDublin) throw new Error('no clients');
    const command = new CreateTagsCommand({ Resources: ['vpc-00000001'], Tags: manyTags(1) });
    const began = performance.now();
    const { granted, names } = await allAtOnce(400, () => inDublin.ec2.send(command));
    const seconds = (performance.now() - began) / 1000;
    expect(granted).toBeGreaterThanOrEqual(100);
    expect(granted).toBeLessThanOrEqual(100 + 10 * seconds);
    expect(names).toEqual(new Set(['RequestLimitExceeded']));
    for (const { ec2 } of others)
      expect(await failureOf(ec2.send(command))).toMatchObject({ name: 'InvalidVpcID.NotFound' });
    for (const { destroy } of clients) destroy();
    await throttled.close();
  });

  test.each(TAGGABLE)('is answered in the words of $service', async ({ service, create, tag, throttled }) => {
    const rates = [{ service, size: 3, refillPerSecond: 0, scope: 'account' as const }];
    const strict = await startSandbox({ throttle: rates });
    const clients = clientsOf(strict);
    const arn = await create(clients, `throttled-${service}`);
    const { names } = await allAtOnce(4, () => tag(clients, arn, { a: 'b' }));
    expect(names).toEqual(new Set([throttled]));
    clients.destroy();
    await strict.close();
  });

  test('S3 has a bucket of its own where a row gives it one', async () => {
    const strict = await startSandbox({
      throttle: [
        { service: 's3', operations: ['PutBucketTagging'], size: 0, refillPerSecond: 0, scope: 'account' },
      ],
    });
    strict.putBucket({ name: 'alices-bucket', account: ALICE.account, region: 'eu-west-1' });
    const clients = clientsOf(strict);
    const command = new PutBucketTaggingCommand({ Bucket: 'alices-bucket', Tagging: { TagSet: [] } });
    expect(await failureOf(clients.s3.send(command))).toMatchObject({ name: 'SlowDown', status: 503 });
    clients.destroy();
    await strict.close();
  });
});
