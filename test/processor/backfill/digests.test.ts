/**
 * Log files are believed when CloudTrail's digests vouch for them: real signatures, over HTTP with real clients. Each way in which
 * a bucket can be tampered with is a row.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import {
  createDigestCheck,
  type DigestCheckOptions,
  type DigestProblems,
} from '../../../processor/backfill/digests/digest-check.ts';
import { createPublicKeys } from '../../../processor/backfill/digests/public-keys.ts';
import { verifiedLogFile } from '../../../processor/backfill/digests/verified-log-file.ts';
import { findBranches } from '../../../processor/backfill/scope/find-branches.ts';
import { listBranch } from '../../../processor/backfill/scope/list-branch.ts';
import { readScope, type ScopeTexts } from '../../../processor/backfill/scope/scope.ts';
import { readFileFailure } from '../../../processor/file/file-failure.ts';
import { ANY_BUCKET } from '../../../processor/file/log-buckets.ts';
import { s3LogFile } from '../../../processor/file/log-file.ts';
import { createLogReader, listingOf } from '../../../processor/file/log-reader.ts';
import { planFile } from '../../../processor/file/plan-file.ts';
import { type Identity, type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import {
  type DigestSaid,
  type DigestToPut,
  digestsOf,
  newSigner,
  putPublicKey,
} from '../../helpers/digests.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import { topic, topicArn } from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { runsFolder } from '../../helpers/run-info.ts';
import { checkpointOf, idOf } from './kept-run.ts';

const READER: Identity = { account: '111122223333', type: 'IAMUser', userName: 'reader' };
const BUCKET = 'logs';
const REGION = 'eu-west-1';
const { signal: SIGNAL } = new AbortController();
const NOW = Date.parse('2025-03-20T12:00:00Z');
const SIGNER = newSigner();
const STRANGER = newSigner();

let sandbox: Sandbox;
let calls: Calls;
let restore: () => void;

beforeAll(async () => {
  sandbox = await startSandbox();
  restore = pointSdkAt(sandbox, READER, REGION);
  const credentials = sandbox.credentials(READER);
  calls = createCalls({ credentialsFor: () => async () => credentials, concurrency: 8 });
  putPublicKey(sandbox, REGION, STRANGER, ['2014-01-01', '2015-01-01']);
  for (let other = 0; other < 2; other++) putPublicKey(sandbox, REGION, newSigner());
  putPublicKey(sandbox, REGION, SIGNER);
});
afterAll(async () => {
  calls.destroy();
  restore();
  await sandbox.close();
});

const fileKey = (time: string, unique = 'abcdefghijklmnop') => {
  const day = time.slice(0, 10);
  const stamp = `${day.replaceAll('-', '')}T${time.slice(11, 13)}${time.slice(14, 16)}Z`;
  const folder = `AWSLogs/111122223333/CloudTrail/${REGION}/${day.replaceAll('-', '/')}`;
  return `${folder}/111122223333_CloudTrail_${REGION}_${stamp}_${unique}.json.gz`;
};
const contentOf = (name: string) =>
  JSON.stringify({ Records: [{ eventName: name, eventSource: 'x.amazonaws.com' }] });

const FIRST = fileKey('2025-03-01T22:10');
const SECOND = fileKey('2025-03-01T23:50');
const THIRD = fileKey('2025-03-02T00:30');
const FILES = new Map([FIRST, SECOND, THIRD].map((key) => [key, contentOf(key)]));
const OPTIONS = {
  bucket: BUCKET,
  account: '111122223333',
  region: REGION,
  trail: 'management-events',
  signer: SIGNER,
  begin: '2025-03-01T22:00:30Z',
  hours: 3,
  files: FILES,
};
const DIGESTS = digestsOf(OPTIONS);
/** The digest of an hour, counted from the first. */
const digestAt = (hour: number): DigestToPut => {
  const digest = DIGESTS[hour];
  if (digest === undefined) throw new Error(`there is no digest ${hour}`);
  return digest;
};
const put = ({ key, body, metadata }: DigestToPut) => sandbox.putObject(BUCKET, key, body, metadata);

