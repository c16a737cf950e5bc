/**
 * A process that makes the folder of a run in AWS, and the lists of what is left of it, of as many log files as argument one says.
 * Chunks of the journal, results and the listing are computed as they are asked for, and not held. It says what it came to, and the
 * most memory that it took.
 *
 * In every tenth log file of a branch a topic was created. Every fifth of these was tagged by an attempt that died, and found so by a
 * second one; of the rest some failed; the sums of every tenth are in the journal. When the second lists are made, every fourth log
 * file has no result yet.
 */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { collect } from '../../../processor/backfill/aws/collect.ts';
import { openJobList } from '../../../processor/backfill/aws/job-list.ts';
import type { RunBucket } from '../../../processor/backfill/aws/run-bucket.ts';
import { writeManifests } from '../../../processor/backfill/aws/write-manifests.ts';
import {
  failureChunkLines,
  intentChunkLines,
  resourceChunkLines,
  resultChunkLines,
  sumsChunkLine,
} from '../../../processor/backfill/bulk/chunk-lines.ts';
import { type FileSums, printSums } from '../../../processor/backfill/bulk/file-sums.ts';
import { chunkName } from '../../../processor/backfill/bulk/run-keys.ts';
import type { FoundBranch } from '../../../processor/backfill/scope/find-branches.ts';
import type { ListObjects } from '../../../processor/file/bucket-listing.ts';
import { peakMiB } from '../../helpers/peak.ts';

const FILES = Number(process.argv[2]);
const REGIONS = ['eu', 'us', 'ap', 'sa', 'ca'].flatMap((area) => [`${area}-west-1`, `${area}-east-1`]);
const ACCOUNTS = ['111122223333', '444455556666'];
const BUCKET = 'logs';
const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1);

const branches: readonly FoundBranch[] = ACCOUNTS.flatMap((account) =>
  REGIONS.map((region) => ({
    name: `${account}/${region}`,
    account,
    region,
    prefix: `AWSLogs/${account}/CloudTrail/${region}/`,
    years: ['2025'],
  })),
);
const OF_BRANCH = FILES / branches.length;

/** Those of a branch are in the order of their numbers, over half a year. */
function keyOf({ account, region, prefix }: FoundBranch, number: number): string {
  const at = new Date(START + Math.floor((number * 180 * DAY) / OF_BRANCH)).toISOString();
  const minute = `${at.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  const name = `${account}_CloudTrail_${region}_${minute}_${String(number).padStart(16, '0')}.json.gz`;
  return `${prefix}${at.slice(0, 10).replaceAll('-', '/')}/${name}`;
}

const hasCreated = (number: number) => number % 10 === 0;
const isTwice = (number: number) => number % 50 === 0;
const isInJournal = (number: number) => number % 100 === 0;
const hasFailed = (number: number) => number % 30 === 10 && !isTwice(number);
const isLeft = (number: number) => number % 4 === 3;

/** The attempt of a chunk: of the first ones, that died, or of the last. */
const attemptOf = (isFirst: boolean, chunk: number) =>
  `${isFirst ? 'a' : 'b'}${chunk.toString(16).padStart(11, '0')}`;

/** How many log files in which something was created are in a chunk; all of one branch. */
const IN_CHUNK = 20;
const CHUNKS_OF_BRANCH = Math.ceil(OF_BRANCH / 10 / IN_CHUNK);

const chunkOf = (at: number, number: number) => at * CHUNKS_OF_BRANCH + Math.floor(number / 10 / IN_CHUNK);

function topicOf(at: number, number: number) {
  const branch = branches[at] ?? branches[0];
  if (branch === undefined) throw new TypeError('there is no branch');
  const { account, region } = branch;
  const file = `s3://${BUCKET}/${keyOf(branch, number)}`;
  const arn = `arn:aws:sns:${region}:${account}:topic-${number}`;
  const time = '2025-03-04T10:15:30Z';
  const event = { id: `${at}-${number}`, source: 'sns.amazonaws.com', name: 'CreateTopic', time };
  const place = { arn, type: 'sns:topic', account, region };
  const after = { CreatedBy: 'alice', CreatedDate: time, ManagedBy: 'auto-tagger' };
  return {
    file,
    row: {
      ...{
        ...place,
        service: 'sns',
        reason: '',
        creator: 'alice',
        creatorKind: 'person' as const,
        person: 'Alice',
      },
      ...{ eventName: event.name, eventTime: time, eventID: event.id, file },
    },
    intent: (isFirst: boolean) => ({
      ...{ ...place, id: `${at}-${number}-${isFirst}`, resourceId: arn, api: 'sns:TagResource' },
      ...{ event, creator: 'alice', before: {}, after },
    }),
  };
}

