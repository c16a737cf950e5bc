/** Tags of buckets: S3's own calls, which replace the set, and S3 Control's, which do not. */
import {
  DeleteBucketTaggingCommand,
  GetBucketAbacCommand,
  GetBucketTaggingCommand,
  PutBucketAbacCommand,
  PutBucketTaggingCommand,
} from '@aws-sdk/client-s3';
import {
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-s3-control';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ALICE, BOB, type Clients, failureOf, manyTags } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let alice: Clients;
let aliceInUs: Clients;
let bob: Clients;

withSandbox('each test', (started, clientsAs) => {
  sandbox = started;
  alice = clientsAs(ALICE);
  aliceInUs = clientsAs(ALICE, 'us-east-1');
  bob = clientsAs(BOB);
});

const Bucket = 'alices-bucket';
const arn = `arn:aws:s3:::${Bucket}`;
const replaceTags = (TagSet: { Key: string; Value: string }[]) =>
  alice.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));

describe('PutBucketTagging', () => {
  beforeEach(() => sandbox.putBucket({ name: Bucket, account: ALICE.account, region: 'eu-west-1' }));

  test('replaces the whole set', async () => {
    await replaceTags([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ]);
    await replaceTags([{ Key: 'b', Value: '2' }]);
    const { TagSet } = await alice.s3.send(new GetBucketTaggingCommand({ Bucket }));
    expect(TagSet).toEqual([{ Key: 'b', Value: '2' }]);
    await alice.s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    expect(sandbox.tagsOf(arn)).toEqual({});
  });

  test('takes 50 tags at most', async () => {
    await replaceTags(manyTags(50));
    expect(await failureOf(replaceTags(manyTags(51)))).toMatchObject({ name: 'BadRequest', status: 400 });
    expect(Object.keys(sandbox.tagsOf(arn))).toHaveLength(50);
  });

  test('must repeat tags of AWS, and cannot make them', async () => {
    sandbox.putTags(arn, { 'aws:cloudformation:stack-name': 's' });
    expect(await failureOf(replaceTags(manyTags(1)))).toEqual({
      name: 'InvalidTag',
      status: 400,
      message: 'System tags cannot be removed by requester',
    });
    await replaceTags([{ Key: 'aws:cloudformation:stack-name', Value: 's' }, ...manyTags(50)]);
    const forged = replaceTags([
      { Key: 'aws:cloudformation:stack-name', Value: 's' },
      { Key: 'aws:forged', Value: 'x' },
    ]);
    expect(await failureOf(forged)).toMatchObject({ name: 'InvalidTag' });
  });

  test('is refused on a bucket with ABAC, where reading still works', async () => {
    await replaceTags(manyTags(1));
    const AbacStatus = { Status: 'Enabled' as const };
    await alice.s3.send(new PutBucketAbacCommand({ Bucket, AbacStatus }));
    expect(await alice.s3.send(new GetBucketAbacCommand({ Bucket }))).toMatchObject({ AbacStatus });
    expect(await failureOf(replaceTags(manyTags(2)))).toMatchObject({ status: 400 });
    expect((await alice.s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toHaveLength(1);
    sandbox.abac(Bucket, false);
    await replaceTags(manyTags(2));
  });
});

describe('S3 Control', () => {
  beforeEach(() => sandbox.putBucket({ name: Bucket, account: ALICE.account, region: 'eu-west-1' }));
  const AccountId = ALICE.account;
  const tag = (clients = alice, ResourceArn = arn, Tags = [{ Key: 'c', Value: 'd' }], account = AccountId) =>
    clients.s3Control.send(new TagResourceCommand({ AccountId: account, ResourceArn, Tags }));

  test('adds and removes single tags, also on a bucket with ABAC', async () => {
    sandbox.putTags(arn, { a: 'b' });
    sandbox.abac(Bucket, true);
    await tag();
    const list = new ListTagsForResourceCommand({ AccountId, ResourceArn: arn });
    expect((await alice.s3Control.send(list)).Tags).toEqual([
      { Key: 'a', Value: 'b' },
      { Key: 'c', Value: 'd' },
    ]);
    await alice.s3Control.send(
      new UntagResourceCommand({ AccountId, ResourceArn: arn, TagKeys: ['a', 'x'] }),
    );
    expect(sandbox.tagsOf(arn)).toEqual({ c: 'd' });
  });

  test.each([
    [
      'no such bucket',
      () => tag(alice, 'arn:aws:s3:::nothing-here'),
      { name: 'NoSuchResource', status: 404 },
    ],
    ['another region', () => tag(aliceInUs), { name: 'InvalidRequest', status: 400 }],
    [
      'another partition',
      () => tag(alice, `arn:aws-cn:s3:::${Bucket}`),
      { name: 'InvalidRequest', status: 400 },
    ],
    [
      'another account in the request',
      () => tag(alice, arn, [], BOB.account),
      { name: 'InvalidRequest', status: 400 },
    ],
    [
      'a bucket of another account',
      () => tag(bob, arn, [], BOB.account),
      { name: 'AccessDenied', status: 403 },
    ],
    ['too many tags', () => tag(alice, arn, manyTags(51)), { name: 'TooManyTags', status: 400 }],
  ])('refuses %s', async (_, call, failure) => {
    expect(await failureOf(call())).toMatchObject(failure);
    expect(sandbox.tagsOf(arn)).toEqual({});
  });
});