beforeEach(() => {
  if (sandbox.hasResource(`arn:aws:s3:::${BUCKET}`)) sandbox.removeResource(`arn:aws:s3:::${BUCKET}`);
  sandbox.putBucket({ name: BUCKET, account: READER.account, region: REGION });
  for (const [key, content] of FILES) sandbox.putObject(BUCKET, key, gzipSync(content));
  for (const digest of DIGESTS) put(digest);
});

describe('backfill --verify-digests', () => {
  const runs = runsFolder('digests');
  afterAll(() => rmSync(runs, { recursive: true }));
  const [NAMED, CHANGED, ADDED, NEXT] = [1, 2, 3, 4].map(topicArn) as [string, string, string, string];
  const created = (number: number) =>
    JSON.stringify({ Records: [topic(number, { at: '2025-03-01T22:00:00Z' })] });
  const TAKEN = fileKey('2025-03-01T22:30', 'tttttttttttttttt');
  const STRAY = fileKey('2025-03-01T22:40', 'ssssssssssssssss');
  const SCOPE = [`s3://${BUCKET}`, '--from', '2025-03-01', '--to', '2025-03-03', '--runs'];

  /** One file is as it was delivered, one was changed, one added, one taken away, and so was a digest. */
  function tamper(): void {
    for (const arn of [NAMED, CHANGED, ADDED, NEXT]) sandbox.putResource({ arn, account: READER.account });
    const files = new Map(
      [FIRST, SECOND, TAKEN, THIRD].map((key, at) => [key, created([1, 9, 9, 4][at] ?? 0)]),
    );
    const digests = digestsOf({ ...OPTIONS, hours: 6, files });
    for (const digest of digests) put(digest);
    sandbox.removeObject(BUCKET, digests[4]?.key ?? '');
    sandbox.putObject(BUCKET, FIRST, gzipSync(created(1)));
    sandbox.putObject(BUCKET, SECOND, gzipSync(created(2)));
    sandbox.putObject(BUCKET, STRAY, gzipSync(created(3)));
    sandbox.putObject(BUCKET, THIRD, gzipSync(created(4)));
  }

  const DIGESTS_SAID = { 'hash-differs': 1, 'not-in-digest': 1, 'missing-file': 1, 'missing-digest': 1 };
  const isTagged = () =>
    [NAMED, CHANGED, ADDED, NEXT].map((arn) => 'CreatedBy' in (sandbox.tagsOf(arn) ?? {}));
  const newest = (folder: string) => join(folder, idOf({ runs: folder }));
  const totalsOf = (folder: string) => checkpointOf({ runs: folder }).totals;

  test('tags only what digests vouch for, says what they say against the rest, and counts it', async () => {
    tamper();
    const folder = join(runs, 'one');
    const asked: string[] = [];
    const { ending, stdout, complaints } = await runHere(
      ['backfill', ...SCOPE, folder, '--verify-digests', '--json'],
      {
        ask: async () => {
          asked.push('asked');
          return true;
        },
      },
    );
    expect(ending).toBe('failed');
    expect(isTagged()).toEqual([true, false, false, true]);
    const told = complaints.join('\n');
    expect(told).toContain('log files count only where CloudTrail’s digests vouch for them');
    for (const each of [
      `${SECOND}: not believed: its content is not what CloudTrail delivered`,
      `${STRAY}: not believed: the digests of its day do not name it`,
      `missing-file: a digest names a log file that is not there: ${TAKEN}`,
      'missing-digest: a digest names one before it that is not there',
    ]) {
      expect(told.split(each)).toHaveLength(2);
    }
    const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(summary).toMatchObject({ kind: 'summary', files: 4, unreadable: 2, digests: DIGESTS_SAID });
    expect(totalsOf(folder).digests).toEqual(DIGESTS_SAID);
    const { stdout: status } = await runHere(['backfill', 'status', newest(folder)]);
    expect(status).toContain('digests: ');
    const page = await runHere(['report', newest(folder), '-o', '-']);
    expect(page.stdout).toContain('1 hash-differs');
  });

  test('leaves nothing that replay would tag without digests', async () => {
    const folder = newest(join(runs, 'one'));
    tamper();
    const before = isTagged();
    const { ending, complaints } = await runHere(['replay', join(folder, 'failures.ndjson')]);
    expect(ending).toBe('failed');
    expect(complaints.join('\n')).toContain('`backfill --verify-digests` asks alone');
    expect(isTagged()).toEqual(before);
  });

  test('is gone on with as it was begun, and comes to the same', async () => {
    tamper();
    const folder = join(runs, 'two');
    let stop = () => {};
    let read = 0;
    sandbox.faults.add({
      operation: 'GetObject',
      match: ({ input }) => {
        if (!String(input.Key).includes('Digest') && ++read === 2) stop();
        return false;
      },
      effect: { delayMs: 0 },
    });
    const stopped = await runHere(['backfill', ...SCOPE, folder, '--verify-digests', '--yes'], {
      onStart: (stopIt) => {
        stop = stopIt;
      },
    });
    expect(stopped.ending).not.toBe('done');
    expect(totalsOf(folder).files).toBeLessThan(4);
    const { ending, stdout, complaints } = await runHere(['backfill', 'resume', newest(folder)]);
    expect(ending).toBe('failed');
    expect(complaints.join('\n')).toContain('log files count only where CloudTrail’s digests vouch for them');
    expect(stdout).toMatch(/^digests of CloudTrail: 1 .*$/m);
    expect(totalsOf(folder)).toMatchObject({ files: 4, unreadable: 2, digests: DIGESTS_SAID });
    expect(isTagged()).toEqual([true, false, false, true]);
  });

  test('says so where digests vouch for all', async () => {
    const { ending, stdout } = await runHere([
      'backfill',
      ...SCOPE,
      join(runs, 'three'),
      '--verify-digests',
      '--yes',
    ]);
    expect(ending).toBe('done');
    expect(stdout).toContain('digests of CloudTrail: no problems\n');
  });

  test('tags nothing where digests cannot be read', async () => {
    tamper();
    const error = { code: 'AccessDenied', status: 403, message: 'Access Denied' };
    const match = ({ input }: { readonly input: Readonly<Record<string, unknown>> }) =>
      String(input.Key).includes('Digest');
    const mend = sandbox.faults.add({ operation: 'GetObject', match, effect: { error } });
    const { ending } = await runHere(['backfill', ...SCOPE, join(runs, 'four'), '--verify-digests', '--yes']);
    mend();
    expect(ending).toBe('access');
    expect(isTagged()).toEqual([false, false, false, false]);
  });
});

