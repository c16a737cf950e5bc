/** The simulated S3 keeps objects, lists them and is addressed as AWS is. */
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  type ListBucketsCommandInput,
  type ListBucketsCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ALICE, BOB, type Clients, clientsOf, failureOf } from './clients.ts';
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
const create = (clients = alice, configuration = {}) =>
  clients.s3.send(new CreateBucketCommand({ Bucket, ...configuration }));

describe('buckets', () => {
  test('are created where their location constraint says, tagged or not, and deleted when empty', async () => {
    const configuration = { LocationConstraint: 'eu-central-1' as const, Tags: [{ Key: 'a', Value: 'b' }] };
    await create(aliceInUs, { CreateBucketConfiguration: configuration });
    expect(sandbox.tagsOf(arn)).toEqual({ a: 'b' });
    const frankfurt = clientsOf(sandbox, ALICE, 'eu-central-1');
    expect(await frankfurt.s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({
      BucketRegion: 'eu-central-1',
    });
    await frankfurt.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    const remove = () => frankfurt.s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await failureOf(remove())).toMatchObject({ name: 'BucketNotEmpty', status: 409 });
    await frankfurt.s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await remove();
    expect(sandbox.hasResource(arn)).toBe(false);
    frankfurt.destroy();
  });

  test('one of us-east-1 can be created again by its owner, which changes nothing', async () => {
    await create(aliceInUs);
    sandbox.putTags(arn, { a: 'b' });
    await create(aliceInUs);
    expect(sandbox.tagsOf(arn)).toEqual({ a: 'b' });
  });

  test.each([
    ['its owner, elsewhere', () => create(), { name: 'BucketAlreadyOwnedByYou', status: 409 }],
    ['another account', () => create(bob), { name: 'BucketAlreadyExists', status: 409 }],
  ])('one that exists cannot be created again by %s', async (_, again, failure) => {
    await create();
    expect(await failureOf(again())).toMatchObject(failure);
  });

  test('are listed for their owner alone, in all regions, by prefix and in pages', async () => {
    for (const [name, region] of [
      ['logs', 'eu-west-1'],
      ['logs-archive', 'us-east-1'],
      ['other', 'eu-west-1'],
    ] as const)
      sandbox.putBucket({ name, account: '111122223333', region });
    sandbox.putBucket({ name: 'logs-of-bob', account: '444455556666', region: 'eu-west-1' });
    const list = (input: ListBucketsCommandInput) => alice.s3.send(new ListBucketsCommand(input));
    const namesOf = ({ Buckets = [] }: ListBucketsCommandOutput) => Buckets.map(({ Name }) => Name);
    expect(namesOf(await list({}))).toEqual(['logs', 'logs-archive', 'other']);
    const first = await list({ Prefix: 'logs', MaxBuckets: 1 });
    expect(namesOf(first)).toEqual(['logs']);
    const { ContinuationToken } = first;
    const second = await list({ Prefix: 'logs', MaxBuckets: 1, ContinuationToken });
    expect(namesOf(second)).toEqual(['logs-archive']);
    expect(second.ContinuationToken).toBeUndefined();
    expect(namesOf(await list({ Prefix: 'nothing' }))).toEqual([]);
  });

  test('a regional endpoint creates buckets in its own region only', async () => {
    const elsewhere = { CreateBucketConfiguration: { LocationConstraint: 'us-west-2' as const } };
    expect(await failureOf(create(alice, elsewhere))).toMatchObject({
      name: 'IllegalLocationConstraintException',
    });
  });

  test('a request signed for another region is redirected, and the SDK can follow', async () => {
    await create();
    const read = new GetBucketTaggingCommand({ Bucket });
    expect(await failureOf(aliceInUs.s3.send(read))).toMatchObject({
      name: 'PermanentRedirect',
      status: 301,
    });
    const { requestHandler, credentials } = aliceInUs.s3.config;
    const following = new S3Client({
      endpoint: sandbox.endpoint,
      region: 'us-east-1',
      credentials,
      requestHandler,
      followRegionRedirects: true,
    });
    expect(await failureOf(following.send(read))).toMatchObject({ name: 'NoSuchTagSet' });
  });

  test('belong to one account, and refuse whoever expects another owner', async () => {
    await create();
    expect(await failureOf(bob.s3.send(new GetBucketTaggingCommand({ Bucket })))).toMatchObject({
      name: 'AccessDenied',
      status: 403,
    });
    const wrongOwner = new GetBucketTaggingCommand({ Bucket, ExpectedBucketOwner: BOB.account });
    expect(await failureOf(alice.s3.send(wrongOwner))).toMatchObject({ name: 'AccessDenied', status: 403 });
    const rightOwner = new GetBucketTaggingCommand({ Bucket, ExpectedBucketOwner: ALICE.account });
    expect(await failureOf(alice.s3.send(rightOwner))).toMatchObject({ name: 'NoSuchTagSet', status: 404 });
  });
});

