/** `who` and `why` of the folder of a run. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, REGION } from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { runInfo } from '../../helpers/run-info.ts';

const ID = '2026-11-26T143012Z-ab12cd';
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:orders`;
const userArn = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

const INFO = runInfo({ id: ID });

const row = (eventID: string, name: string, eventTime: string, more: object) => ({
  arn: QUEUE,
  type: 'sqs:queue',
  service: 'sqs',
  account: ACCOUNT,
  region: REGION,
  outcome: 'tagged',
  reason: '',
  creator: userArn(name),
  creatorKind: 'person',
  person: name,
  eventName: 'CreateQueue',
  eventTime,
  eventID,
  file: 's3://logs/a.json.gz',
  ...more,
});

let parent: string;

function run(name: string, info: object, rows: readonly object[], journal: readonly object[] = []): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  const lines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  writeFileSync(join(folder, 'run.json'), JSON.stringify(info));
  writeFileSync(join(folder, 'resources.ndjson'), `${lines(rows)}{"torn":`);
  writeFileSync(join(folder, 'journal.ndjson'), lines(journal));
  return folder;
}

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'who-runs-'));
});
afterAll(() => rmSync(parent, { recursive: true }));

const ROWS = [
  row('e1', 'alice', '2026-11-20T10:00:00Z', { outcome: 'kept', reason: 'it was deleted since' }),
  row('e2', 'bob', '2026-11-20T11:00:00Z', {}),
  row('e3', 'carol', '2026-11-20T12:00:00Z', {
    arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:other`,
    outcome: 'failed',
    reason: 'AccessDenied: no',
  }),
  { nothing: 'of ours' },
];

async function json(...args: readonly string[]) {
  const { stdout, ...rest } = await runHere([...args, '--json']);
  return { ...rest, lines: stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])) };
}

test('who tells whom the run has tagged, with the tags that it wrote; lines of others are counted', async () => {
  const after = { CreatedBy: userArn('bob'), CreatedDate: '2026-11-20T11:00:00Z' };
  const intent = {
    kind: 'intent',
    at: '2026-11-26T14:31:00Z',
    id: 'w1',
    arn: QUEUE,
    event: {},
    before: {},
    after,
  };
  const folder = run('tagged', INFO, ROWS, [intent, { kind: 'result', id: 'w1', outcome: 'written' }]);
  const { lines, complaints, ending } = await json('who', QUEUE, folder);
  expect(lines[0]).toMatchObject({
    arn: QUEUE,
    creator: userArn('bob'),
    eventName: 'CreateQueue',
    eventSource: 'sqs.amazonaws.com',
    toldBy: `${folder}, which read s3://logs/a.json.gz`,
    tags: after,
  });
  expect(complaints).toEqual([`${folder}: 1 lines of it are not as auto-tagger writes them`]);
  expect(ending).toBe('done');
  const made = await json('who', '--creator', 'carol', folder);
  expect(made.lines[0]).toMatchObject({ kind: 'made', arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:other` });
});

test('why tells what became of it then, by the resource and by the event', async () => {
  const folder = run('why', INFO, ROWS);
  const { lines } = await json('why', 'e3', folder);
  expect(lines[0]).toMatchObject({ outcome: 'failed', detail: 'AccessDenied: no', eventID: 'e3' });
  const ofQueue = await json('why', 'orders', folder);
  expect(ofQueue.lines.map(({ outcome }) => outcome)).toEqual(['kept', 'tagged', undefined]);
});

test('what a later program has written is refused, and so is a run that there is not', async () => {
  const folder = run('newer', { ...INFO, version: 99 }, []);
  expect(await runHere(['who', QUEUE, folder])).toMatchObject({
    ending: 'usage',
    complaints: [expect.stringMatching(/has version 99/)],
  });
  expect((await runHere(['who', QUEUE, ID])).ending).toBe('usage');
});

test('a snapshot is told to be by a call of EC2, though Storage Gateway makes some by one of the same name', async () => {
  const arn = `arn:aws:ec2:${REGION}::snapshot/snap-0c1d2e3f405162739`;
  const snapshot = { arn, type: 'ec2:snapshot', service: 'ec2', eventName: 'CreateSnapshot' };
  const folder = run('snapshots', runInfo(), [row('e1', 'alice', '2026-11-20T10:00:00Z', snapshot)]);
  const { lines } = await json('who', arn, folder);
  expect(lines[0]).toMatchObject({ arn, eventName: 'CreateSnapshot', eventSource: 'ec2.amazonaws.com' });
});