/** Texts of a scope, and what its URL names in the bucket. */
interface Place extends ScopeTexts {
  readonly prefix?: string;
}

/** All files of the scope, each read as an engine does, several at once: what became of them, and what was told beside. */
async function verify(
  { prefix = '', ...texts }: Place = {},
  more: Partial<DigestCheckOptions> = {},
  atOnce = 4,
) {
  const scope = readScope(`s3://${BUCKET}/${prefix}`, texts, NOW);
  const options = { calls, region: REGION, buckets: ANY_BUCKET, ownAccount: undefined };
  const logs = createLogReader(options);
  const list = listingOf(logs, BUCKET);
  const files: Record<string, string> = {};
  const chain: string[] = [];
  /** Of these, what was told when a file was opened. */
  const by = new Map<string, readonly string[]>();
  for await (const branch of findBranches(scope, list, SIGNAL)) {
    const check = createDigestCheck({
      branch,
      scope,
      list,
      logs,
      publicKeyOf: createPublicKeys({ calls, region: branch.region, signal: SIGNAL }),
      signal: SIGNAL,
      now: () => NOW,
      ...more,
    });
    const tell = (problems: readonly DigestProblems[], key = 'the end') => {
      const told = problems.map(({ reason, detail }) => `${reason}: ${detail}`);
      chain.push(...told);
      by.set(key, told);
    };
    const read = async (key: string) => {
      const file = verifiedLogFile(s3LogFile(logs, { bucket: BUCKET, key }), key, check, (problems) =>
        tell(problems, key),
      );
      try {
        const { records, source } = await file.open(SIGNAL);
        const refuse = () => undefined;
        const plan = await planFile(records, { bounds: DEFAULT_BOUNDS, source, signal: SIGNAL, refuse });
        files[key] = `${plan.records} records`;
      } catch (error) {
        const { code, class: what } = readFileFailure(error);
        files[key] = `${code}, ${what}`;
      }
    };
    for await (const page of listBranch(branch, scope, more.after, list, SIGNAL)) {
      for (let at = 0; at < page.length; at += atOnce) {
        await Promise.all(page.slice(at, at + atOnce).map(({ key }) => read(key)));
      }
    }
    tell(await check.end());
  }
  return { files, chain, by };
}