const counts = { compressedBytes: 1_500, bytes: 15_000, records: 7, creations: 0, malformed: 0 };

function sumsOf(number: number, attempt: string): FileSums {
  const ignored = { 'not-in-catalogue': hasCreated(number) ? 6 : 7 };
  const plain = { complete: true, ...counts, ignored, servicesLeftOut: {}, warnings: [] } as const;
  if (!hasCreated(number)) return { attempt, kind: 'read', report: { ...plain, resources: 0, outcomes: {} } };
  const outcome = isTwice(number) ? 'unchanged' : hasFailed(number) ? 'failed' : 'tagged';
  const report = { ...plain, creations: 1, resources: 1, outcomes: { [outcome]: 1 } };
  return { attempt, kind: 'read', report };
}

const DENIED = { class: 'denied', error: 'AccessDenied', message: 'no' } as const;

function linesOf(at: number, number: number, isFirst: boolean): string {
  const { file, row, intent } = topicOf(at, number);
  const attempt = attemptOf(false, chunkOf(at, number));
  if (isFirst) return isTwice(number) ? intentChunkLines(file, [intent(true)], START) : '';
  const sums = isInJournal(number) ? sumsChunkLine(file, sumsOf(number, attempt)) : '';
  if (isTwice(number)) return sums;
  const intended = intentChunkLines(file, [intent(false)], START);
  const { id } = intent(false);
  if (!hasFailed(number)) {
    return `${intended}${resultChunkLines([{ id }])}${resourceChunkLines([{ ...row, outcome: 'tagged' }])}${sums}`;
  }
  const key = file.slice(`s3://${BUCKET}/`.length);
  const message = { autoTagger: { kind: 'file', bucket: BUCKET, key } };
  return [
    `${intended}${resultChunkLines([{ id, failure: DENIED }])}`,
    `${resourceChunkLines([{ ...row, outcome: 'failed' }])}${failureChunkLines(file, [message])}${sums}`,
  ].join('');
}

const CHUNKS = branches.length * CHUNKS_OF_BRANCH;
const nameOf = (chunk: number, isFirst: boolean) => {
  const at = START + chunk + (isFirst ? 0 : DAY);
  return `journal/${chunkName({ at, attempt: attemptOf(isFirst, chunk), number: 0 })}`;
};

async function linesOfFile(path: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path)) {
    for (const byte of chunk as Buffer) if (byte === 0x0a) lines += 1;
    await turn(); // others go on meanwhile
  }
  return lines;
}

/** How many lines each list had that was put. */
let listed: number[] = [];