describe('objects', () => {
  const Key = 'AWSLogs/a b+c=d&ü.json.gz';

  test.each([
    ['virtual-hosted', false],
    ['path', true],
  ])('come back as they were put, addressed %s style', async (_, forcePathStyle) => {
    await create();
    const { requestHandler, credentials } = alice.s3.config;
    const config = {
      endpoint: sandbox.endpoint,
      region: 'eu-west-1',
      credentials,
      requestHandler,
      forcePathStyle,
    };
    const s3 = new S3Client(config);
    const Body = Buffer.alloc(3_000_000, 'abc');
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(Buffer.compare(Buffer.from((await object.Body?.transformToByteArray()) ?? []), Body)).toBe(0);
    expect(object.ETag).toBe(ETag);
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: Body.length,
      ETag,
    });
    expect(sandbox.requests.at(-1)?.host).toMatch(
      forcePathStyle ? /^localhost:/ : /^alices-bucket\.localhost:/,
    );
  });

  test('put as a stream lose the chunk lines and trailers that the SDK adds', async () => {
    await create();
    const Body = Readable.from([Buffer.from('hello '), Buffer.from('world')]);
    await alice.s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: 11 }));
    expect(sandbox.getObject(Bucket, Key).toString()).toBe('hello world');
  });

  describe('in parts', () => {
    const Large = Buffer.alloc(5 * 1024 * 1024, 'abc');
    const Small = Buffer.from('the last');

    async function begin() {
      await create();
      const started = await alice.s3.send(
        new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32' }),
      );
      return { Bucket, Key, UploadId: started.UploadId };
    }
    type Upload = Awaited<ReturnType<typeof begin>>;

    async function send(upload: Upload, PartNumber: number, Body: Buffer): Promise<CompletedPart> {
      const command = new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: 'CRC32' });
      const { ETag, ChecksumCRC32 } = await alice.s3.send(command);
      return { PartNumber, ETag, ChecksumCRC32 };
    }
    const complete = (upload: Upload, ...Parts: CompletedPart[]) =>
      alice.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const left = async () =>
      (await alice.s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.map(
        ({ UploadId }) => UploadId,
      );

    test('are put together in the order of their numbers, under a tag that says how many', async () => {
      const upload = await begin();
      const last = await send(upload, 7, Small);
      const first = await send(upload, 2, Large);
      expect(await left()).toEqual([upload.UploadId]);
      const { ETag } = await complete(upload, first, last);
      expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
      expect(await left()).toBeUndefined();
      const read = await alice.s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(read.ETag).toBe(ETag);
      const body = Buffer.from((await read.Body?.transformToByteArray()) ?? []);
      expect(body.equals(Buffer.concat([Large, Small]))).toBe(true);
    });

    test('are refused where they are too small, unknown, out of order or without their checksum', async () => {
      const upload = await begin();
      const small = await send(upload, 1, Small);
      const large = await send(upload, 2, Large);
      expect(await failureOf(complete(upload, small, large))).toMatchObject({ name: 'EntityTooSmall' });
      expect(await failureOf(complete(upload, large, small))).toMatchObject({ name: 'InvalidPartOrder' });
      const other = { ...large, ETag: small.ETag };
      expect(await failureOf(complete(upload, other))).toMatchObject({ name: 'InvalidPart' });
      expect(await failureOf(complete(upload))).toMatchObject({ name: 'MalformedXML' });
      expect(await failureOf(send(upload, 0, Small))).toMatchObject({ name: 'InvalidArgument' });
      const plain = await alice.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'plain' }));
      const checked = send({ Bucket, Key: 'plain', UploadId: plain.UploadId }, 1, Small);
      expect(await failureOf(checked)).toMatchObject({ name: 'InvalidRequest' });
    });

    test('that are given up are gone', async () => {
      const upload = await begin();
      await send(upload, 1, Small);
      await alice.s3.send(new AbortMultipartUploadCommand(upload));
      expect(await left()).toBeUndefined();
      expect(await failureOf(send(upload, 1, Small))).toMatchObject({ name: 'NoSuchUpload', status: 404 });
      expect(await failureOf(alice.s3.send(new GetObjectCommand({ Bucket, Key })))).toMatchObject({
        name: 'NoSuchKey',
      });
    });
  });

  test('are read only while If-Match names their entity tag', async () => {
    await create();
    const { ETag } = await alice.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'one' }));
    const read = () => alice.s3.send(new GetObjectCommand({ Bucket, Key, IfMatch: ETag }));
    await (await read()).Body?.transformToString();
    await alice.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'two' }));
    expect(await failureOf(read())).toMatchObject({ name: 'PreconditionFailed', status: 412 });
  });

  test('that do not exist are NoSuchKey, in no bucket NoSuchBucket', async () => {
    await create();
    const read = (bucket: string) => alice.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    expect(await failureOf(read(Bucket))).toMatchObject({ name: 'NoSuchKey', status: 404 });
    expect(await failureOf(read('no-such-bucket'))).toMatchObject({ name: 'NoSuchBucket', status: 404 });
  });

  test('are listed in order, in pages, by prefix', async () => {
    await create();
    const keys = ['b/1', 'a/3', 'a/1', 'a/2', 'a/4', 'c'];
    for (const key of keys) sandbox.putObject(Bucket, key, key);
    const pages: (string | undefined)[][] = [];
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: alice.s3, pageSize: 2 },
      { Bucket, Prefix: 'a/' },
    )) {
      pages.push(Contents.map((object) => object.Key));
    }
    expect(pages).toEqual([
      ['a/1', 'a/2'],
      ['a/3', 'a/4'],
    ]);
  });

  test('are rolled up by a delimiter, in pages too', async () => {
    await create();
    for (const key of ['a/1', 'a/2', 'b', 'c/1', 'd']) sandbox.putObject(Bucket, key, key);
    const list = (ContinuationToken?: string) =>
      alice.s3.send(
        new ListObjectsV2Command({
          Bucket,
          Delimiter: '/',
          MaxKeys: 2,
          ...(ContinuationToken && { ContinuationToken }),
        }),
      );
    const first = await list();
    expect(first.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/']);
    expect(first.Contents?.map((object) => object.Key)).toEqual(['b']);
    const second = await list(first.NextContinuationToken);
    expect(second.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['c/']);
    expect(second.Contents?.map((object) => object.Key)).toEqual(['d']);
    expect(second.IsTruncated).toBe(false);
  });

  test('come back with metadata of their own, and are no more once they are taken away', async () => {
    await create();
    const Metadata = { signature: 'abc' };
    await alice.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Metadata }));
    expect(await alice.s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ Metadata });
    sandbox.putObject(Bucket, Key, 'y', { other: 'z' });
    expect(await alice.s3.send(new GetObjectCommand({ Bucket, Key }))).toMatchObject({
      Metadata: { other: 'z' },
    });
    sandbox.removeObject(Bucket, Key);
    const head = new GetObjectCommand({ Bucket, Key });
    expect(await failureOf(alice.s3.send(head))).toMatchObject({ name: 'NoSuchKey' });
  });

  test('are listed from a key on; names can be asked for as a form spells them', async () => {
    await create();
    for (const key of ['a/1', 'a/2(3).p n+g', 'b\u0001']) sandbox.putObject(Bucket, key, 'x');
    const list = new ListObjectsV2Command({ Bucket, StartAfter: 'a/1', EncodingType: 'url' });
    const { Contents = [], EncodingType } = await alice.s3.send(list);
    expect(EncodingType).toBe('url');
    expect(Contents.map((object) => object.Key)).toEqual(['a/2%283%29.p+n%2Bg', 'b%01']);
  });

  test('that are made when they are asked for are listed and read as others are', async () => {
    const numbers = Array.from({ length: 2000 }, (_, index) => String(index).padStart(4, '0'));
    const keys = numbers.map((number) => `${number[0]}/${number}`);
    const asked: string[] = [];
    const virtual = {
      keysFrom: (from: string) => {
        asked.push(from);
        return keys.filter((key) => key >= from);
      },
      sizeOf: () => 4,
      open: (key: string) => (keys.includes(key) ? Buffer.from(key) : undefined),
    };
    sandbox.putBucket({ name: Bucket, account: ALICE.account, region: 'eu-west-1', virtual });
    const page = await alice.s3.send(new ListObjectsV2Command({ Bucket, Prefix: '1/' }));
    expect(page.Contents).toHaveLength(1000);
    expect(page.Contents?.[0]).toMatchObject({ Key: '1/1000', Size: 4 });
    asked.length = 0;
    const rolled = await alice.s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(rolled.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['0/', '1/']);
    expect(asked).toEqual(['', '00', '10']);
    const read = await alice.s3.send(new GetObjectCommand({ Bucket, Key: '1/1000' }));
    expect(await read.Body?.transformToString()).toBe('1/1000');
    const missing = new GetObjectCommand({ Bucket, Key: '1/none' });
    expect(await failureOf(alice.s3.send(missing))).toMatchObject({ name: 'NoSuchKey' });
  });
});