async function outcome(...args: Parameters<typeof verify>) {
  const { files, chain } = await verify(...args);
  return { files, chain };
}

const GOOD = { [FIRST]: '1 records', [SECOND]: '1 records', [THIRD]: '1 records' };

test('files that CloudTrail delivered are read, and nothing is told', async () => {
  expect(await outcome()).toEqual({ files: GOOD, chain: [] });
  expect(await outcome({ from: '2025-02-27', to: '2025-03-05' }, {}, 1)).toEqual({ files: GOOD, chain: [] });
});

test('each log file is got once, each digest once, and public keys once a month', async () => {
  const from = sandbox.requests.length;
  await verify();
  const asked = sandbox.requests.slice(from);
  const got = asked
    .filter(({ operation }) => operation === 'GetObject')
    .map(({ input }) => String(input.Key));
  expect(got.filter((key) => !key.includes('Digest')).sort()).toEqual([FIRST, SECOND, THIRD]);
  expect(got.toSorted()).toEqual([...new Set(got)].sort());
  expect(asked.filter(({ operation }) => operation === 'ListPublicKeys')).toHaveLength(2); // a month, in two pages
});

test('public keys are those of the month, whatever the day, and of no other', async () => {
  const [march, april, year] = [newSigner(), newSigner(), newSigner()];
  const region = 'eu-north-1';
  putPublicKey(sandbox, region, march, ['2025-03-29', '2025-03-30']);
  putPublicKey(sandbox, region, april, ['2025-04-02', '2025-04-28']);
  putPublicKey(sandbox, region, year, ['2025-12-31', '2026-01-31']);
  const publicKeyOf = createPublicKeys({ calls, region, signal: SIGNAL });
  const from = sandbox.requests.length;
  const asked = () => sandbox.requests.length - from;
  const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
  expect(await publicKeyOf(april.fingerprint, at('2025-03-31'))).toBeUndefined();
  expect(await publicKeyOf(march.fingerprint, at('2025-03-02'))).toBeDefined();
  expect(asked()).toBe(1);
  expect(await publicKeyOf(april.fingerprint, at('2025-04-30'))).toEqual(Buffer.from(april.value, 'base64'));
  expect(await publicKeyOf(april.fingerprint, at('2025-05-01'))).toBeDefined(); // it is known
  expect(asked()).toBe(2);
  expect(await publicKeyOf(year.fingerprint, at('2025-12-02'))).toBeDefined();
  expect(asked()).toBe(3);
});

const other = (key: string) => gzipSync(contentOf(`${key} changed`));
const extra = fileKey('2025-03-01T22:15', 'zzzzzzzzzzzzzzzz');

