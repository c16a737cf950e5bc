/**
 * Whole inputs as they are found in the wild, each with something that its writer, an older version or a tool on the
 * way left out or spelled differently: what `plan --json --explain` says of each.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { jsonPrinter } from '../../processor/cli/json-printer.ts';
import { createPlanPool } from '../../processor/cli/plan-threads.ts';
import { runFiles } from '../../processor/cli/run-files.ts';
import { createPlanningRuntime } from '../../processor/runtime/planning-runtime.ts';
import { readSettings } from '../../processor/runtime/settings.ts';
import { ACCOUNT, fixture, withValue, withValues } from '../helpers/fixtures.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';

const REGION = 'eu-west-1';
const NAME = logKeyOf(ACCOUNT, REGION, 1).split('/').at(-1) ?? '';
const VOLUME = fixture('ec2-CreateVolume');
const ARN = `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-0b1c2d3e4f5061721`;

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Line = Readonly<Record<string, unknown>>;

/** Plans what lies under these names; `only` names one file of them. */
async function plan(files: Readonly<Record<string, Uint8Array>>, only = '') {
  const at = mkdtempSync(join(folder, 'case-'));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(at, name)), { recursive: true });
    writeFileSync(join(at, name), bytes);
  }
  const lines: Line[] = [];
  const complaints: string[] = [];
  const { signal } = new AbortController();
  const runtime = createPlanningRuntime(readSettings({}, 'command-line'), REGION);
  const ending = await runFiles([join(at, only)], runtime, {
    explain: true,
    pool: createPlanPool([], signal),
    printer: jsonPrinter((text) =>
      lines.push(
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    ),
    complain: (problem) => complaints.push(problem),
    signal,
  });
  runtime.destroy();
  const ofKind = (kind: string) => lines.filter((line) => line.kind === kind);
  return {
    ending,
    complaints,
    resources: ofKind('resource').map(({ arn, tags }) => [arn, (tags as Line).CreatedDate]),
    ignored: ofKind('ignored').map(({ reason, detail }) => [reason, detail]),
    files: ofKind('file'),
    summary: ofKind('summary')[0] ?? {},
  };
}

const onlyVolume = { ending: 'done', complaints: [], resources: [[ARN, VOLUME.eventTime]], ignored: [] };

test('a record of event version 1.0, which has neither an id nor a recipient', async () => {
  const { eventID: _, recipientAccountId: __, ...old } = VOLUME;
  const record = { ...old, eventVersion: '1.0', eventTime: '2014-03-06T21:22:54Z' };
  expect(await plan({ [NAME]: logFileOf([record]) })).toMatchObject({
    ...onlyVolume,
    resources: [[ARN, '2014-03-06T21:22:54Z']],
  });
});

test('records whose times other tools have rewritten', async () => {
  const written = ['2024-12-16 18:41:07.000000000', '2022-10-20 14:16:43', '2024-04-02T15:13:06+00:00'];
  const records = written.map((eventTime, at) =>
    withValues(VOLUME, { eventTime, 'responseElements.volumeId': `vol-0000000${at}` }),
  );
  const { ending, resources } = await plan({ [NAME]: logFileOf(records) });
  expect(ending).toBe('done');
  expect(resources.map(([, time]) => time)).toEqual([
    '2024-12-16T18:41:07Z',
    '2022-10-20T14:16:43Z',
    '2024-04-02T15:13:06Z',
  ]);
});

test('a function that was published to $LATEST.PUBLISHED', async () => {
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:resize-images`;
  const record = withValue(
    fixture('lambda-CreateFunction20150331'),
    'responseElements.functionArn',
    `${arn}:$LATEST.PUBLISHED`,
  );
  const { ending, resources } = await plan({ [NAME]: logFileOf([record]) });
  expect([ending, resources]).toEqual(['done', [[arn, record.eventTime]]]);
});

test('an EventBridge event whose record names no account: its caller is a service', async () => {
  const userIdentity = { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };
  const detail = withValues(VOLUME, { userIdentity, recipientAccountId: undefined });
  const event = {
    version: '0',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: ACCOUNT,
    detail,
  };
  const file = Buffer.from(JSON.stringify(event, null, 1));
  expect(await plan({ 'event.json': file }, 'event.json')).toMatchObject(onlyVolume);
});

test('a trail whose prefix has the form of its own folders', async () => {
  const key = `AWSLogs/${ACCOUNT}/${logKeyOf(ACCOUNT, REGION, 1)}`;
  expect(await plan({ [key]: logFileOf([VOLUME]) })).toMatchObject(onlyVolume);
});

test('flow logs in the way of Hive beside a trail', async () => {
  const flowLogs = `AWSLogs/aws-account-id=${ACCOUNT}/aws-service=vpcflowlogs/aws-region=${REGION}/year=2026`;
  const files = {
    [`${flowLogs}/${ACCOUNT}_vpcflowlogs_${REGION}_fl-0123456789abcdef0_20261120T1000Z_ab12.log.gz`]:
      gzipSync('version account-id interface-id\n'),
    [logKeyOf(ACCOUNT, REGION, 1)]: logFileOf([VOLUME]),
  };
  const planned = await plan(files);
  expect(planned).toMatchObject(onlyVolume);
  expect(planned.summary).toMatchObject({ files: 1, unreadable: 0, skipped: { 'other-service': 1 } });
});

const DOCUMENT = JSON.stringify({ Records: [VOLUME] });
const PRETTY = JSON.stringify({ Records: [VOLUME] }, null, 2);

test.each([
  ['that something on the way has decompressed', Buffer.from(DOCUMENT)],
  ['that was decompressed and written anew', Buffer.from(PRETTY)],
  ['that begins with a byte order mark', gzipSync(`\ufeff${DOCUMENT}`)],
  ['that was written anew behind a byte order mark', gzipSync(`\ufeff${PRETTY}`)],
  ['that was decompressed and begins with a byte order mark', Buffer.from(`\ufeff${DOCUMENT}`)],
])('a file %s', async (_, file) => {
  expect(await plan({ [NAME]: file })).toMatchObject(onlyVolume);
});

test('gzip in gzip is an error that says so', async () => {
  const { ending, complaints, resources } = await plan({ [NAME]: gzipSync(logFileOf([VOLUME])) });
  expect([ending, resources]).toEqual(['failed', []]);
  expect(complaints).toEqual([expect.stringMatching(/: gzip in gzip: /)]);
});

test('a response that CloudTrail left out is a reason of its own', async () => {
  const omitted = { omitted: true, originalSize: 120_000, reason: 'responseElements too large' };
  const record = withValue(VOLUME, 'responseElements', omitted);
  const { resources, ignored, summary } = await plan({ [NAME]: logFileOf([record]) });
  expect(resources).toEqual([]);
  expect(ignored).toEqual([
    ['response-omitted', 'CloudTrail left out the content of responseElements, and with it the ids'],
  ]);
  expect(summary).toMatchObject({ ignored: { 'response-omitted': 1 } });
});

test('a copy of a volume', async () => {
  const record = withValue(fixture('ec2-CopyVolumes'), 'responseElements', {
    volumeSet: { items: [{ volumeId: 'vol-0bbbbbbbbbbbbbbbb' }] },
  });
  const { resources } = await plan({ [NAME]: logFileOf([record]) });
  expect(resources.map(([arn]) => arn)).toEqual([
    `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-0bbbbbbbbbbbbbbbb`,
  ]);
});