const bucket: RunBucket = {
  bucket: 'backfills',
  prefix: 'runs/run/',
  async put(_, body) {
    if (typeof body === 'string') return 'etag';
    listed.push(await linesOfFile(body.path));
    return 'etag';
  },
  async read(name) {
    const isFirst = /-a[0-9a-f]{11}-\d+\.ndjson$/.test(name);
    const chunk = Number.parseInt(/-[ab]([0-9a-f]{11})-\d+\.ndjson$/.exec(name)?.[1] ?? '', 16);
    const at = Math.floor(chunk / CHUNKS_OF_BRANCH);
    const first = (chunk % CHUNKS_OF_BRANCH) * IN_CHUNK;
    const numbers = Array.from({ length: IN_CHUNK }, (_, each) => (first + each) * 10);
    return numbers.map((number) => (number < OF_BRANCH ? linesOf(at, number, isFirst) : '')).join('');
  },
  open: () => Promise.reject(new TypeError('nothing is open')),
  async *list() {
    for (const isFirst of [true, false]) {
      for (let chunk = 0; chunk < CHUNKS; chunk++) yield { name: nameOf(chunk, isFirst), size: 1 };
    }
  },
};

/** As S3 lists, a thousand keys at a time, without folders. */
const list: ListObjects = async ({ prefix, startAfter, token }) => {
  const branch = branches.find((each) => prefix.startsWith(each.prefix));
  if (branch === undefined) return { objects: [], prefixes: [] };
  const behind = token ?? startAfter ?? '';
  const objects: { key: string; size: number }[] = [];
  for (let number = firstBehind(branch, behind > prefix ? behind : prefix); number < OF_BRANCH; number++) {
    const key = keyOf(branch, number);
    if (!key.startsWith(prefix)) break;
    if (objects.length === 1_000) return { objects, prefixes: [], next: objects.at(-1)?.key };
    objects.push({ key, size: 1_500 });
  }
  return { objects, prefixes: [] };
};

function firstBehind(branch: FoundBranch, behind: string): number {
  let [low, high] = [0, OF_BRANCH];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(branch, middle) > behind) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Of the files that `isTold` chooses, in pages that go over all branches. */
async function* results(isTold: (number: number) => boolean) {
  for (let number = 0; number < OF_BRANCH; number++) {
    if (!isTold(number)) continue;
    yield branches.map((branch, at) => {
      const attempt = attemptOf(false, chunkOf(at, number));
      const sums: FileSums = isInJournal(number) ? { attempt, kind: 'in-journal' } : sumsOf(number, attempt);
      return { key: keyOf(branch, number), round: 1, answer: printSums(sums) };
    });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'bulk-scale-'));
try {
  const place = { deployment: 'auto-tagger', region: 'eu-west-1' };
  const jobs = await openJobList(folder, 'run', place);
  await jobs.beginRound();
  const { signal } = new AbortController();
  const scope = { bucket: BUCKET, prefix: 'AWSLogs/' };
  const deployment = { ...place, bucket: 'backfills' } as never; // nobody asks it
  const work = { id: 'run', scope, deployment, calls: undefined as never, bucket, jobs, signal };
  const mostFiles = FILES / 16 + 1;
  const of = { folder, work, branches, list };
  const lists = async (isTold: (number: number) => boolean) => {
    listed = [];
    const manifests = await writeManifests({ ...of, engine: { results: () => results(isTold) } }, mostFiles);
    return {
      lines: listed.reduce((sum, each) => sum + each, 0),
      agree: JSON.stringify(listed) === JSON.stringify(manifests.map(({ files }) => files)),
      bytes: manifests.reduce((sum, { bytes }) => sum + bytes, 0),
      mostLines: Math.max(...listed),
    };
  };
  const all = await lists(() => false);
  await jobs.add({});
  const rest = await lists((number) => !isLeft(number));
  const names = branches.map(({ name }) => name);
  const engine = { results: () => results(() => true) };
  const { totals, left, broken } = await collect({ folder, work, engine, branches: names, isWhole: true });
  const linesIn = (file: string) => linesOfFile(join(folder, file));
  console.log(
    JSON.stringify({
      found: { all, rest, totals, left, broken },
      lines: {
        journal: await linesIn('journal.ndjson'),
        resources: await linesIn('resources.ndjson'),
        failures: await linesIn('failures.ndjson'),
      },
      peakMiB: peakMiB(),
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