describe('what was tampered with tags nothing, and is told', () => {
  type LogFileSaid = DigestSaid['logFiles'][number];
  const elsewhere = (file: LogFileSaid) => ({ ...file, s3Bucket: 'elsewhere' });
  const cut = (file: LogFileSaid) => ({ ...file, hashValue: file.hashValue.slice(0, -1) });

  /** A digest that says something else, and is signed by CloudTrail none the less. */
  function putChanged(hour: number, change: (said: DigestSaid) => DigestSaid): void {
    const { key } = digestAt(hour);
    const others = digestsOf({
      ...OPTIONS,
      change: (said) => (said.digestS3Object === key ? change(said) : said),
    });
    const [changed] = others.slice(hour);
    if (changed !== undefined) put(changed);
  }

  test.each<readonly [string, () => void, Record<string, string>, readonly string[]]>([
    [
      'a file that was changed',
      () => sandbox.putObject(BUCKET, SECOND, other(SECOND)),
      { [SECOND]: 'hash-differs, final' },
      [],
    ],
    [
      'a file with another behind it',
      () =>
        sandbox.putObject(BUCKET, SECOND, Buffer.concat([gzipSync(FILES.get(SECOND) ?? ''), other(SECOND)])),
      { [SECOND]: 'hash-differs, final' },
      [],
    ],
    [
      'a file that was taken away',
      () => sandbox.removeObject(BUCKET, SECOND),
      {},
      [`missing-file: ${SECOND}`],
    ],
    [
      'the only file of the last day',
      () => sandbox.removeObject(BUCKET, THIRD),
      {},
      [`missing-file: ${THIRD}`],
    ],
    [
      'a file that CloudTrail never delivered',
      () => sandbox.putObject(BUCKET, extra, other(extra)),
      { [extra]: 'not-in-digest, final' },
      [],
    ],
    [
      'a digest that was changed to name it',
      () => {
        const [forged] = digestsOf({ ...OPTIONS, files: new Map([...FILES, [extra, contentOf(extra)]]) });
        sandbox.putObject(BUCKET, extra, gzipSync(contentOf(extra)));
        sandbox.putObject(BUCKET, digestAt(0).key, forged?.body ?? '', digestAt(0).metadata);
      },
      { [extra]: 'digest-invalid, final', [FIRST]: 'digest-invalid, final' },
      [`unsigned: ${digestAt(0).key}: its signature is of another content`],
    ],
    [
      'a digest that somebody else has signed',
      () => {
        const [forged] = digestsOf({ ...OPTIONS, signer: STRANGER });
        if (forged !== undefined) put(forged);
      },
      { [FIRST]: 'digest-invalid, final' },
      [`unsigned: ${digestAt(0).key}: there is no public key ${STRANGER.fingerprint} in its region`],
    ],
    [
      'a digest without its signature',
      () => put({ ...digestAt(1), metadata: {} }),
      { [SECOND]: 'digest-invalid, final' },
      [`unsigned: ${digestAt(1).key}: it has no signature`],
    ],
    [
      'a digest in the place of another',
      () => put({ ...digestAt(0), key: digestAt(1).key }),
      { [SECOND]: 'digest-invalid, final' },
      [`moved: ${digestAt(1).key}: it says that it is s3://${BUCKET}/${digestAt(0).key}`],
    ],
    [
      'a digest of another bucket',
      () => {
        const [copied] = digestsOf({ ...OPTIONS, bucket: 'elsewhere' });
        if (copied !== undefined) put(copied);
      },
      { [FIRST]: 'digest-invalid, final' },
      [`moved: ${digestAt(0).key}: it says that it is s3://elsewhere/${digestAt(0).key}`],
    ],
    [
      'a file that a digest names in another bucket',
      () => putChanged(0, (said) => ({ ...said, logFiles: said.logFiles.map(elsewhere) })),
      { [FIRST]: 'not-in-digest, final' },
      [],
    ],
    [
      'a file of whose hash a digest has the beginning only',
      () => putChanged(0, (said) => ({ ...said, logFiles: said.logFiles.map(cut) })),
      { [FIRST]: 'hash-differs, final' },
      [],
    ],
    [
      'a digest that names another content of the one before it',
      () => putChanged(2, (said) => ({ ...said, previousDigestHashValue: '0'.repeat(64) })),
      {},
      [`missing-digest: ${digestAt(1).key} is not the one that ${digestAt(2).key} names`],
    ],
    [
      'a digest that names another signature of the one before it',
      () => putChanged(2, (said) => ({ ...said, previousDigestSignature: '0'.repeat(512) })),
      {},
      [`missing-digest: ${digestAt(1).key} is not the one that ${digestAt(2).key} names`],
    ],
    [
      'a digest that is none',
      () => put({ ...digestAt(0), body: gzipSync('{"logFiles":{"length":{}}}') }),
      { [FIRST]: 'digest-invalid, final' },
      [`broken: ${digestAt(0).key}: it is no digest in gzip and JSON`],
    ],
    [
      'a digest that grows without end',
      () => put({ ...digestAt(0), body: gzipSync(Buffer.alloc(17 * 1024 * 1024)) }),
      { [FIRST]: 'digest-invalid, final' },
      [`broken: ${digestAt(0).key}: it is no digest in gzip and JSON`],
    ],
    [
      'a digest that was taken away',
      () => sandbox.removeObject(BUCKET, digestAt(1).key),
      { [SECOND]: 'no-digest, final' },
      [`missing-digest: ${digestAt(1).key}, which ${digestAt(2).key} names as the one before it`],
    ],
  ])('%s', async (_, tamper, files, chain) => {
    tamper();
    const found = await verify();
    const removed = Object.keys(found.files).length < FILES.size;
    expect(found.files).toMatchObject(files);
    expect(found.chain.filter((told) => !/^missing-digest/.test(told) || chain.includes(told))).toEqual(
      chain,
    );
    if (!removed)
      expect(
        Object.entries(found.files)
          .filter(([key]) => !(key in files))
          .map(([, is]) => is),
      ).toEqual(Array(Object.keys(found.files).length - Object.keys(files).length).fill('1 records'));
  });
});

