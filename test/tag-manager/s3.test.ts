/** S3 buckets: S3 Control first, the whole set as fallback, and the region that the bucket is really in. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ServedRequest } from '../../sandbox/sandbox.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { TagManager } from '../../tag-manager/tag-manager.ts';
import { ALICE, arnOf, creationOf, EVENT_TIME, OTHER_ACCOUNT } from './creations.ts';
import { isWrite, operationsOf, ours, putResource, startTagging, type Tagging, UNENDING } from './tagging.ts';

let tagging: Tagging;
let manager: TagManager;

beforeEach(async () => {
  tagging = await startTagging();
  manager = tagging.manager();
});
afterEach(() => tagging.close());

async function run(...names: string[]) {
  return watch(manager, ...names);
}

async function watch(tagManager: TagManager, ...names: string[]) {
  let outcomes: readonly Outcome[] = [];
  const requests = await tagging.requestsOf(async () => {
    const creations = names.map((name) => creationOf('bucket', name));
    ({ outcomes } = await tagManager.tag({ creations }, UNENDING));
  });
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error('there is no outcome');
  return { outcome, outcomes, requests, operations: operationsOf(requests) };
}

const regionsOf = (requests: readonly ServedRequest[]) => requests.map(({ region }) => region);
const tagsOf = (name: string) => tagging.sandbox.tagsOf(arnOf('bucket', name));

const OTHERS = { Team: 'blue', 'aws:cloudformation:stack-name': 'web', 'aws:cloudformation:stack-id': 'id' };

const READ = 's3 GetBucketTagging';
const LIST = 's3 ListBuckets';
const CONTROL = 's3-control TagResource';
const REPLACE = 's3 PutBucketTagging';

test('S3 Control adds the tags; the whole set is never replaced then', async () => {
  putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
  const { outcome, operations } = await run('assets');
  expect(outcome.outcome).toBe('tagged');
  expect(operations).toEqual([READ, CONTROL]);
  expect(tagsOf('assets')).toEqual({ ...OTHERS, ...ours(ALICE, EVENT_TIME) });
});

test('a bucket with attribute-based access control is tagged through S3 Control', async () => {
  putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
  tagging.sandbox.abac('assets', true);
  const { outcome, operations } = await run('assets');
  expect(outcome.outcome).toBe('tagged');
  expect(operations).toEqual([READ, CONTROL]);
});

describe('where S3 Control may not be used', () => {
  test.each(['denied', 'MethodNotAllowed', 'NotImplemented'])(
    '(%s), the set is read again, and put back with ours',
    async (refusal) => {
      putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
      if (refusal === 'denied') tagging.sandbox.deny.add({ service: 's3-control' });
      else {
        const effect = { error: { code: refusal, status: 405, message: 'not here' } };
        tagging.sandbox.faults.add({ service: 's3-control', effect });
      }
      const { outcome, operations } = await run('assets');
      expect(outcome).toMatchObject({ outcome: 'tagged', failure: undefined });
      expect(operations).toEqual([READ, CONTROL, READ, REPLACE]);
      expect(tagsOf('assets')).toEqual({ ...OTHERS, ...ours(ALICE, EVENT_TIME) });
    },
  );

  test('a tag that somebody added after the first read survives', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
    tagging.sandbox.faults.add({
      service: 's3-control',
      match: () => {
        tagging.sandbox.putTags(arnOf('bucket', 'assets'), { Added: 'meanwhile' });
        return true;
      },
      effect: { error: { code: 'AccessDenied', status: 403, message: 'no' } },
    });
    expect((await run('assets')).outcome.outcome).toBe('tagged');
    expect(tagsOf('assets')).toEqual({ ...OTHERS, Added: 'meanwhile', ...ours(ALICE, EVENT_TIME) });
  });

  test('a bucket without tags gets ours', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets');
    tagging.sandbox.deny.add({ service: 's3-control' });
    expect((await run('assets')).outcome.outcome).toBe('tagged');
    expect(tagsOf('assets')).toEqual(ours(ALICE, EVENT_TIME));
  });

  test.each([
    ['AccessDenied', 403, 'failed', 'denied'],
    ['SlowDown', 503, 'deferred', 'throttled'],
    ['InternalError', 500, 'deferred', 'busy'],
    ['NoSuchBucket', 404, 'gone', 'not-found'],
  ] as const)(
    'a second read that fails with %s is never taken for "no tags"',
    async (code, status, expected, failureClass) => {
      putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
      tagging.sandbox.deny.add({ service: 's3-control' });
      let reads = 0;
      tagging.sandbox.faults.add({
        operation: 'GetBucketTagging',
        match: () => ++reads > 1,
        effect: { error: { code, status, message: 'not now' } },
      });
      const { outcome, operations } = await run('assets');
      expect(outcome).toMatchObject({ outcome: expected, failure: { class: failureClass } });
      expect(operations.slice(0, 3)).toEqual([READ, CONTROL, READ]);
      expect(operations).not.toContain(REPLACE);
      expect(tagsOf('assets')).toEqual(OTHERS);
    },
  );

  test('and the set may not be put either, the refusal is that of S3 Control', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
    tagging.sandbox.deny.add({ service: 's3-control' });
    tagging.sandbox.deny.add({ operation: 'PutBucketTagging' });
    const { outcome, operations } = await run('assets');
    expect(outcome).toMatchObject({
      outcome: 'failed',
      reason: 'denied',
      failure: { class: 'denied', error: 'AccessDenied', message: expect.stringContaining('s3:TagResource') },
    });
    expect(operations).toEqual([READ, CONTROL, READ, REPLACE, LIST]);
    expect(tagsOf('assets')).toEqual(OTHERS);
  });

  test('and the set is refused for another reason, that reason is given', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
    tagging.sandbox.abac('assets', true);
    tagging.sandbox.deny.add({ service: 's3-control' });
    const { outcome } = await run('assets');
    expect(outcome).toMatchObject({
      outcome: 'failed',
      failure: { class: 'invalid', error: 'InvalidRequest' },
    });
    expect(tagsOf('assets')).toEqual(OTHERS);
  });

  test('the fiftieth tag and one more fail, and none is lost', async () => {
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`key-${at}`, 'value']));
    putResource(tagging.sandbox, 'bucket', 'assets', { tags: fifty });
    tagging.sandbox.deny.add({ service: 's3-control' });
    const { outcome } = await run('assets');
    expect(outcome.outcome).toBe('failed');
    expect(tagsOf('assets')).toEqual(fifty);
  });
});

test.each([
  ['TooManyTags', 400],
  ['InvalidTag', 400],
  ['OperationAborted', 409],
  ['SlowDown', 503],
  ['NoSuchResource', 404],
] as const)('S3 Control answering %s is no reason to replace the set', async (code, status) => {
  putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
  tagging.sandbox.faults.add({
    service: 's3-control',
    effect: { error: { code, status, message: 'no' } },
  });
  const { outcome, operations } = await run('assets');
  expect(outcome.failure?.error).toBe(code);
  expect(operations).toEqual([READ, CONTROL]);
});

test.each([
  ['AccessDenied', 403],
  ['InternalError', 500],
  ['NoSuchBucket', 404],
] as const)('a first read that fails with %s ends there', async (code, status) => {
  putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
  tagging.sandbox.faults.add({
    operation: 'GetBucketTagging',
    effect: { error: { code, status, message: 'no' } },
  });
  const { outcome, operations, requests } = await run('assets');
  expect(outcome.failure?.error).toBe(code);
  expect(operations[0]).toBe(READ);
  expect(requests.filter(isWrite)).toEqual([]);
});

describe('a bucket that is in another region than its record says', () => {
  test('is followed there once, and found there at once from then on', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { region: 'eu-central-1', tags: OTHERS });
    const first = await run('assets');
    expect(first.outcome.outcome).toBe('tagged');
    expect(regionsOf(first.requests)).toEqual(['eu-west-1', 'eu-central-1', 'eu-central-1']);
    expect(first.operations).toEqual([READ, READ, CONTROL]);
    const second = await run('assets');
    expect(second.outcome.outcome).toBe('unchanged');
    expect(regionsOf(second.requests)).toEqual(['eu-central-1']);
    expect(tagsOf('assets')).toEqual({ ...OTHERS, ...ours(ALICE, EVENT_TIME) });
  });

  test('says nothing of the other buckets', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { region: 'eu-central-1' });
    putResource(tagging.sandbox, 'bucket', 'logs');
    await run('assets');
    const { outcome, requests } = await run('logs');
    expect(outcome.outcome).toBe('tagged');
    expect(regionsOf(requests)).toEqual(['eu-west-1', 'eu-west-1']);
  });

  test('is followed when it has moved again', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { region: 'eu-central-1' });
    await run('assets');
    putResource(tagging.sandbox, 'bucket', 'assets', { region: 'eu-north-1' }); // deleted, and created anew
    const { outcome, requests } = await run('assets');
    expect(outcome.outcome).toBe('tagged');
    expect(regionsOf(requests)).toEqual(['eu-central-1', 'eu-north-1', 'eu-north-1']);
  });

  test.each(['cn-north-1', 'us-gov-west-1', 'eu-west-1.evil.example', 'evil.example', '../..', 'EU'])(
    'is not followed to %j',
    async (region) => {
      const arn = arnOf('bucket', 'assets');
      tagging.sandbox.putResource({ arn, account: '111122223333', region, tags: OTHERS });
      const { outcome, requests } = await run('assets');
      expect(outcome).toMatchObject({ outcome: 'failed', failure: { error: 'PermanentRedirect' } });
      expect(regionsOf(requests)).toEqual(['eu-west-1']);
      expect(tagging.sandbox.tagsOf(arn)).toEqual(OTHERS);
    },
  );

  test('is followed where the error body names the region instead of a header', async () => {
    const askedFor: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      const region = /Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '')?.[1];
      askedFor.push(region);
      const isThere = region === 'eu-central-1';
      response.writeHead(isThere ? 404 : 400, { 'content-type': 'application/xml' });
      response.end(
        isThere
          ? '<Error><Code>NoSuchBucket</Code><Message>gone</Message></Error>'
          : '<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region is wrong</Message>' +
              '<Region>eu-central-1</Region></Error>',
      );
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    process.env.AWS_ENDPOINT_URL_S3 = `http://localhost:${(server.address() as AddressInfo).port}`;
    try {
      const { outcome } = await watch(tagging.manager(), 'assets');
      expect(askedFor).toEqual(['eu-west-1', 'eu-central-1']);
      expect(outcome.outcome).toBe('gone');
    } finally {
      delete process.env.AWS_ENDPOINT_URL_S3;
      server.close();
      server.closeAllConnections();
    }
  });
});

describe('a bucket that is denied', () => {
  test('and is not in the list of its account is gone: its name is another account by now', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { account: OTHER_ACCOUNT, tags: OTHERS });
    putResource(tagging.sandbox, 'bucket', 'assets-of-ours'); // begins with its name
    const { outcome, operations } = await run('assets');
    expect(outcome).toMatchObject({
      outcome: 'gone',
      reason: 'not found: it was deleted',
      failure: { class: 'not-found', error: 'NoSuchBucket', message: expect.stringContaining('assets') },
    });
    expect(operations).toEqual([READ, LIST]);
    expect(tagsOf('assets')).toEqual(OTHERS);
  });

  test('and was created a moment ago may not be in the list yet: it is deferred', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { account: OTHER_ACCOUNT });
    const young = tagging.manager({ now: Date.parse(EVENT_TIME) + 60_000 });
    expect((await watch(young, 'assets')).outcome.outcome).toBe('deferred');
  });

  test.each(['GetBucketTagging', 'TagResource'])(
    '%s, and is in the list, stays denied',
    async (operation) => {
      putResource(tagging.sandbox, 'bucket', 'assets', { tags: OTHERS });
      tagging.sandbox.deny.add({ operation });
      tagging.sandbox.deny.add({ operation: 'PutBucketTagging' });
      const { outcome, operations } = await run('assets');
      expect(outcome).toMatchObject({
        outcome: 'failed',
        failure: { class: 'denied', error: 'AccessDenied' },
      });
      expect(operations.at(-1)).toBe(LIST);
      expect(tagsOf('assets')).toEqual(OTHERS);
    },
  );

  test('stays denied where the list may not be read', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { account: OTHER_ACCOUNT });
    tagging.sandbox.deny.add({ operation: 'ListBuckets' });
    const { outcome } = await run('assets');
    expect(outcome).toMatchObject({ outcome: 'failed', failure: { class: 'denied', error: 'AccessDenied' } });
  });

  test('is deferred where the list cannot be read just now', async () => {
    putResource(tagging.sandbox, 'bucket', 'assets', { account: OTHER_ACCOUNT });
    const effect = { error: { code: 'SlowDown', status: 503, message: 'slow down' } };
    tagging.sandbox.faults.add({ operation: 'ListBuckets', effect });
    const { outcome } = await run('assets');
    expect(outcome).toMatchObject({ outcome: 'deferred', failure: { class: 'throttled' } });
  });
});

test('every call says whose bucket is expected', async () => {
  // A role that could reach the bucket of another account would still be stopped by this.
  putResource(tagging.sandbox, 'bucket', 'assets', { account: OTHER_ACCOUNT, tags: OTHERS });
  const asOther = async () => tagging.sandbox.credentials({ account: OTHER_ACCOUNT, type: 'Root' });
  const { outcome, requests } = await watch(tagging.manager({ credentialsFor: () => asOther }), 'assets');
  expect(outcome).toMatchObject({ outcome: 'failed', failure: { class: 'denied' } });
  expect(requests.filter(isWrite)).toEqual([]);
});