test('a digest of CloudTrail’s own in the place of another breaks the chain on both sides', async () => {
  const late = fileKey('2025-03-01T22:20', 'llllllllllllllll');
  const others = digestsOf({ ...OPTIONS, files: new Map([...FILES, [late, contentOf(late)]]) });
  if (others[1] !== undefined) put(others[1]);
  expect(await outcome()).toEqual({
    files: GOOD,
    chain: [
      `missing-digest: ${digestAt(0).key} is not the one that ${digestAt(1).key} names`,
      `missing-digest: ${digestAt(1).key} is not the one that ${digestAt(2).key} names`,
    ],
  });
});

test('days between two files are looked at, too', async () => {
  const [between, after] = [fileKey('2025-03-03T12:00'), fileKey('2025-03-05T00:10')];
  const files = new Map([...FILES, ...[between, after].map((key) => [key, contentOf(key)] as const)]);
  for (const digest of digestsOf({ ...OPTIONS, files, hours: 76 })) put(digest);
  sandbox.putObject(BUCKET, after, gzipSync(contentOf(after)));
  expect(await outcome()).toEqual({
    files: { ...GOOD, [after]: '1 records' },
    chain: [`missing-file: ${between}`],
  });
});

test('nothing is missed that is not asked for: outside of the URL, and of the days', async () => {
  for (const key of [FIRST, THIRD]) sandbox.removeObject(BUCKET, key);
  expect(await outcome({ prefix: SECOND.slice(0, SECOND.indexOf('T23')) })).toEqual({
    files: { [SECOND]: '1 records' },
    chain: [`missing-file: ${FIRST}`],
  });
  expect(await outcome({ prefix: SECOND.slice(0, SECOND.indexOf('T23') + 3) })).toEqual({
    files: { [SECOND]: '1 records' },
    chain: [],
  });
  expect((await verify({ from: '2025-03-02' })).chain).toEqual([`missing-file: ${THIRD}`]);
  expect((await verify({ to: '2025-02-28' })).chain).toEqual([`missing-file: ${FIRST}`]);
});

test('a digest vouches for no file of another account', async () => {
  const foreign = FIRST.replaceAll('111122223333', '444455556666');
  sandbox.putObject(BUCKET, foreign, gzipSync(contentOf(foreign)));
  for (const digest of digestsOf({ ...OPTIONS, files: new Map([...FILES, [foreign, contentOf(foreign)]]) }))
    put(digest);
  const { files } = await verify();
  expect(files).toEqual({ ...GOOD, [foreign]: 'no-digest, final' });
});

test('digests of other trails in the same place, and later ones beside the chain, count too', async () => {
  const late = fileKey('2025-03-01T22:40', 'llllllllllllllll');
  sandbox.putObject(BUCKET, late, gzipSync(contentOf(late)));
  for (const digest of digestsOf({ ...OPTIONS, trail: 'b', files: new Map([[late, contentOf(late)]]) }))
    put(digest);
  expect(await outcome()).toEqual({ files: { ...GOOD, [late]: '1 records' }, chain: [] });
});

test('what was delivered just now has no digest yet, and can be tried again', async () => {
  const [old, young, fresh] = ['08:50', '09:10', '11:40'].map((time) => fileKey(`2025-03-20T${time}`)) as [
    string,
    string,
    string,
  ];
  for (const key of [old, young, fresh]) sandbox.putObject(BUCKET, key, gzipSync(contentOf(key)));
  expect((await verify({ from: '2025-03-19' })).files).toEqual({
    [old]: 'no-digest, final', // three hours later it was to be there
    [young]: 'not-yet, transient',
    [fresh]: 'not-yet, transient',
  });
});

test('copies outside of CloudTrail’s folders are vouched for by nobody', async () => {
  sandbox.putObject(BUCKET, 'copies/a.json.gz', gzipSync(contentOf('copy')));
  expect((await verify()).files).toEqual({ ...GOOD, 'copies/a.json.gz': 'outside-trail, final' });
});

describe('a run that goes on', () => {
  test('tells what is missing of the day that it was broken off in, and nothing of the days before', async () => {
    sandbox.removeObject(BUCKET, FIRST);
    expect(await outcome({}, { after: SECOND })).toEqual({
      files: { [THIRD]: '1 records' },
      chain: [`missing-file: ${FIRST}`],
    });
    expect(await outcome({}, { after: THIRD })).toEqual({ files: {}, chain: [] });
  });

  test('wherever it was broken off, what was told before and what is told then are all that there is to tell', async () => {
    const LAST = fileKey('2025-03-04T10:10');
    const [between, missing] = [fileKey('2025-03-03T12:00'), fileKey('2025-03-01T23:55')];
    const all = [FIRST, SECOND, THIRD, LAST];
    const files = new Map([...all, between, missing].map((key) => [key, contentOf(key)] as const));
    const digests = digestsOf({ ...OPTIONS, files, hours: 64 });
    for (const digest of digests) put(digest);
    for (const hour of [3, 28, 52]) sandbox.removeObject(BUCKET, digests[hour]?.key ?? '');
    sandbox.putObject(BUCKET, LAST, gzipSync(contentOf(LAST)));
    const whole = await verify({}, {}, 1);
    expect(whole.chain).toHaveLength(5);
    expect((await verify()).by).toEqual(whole.by); // also where several are read at once
    for (const [index, after] of all.entries()) {
      const before = all.slice(0, index + 1).flatMap((key) => whole.by.get(key) ?? []);
      const { chain } = await verify({}, { after });
      expect([...before, ...chain].sort()).toEqual(whole.chain.toSorted());
    }
  });

  test('tells of a broken chain once: with the first file of the day before, or of the same', async () => {
    sandbox.removeObject(BUCKET, digestAt(1).key); // written on the second day, about the first
    const all = [FIRST, SECOND, THIRD];
    const told = await Promise.all(all.map(async (after) => (await verify({}, { after })).chain));
    expect((await verify()).chain).toHaveLength(1);
    expect(told).toEqual([[], [], []]);
  });
});

test('a digest that cannot be read for the moment makes its files wait, and no others', async () => {
  const fault = {
    operation: 'GetObject',
    effect: { error: { code: 'InternalError', status: 500, message: 'no' } },
  };
  const match = ({ input }: { readonly input: Readonly<Record<string, unknown>> }) =>
    input.Key === digestAt(2).key;
  const remove = sandbox.faults.add({ ...fault, match, times: 5 });
  const { files } = await verify({}, {}, 1);
  remove();
  expect(files).toEqual({ ...GOOD, [FIRST]: 'InternalError, transient' });
});

test('large files are hashed while they stream', async () => {
  const noise = Array.from({ length: 4000 }, (_, index) => ({
    eventSource: 'x.amazonaws.com',
    id: createHash('sha512').update(String(index)).digest('base64'),
  }));
  const content = JSON.stringify({ Records: noise });
  const body = gzipSync(content);
  expect(body.length).toBeGreaterThan(128 * 1024);
  const files = new Map([...FILES, [FIRST, content]]);
  for (const digest of digestsOf({ ...OPTIONS, files })) put(digest);
  sandbox.putObject(BUCKET, FIRST, body);
  expect((await verify()).files[FIRST]).toBe('4000 records');
  sandbox.putObject(BUCKET, FIRST, gzipSync(content.replace('"x.amazonaws.com"', '"y.amazonaws.com"')));
  expect((await verify()).files[FIRST]).toBe('hash-differs, final');
  sandbox.putObject(BUCKET, FIRST, gunzipSync(body)); // as a console leaves it
  expect((await verify()).files[FIRST]).toBe('4000 records');
});
