/** The archive, from what the function writes to what an SQL engine that is not ours reads of it by the table and the queries of the stack. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { columnsTable } from '../../../processor/archive/columns.ts';
import { QUERIES, queriesText } from '../../../processor/archive/queries.ts';
import { fullTableName } from '../../../processor/archive/table.ts';
import { readSettings } from '../../../processor/runtime/settings.ts';
import type { FaultEffect } from '../../../sandbox/sandbox.ts';
import { deadlineWhen } from '../../helpers/deadlines.ts';
import { type Deployment, type DeploymentOptions, deploysForEach } from '../../helpers/deployment.ts';
import {
  ACCOUNT,
  ANNA,
  callEvent,
  EVENT_TIME,
  LOG_BUCKET,
  ofAnna,
  REGION,
  s3Event,
  sqsEvent,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { logKeyOf } from '../../helpers/log-files.ts';
import {
  groupArn,
  groupCreation,
  instanceArn,
  launchCreation,
  putFamily,
} from '../../tag-manager/parents/families.ts';
import {
  ARCHIVE,
  COLUMN_NAMES,
  contentOf,
  createTable,
  type Engine,
  keysIn,
  linesOf,
  openEngine,
} from './kept.ts';
import { archiveLarge, beginLarge, LINE_BYTES, LINES } from './large.ts';

let deployment: Deployment;
const deploy = deploysForEach((started) => {
  deployment = started;
});

async function start({ settings, ...options }: DeploymentOptions = {}): Promise<void> {
  await deploy({ ...options, settings: { ARCHIVE_BUCKET: ARCHIVE, ...settings } });
  deployment.sandbox.putBucket({ name: ARCHIVE, account: ACCOUNT, region: REGION });
}

const KEYS = [0, 1, 2].map((number) => logKeyOf(ACCOUNT, REGION, number));
const [KEY = ''] = KEYS;

/** File `number` has ten volumes and five topics, all of which exist. */
function putFiles(): void {
  for (const [number, key] of KEYS.entries()) {
    const volumes = Array.from({ length: 10 }, (_, at) => number * 100 + at);
    const topics = Array.from({ length: 5 }, (_, at) => number * 100 + 50 + at);
    deployment.putResources([...volumes.map((one) => volumeArn(one)), ...topics.map(topicArn)]);
    deployment.putFile(key, [...volumes.map((one) => volume(one)), ...topics.map((one) => topic(one))]);
  }
}

const SERVER_ERROR: FaultEffect = {
  error: { code: 'InternalError', status: 500, message: 'we encountered an internal error' },
};
const DENIED: FaultEffect = { error: { code: 'AccessDenied', status: 403, message: 'Access Denied' } };

function failArchive(effect: FaultEffect, times = Number.POSITIVE_INFINITY): () => void {
  const match = ({ input }: { readonly input: Readonly<Record<string, unknown>> }) =>
    input.Bucket === ARCHIVE;
  return deployment.sandbox.faults.add({ service: 's3', operation: 'PutObject', match, times, effect });
}

interface SqsAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** As SQS brings files: again and again what is given back. Answers how often. */
async function bring(keys: readonly string[]): Promise<number> {
  for (let left = keys, times = 1; ; times += 1) {
    const event = sqsEvent(left.map((key) => s3Event([key])));
    const { batchItemFailures } = (await deployment.invoke(event)) as SqsAnswer;
    const ids = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    left = left.filter((_, at) => ids.has(`message-${at}`));
    if (left.length === 0) return times;
    if (times > 20) throw new Error('it comes again for ever');
  }
}

describe('a file', () => {
  test('is one object, whose name no notification takes for a log file, with a line a resource', async () => {
    await start();
    deployment.putResources([volumeArn(1), topicArn(2)]);
    deployment.putFile(KEY, [volume(1), topic(2), volume(3)]);
    await deployment.invoke(s3Event([KEY]));
    const [key = '', ...more] = keysIn(deployment);
    expect(more).toEqual([]);
    expect(key).toMatch(
      /^tagged\/day=2025-03-04\/account=111122223333\/region=eu-west-1\/111122223333_CloudTrail_eu-west-1_\w+-[0-9a-f]{16}\.jsonl\.gz$/,
    );
    const [first, , gone] = linesOf(deployment, key);
    expect(Object.keys(first ?? {})).toEqual(COLUMN_NAMES);
    expect(first).toEqual({
      arn: volumeArn(1),
      type: 'ec2:volume',
      service: 'ec2',
      account: ACCOUNT,
      region: REGION,
      outcome: 'tagged',
      reason: '',
      creator: ANNA,
      creator_name: 'anna',
      creator_kind: 'person',
      person: 'anna',
      invoked_by: '',
      parent: '',
      parent_type: '',
      event_id: '902354f9-2110-4c4d-a206-000000000001',
      event_source: 'ec2.amazonaws.com',
      event_name: 'CreateVolume',
      event_time: EVENT_TIME,
      source_ip: expect.any(String),
      tags: ofAnna(),
      request_tags: expect.any(Object),
      source_file: `s3://${LOG_BUCKET}/${KEY}`,
      metadata: {
        source_region: REGION,
        event_tag: 'ec2:CreateVolume',
        ingestion_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    });
    expect(gone).toMatchObject({
      arn: volumeArn(3),
      outcome: 'gone',
      reason: expect.stringMatching(/^InvalidVolume/),
    });
  });

  test('that created nothing is none, and nothing is written in a dry run', async () => {
    await start();
    deployment.putFile(KEY, [{ ...volume(1), eventName: 'DescribeVolumes' }]);
    await deployment.invoke(s3Event([KEY]));
    deployment.putFile(KEY, [volume(1)]);
    deployment.renew({ DRY_RUN: 'true' });
    await deployment.invoke(s3Event([KEY]));
    expect(keysIn(deployment)).toEqual([]);
  });

  test('names the person behind what a service made for somebody', async () => {
    await start({ settings: { CREATED_BY: 'person', SERVICES: 'autoscaling,ec2' } });
    const instance = 'i-0123456789abcdef0';
    const group = groupArn('web', '0f3b9d00-acdc-11ef-a992-0abfc302ccc4');
    putFamily(deployment.sandbox, group, { id: 'web' });
    putFamily(deployment.sandbox, instanceArn(instance));
    deployment.putFile(KEY, [groupCreation('web').record, launchCreation('web', instance).record]);
    await deployment.invoke(s3Event([KEY]));
    const [key = ''] = keysIn(deployment);
    const launched = linesOf(deployment, key).find(({ arn }) => arn === instanceArn(instance));
    expect(launched).toMatchObject({
      creator: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling`,
      creator_kind: 'service',
      person: 'alice',
      invoked_by: 'autoscaling.amazonaws.com',
      parent: groupArn('web'),
      parent_type: 'autoscaling:autoScalingGroup',
      tags: { CreatedBy: 'alice' },
    });
  });
});

describe('the content is the same', () => {
  async function contentAfter(work: () => Promise<unknown>): Promise<readonly object[]> {
    await start();
    putFiles();
    await work();
    const content = contentOf(deployment);
    await deployment.close();
    return content;
  }

  test('after replays, in any order, and whatever fails in between', async () => {
    const expected = await contentAfter(() => bring(KEYS));
    expect(expected).toHaveLength(45);
    const again = await contentAfter(async () => {
      await bring(KEYS.toReversed());
      await bring(KEYS);
      expect(keysIn(deployment)).toHaveLength(KEYS.length); // replaced, and none added
    });
    expect(again).toEqual(expected);
    const faulty = await contentAfter(async () => {
      failArchive(SERVER_ERROR, 2);
      failArchive({ reset: true, applied: true }, 1);
      deployment.sandbox.faults.add({
        service: 'sns',
        operation: 'TagResource',
        times: 3,
        effect: SERVER_ERROR,
      });
      expect(await bring(KEYS.toReversed())).toBeGreaterThan(1);
      for (let polls = 0; polls < 20 && (await deployment.count('retry')) > 0; polls += 1) {
        deployment.advance(900);
        await deployment.poll('retry');
      }
    });
    expect(faulty).toEqual(expected);
  });

  test('where time is up in the middle: the rest stands beside the file until it is replayed', async () => {
    const expected = await contentAfter(() => bring(KEYS));
    const inParts = await contentAfter(async () => {
      const tagged = () =>
        deployment.sandbox.requests.filter(({ operation }) => operation === 'TagResource').length;
      await deployment.invoke(
        s3Event([KEY]),
        deadlineWhen(() => tagged() > 0),
      );
      for (let polls = 0; polls < 20 && (await deployment.count('retry')) > 0; polls += 1) {
        deployment.advance(900);
        await deployment.poll('retry');
      }
      await bring(KEYS.slice(1));
    });
    expect(inParts).toEqual(expected);
  });
});

describe('what cannot be archived', () => {
  test.each([
    ['for a moment', SERVER_ERROR],
    ['for want of a permission', DENIED],
    ['because the bucket is gone', { error: { code: 'NoSuchBucket', status: 404, message: 'gone' } }],
  ] as const)('%s comes again as a whole after it was tagged, and is told', async (_, effect) => {
    await start();
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(KEY, [volume(1)]);
    const mend = failArchive(effect);
    const answer = (await deployment.invoke(sqsEvent([s3Event([KEY])]))) as SqsAnswer;
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual(ofAnna());
    expect(deployment.reports()[0]).toMatchObject({
      complete: false,
      error: { code: 'NotArchived', class: 'transient', message: expect.stringContaining('s3://archive') },
    });
    expect(deployment.sent('failure')).toEqual([]);
    mend();
    expect(await bring([KEY])).toBe(1);
    const [key = ''] = keysIn(deployment);
    expect(linesOf(deployment, key)).toMatchObject([{ arn: volumeArn(1), outcome: 'tagged' }]);
  });

  test('of a single event goes to the retry queue, and is archived from there', async () => {
    await start();
    deployment.putResources([volumeArn(1)]);
    failArchive(SERVER_ERROR, 1);
    await deployment.invoke(callEvent(volume(1)));
    expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual(ofAnna());
    expect(keysIn(deployment)).toEqual([]);
    deployment.advance(900);
    await deployment.poll('retry');
    expect(await deployment.count('retry')).toBe(0);
    expect(contentOf(deployment)).toMatchObject([{ arn: volumeArn(1), outcome: 'tagged' }]);
  });
});

test('a creation that comes as an event and in a log file is told once', async () => {
  await start();
  deployment.putResources([volumeArn(1)]);
  deployment.putFile(KEY, [volume(1)]);
  await deployment.invoke(callEvent(volume(1)));
  await deployment.invoke(callEvent(volume(1)));
  await deployment.invoke(s3Event([KEY]));
  expect(keysIn(deployment)).toEqual([
    expect.stringContaining(`day=2025-03-04/account=${ACCOUNT}/region=${REGION}/${ACCOUNT}_CloudTrail`),
    expect.stringMatching(/event-902354f9-2110-4c4d-a206-000000000001\.jsonl\.gz$/),
  ]);
  expect(contentOf(deployment)).toMatchObject([{ arn: volumeArn(1), outcome: 'tagged' }]);
});

describe('an object that is large', () => {
  const REF = { bucket: LOG_BUCKET, key: KEY };
  const calls = (operation: string) =>
    deployment.sandbox.requests.filter((each) => each.operation === operation).length;

  test('is sent in parts while it is written, and read back whole', async () => {
    await start();
    deployment.putFile(KEY, [volume(1)]);
    expect(await archiveLarge(deployment, REF)).toMatchObject({ complete: true });
    expect(calls('UploadPart')).toBeGreaterThan(1);
    const [key = ''] = keysIn(deployment);
    expect(linesOf(deployment, key)).toHaveLength(LINES);
  });

  test('is never held: whoever writes waits for S3', async () => {
    await start();
    deployment.putFile(KEY, [volume(1)]);
    deployment.sandbox.faults.add({ operation: 'UploadPart', effect: { stall: true } });
    const stop = new AbortController();
    const large = await beginLarge(deployment, REF, stop.signal);
    const most = 4 * LINES;
    let added = 0;
    const adding = (async () => {
      for (; added < most && !stop.signal.aborted; added += 50) await large.add(50);
    })();
    for (let before = -1; before !== added; ) {
      before = added;
      await pause(300);
    }
    expect(added * LINE_BYTES).toBeLessThan(20 * 1024 * 1024);
    stop.abort(new Error('time is up'));
    await adding;
    expect(await large.settle()).toMatchObject({ complete: false, error: { code: 'NotArchived' } });
  });

  test('and breaks off is told, and leaves no parts', async () => {
    await start();
    deployment.putFile(KEY, [volume(1)]);
    deployment.sandbox.faults.add({ operation: 'UploadPart', effect: DENIED });
    expect(await archiveLarge(deployment, REF)).toMatchObject({
      complete: false,
      error: { code: 'NotArchived' },
    });
    expect(calls('AbortMultipartUpload')).toBe(1);
    expect(keysIn(deployment)).toEqual([]);
  });
});

describe('an event that nobody understands', () => {
  const EVENT = {
    'detail-type': 'Order placed',
    source: 'our.shop',
    region: 'eu-central-1',
    detail: { order: 7 },
  };

  test('is kept as it came, with where it came from, if that is switched on', async () => {
    await start({ settings: { ARCHIVE_UNKNOWN_EVENTS: 'true' } });
    const { archived } = (await deployment.invoke(EVENT)) as { readonly archived: string };
    await deployment.invoke(EVENT);
    const keys = keysIn(deployment);
    expect(keys).toHaveLength(2);
    expect(archived).toMatch(
      /^s3:\/\/archive\/unknown\/day=\d{4}-\d\d-\d\d\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json$/,
    );
    expect(JSON.parse(deployment.sandbox.getObject(ARCHIVE, keys[0] ?? '').toString())).toEqual({
      event: EVENT,
      metadata: {
        source_region: 'eu-central-1',
        event_tag: 'Order placed',
        ingestion_time: expect.any(String),
      },
    });
    expect(deployment.lines.some(({ message }) => message.includes('kept in the archive'))).toBe(true);
  });

  test('comes again where it cannot be kept', async () => {
    await start({ settings: { ARCHIVE_UNKNOWN_EVENTS: 'true' } });
    failArchive(SERVER_ERROR);
    await expect(deployment.invoke(EVENT)).rejects.toThrow('we encountered an internal error');
  });

  test('is refused without that', async () => {
    await start();
    await expect(deployment.invoke(EVENT)).rejects.toThrow('cannot tell what the event is');
    expect(keysIn(deployment)).toEqual([]);
  });
});

describe('settings are refused:', () => {
  test.each([
    [
      'the bucket of log files',
      { LOG_BUCKETS: 'audit,logs', ARCHIVE_BUCKET: 'logs' },
      /ARCHIVE_BUCKET.*LOG_BUCKETS names logs/,
    ],
    [
      'one of another account',
      { LOG_BUCKETS: 'logs=444455556666', ARCHIVE_BUCKET: 'logs' },
      /LOG_BUCKETS names logs/,
    ],
    [
      'any bucket of log files',
      { LOG_BUCKETS: '*', ARCHIVE_BUCKET: 'archive' },
      /LOG_BUCKETS takes log files from any bucket/,
    ],
    [
      'no bucket',
      { LOG_BUCKETS: 'logs', ARCHIVE_UNKNOWN_EVENTS: 'true' },
      /ARCHIVE_BUCKET, which is not set/,
    ],
  ] as const)('%s', (_, settings, problem) => {
    expect(() => readSettings(settings, 'function')).toThrow(problem);
  });
});

test('docs/archive.md shows the columns and the queries', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/archive.md'), 'utf8');
  expect(text).toContain(columnsTable());
  expect(text).toContain(queriesText(fullTableName('auto-tagger')));
});

describe('an SQL engine answers by the table and the queries of the stack', () => {
  const TABLE = fullTableName('auto-tagger');
  let engine: Engine | undefined;
  let folder: string;
  beforeAll(async () => {
    engine = await openEngine();
    folder = mkdtempSync(join(tmpdir(), 'archive-'));
  });
  afterAll(() => {
    engine?.close();
    rmSync(folder, { recursive: true });
  });

  /** Day 10 of a month, so many months ago. */
  function monthsAgo(months: number): Date {
    const now = new Date();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 10, 10, 17, 5));
  }
  const textOf = (time: Date) => time.toISOString().replace('.000Z', 'Z');
  const keyAt = (time: Date, number: number) => {
    const day = time.toISOString().slice(0, 10);
    return logKeyOf(ACCOUNT, REGION, number)
      .replace('2025/03/04', day.replaceAll('-', '/'))
      .replace('20250304', day.replaceAll('-', ''));
  };

  test('which are five', async () => {
    expect(QUERIES).toHaveLength(5);
    if (engine === undefined) {
      console.warn('DuckDB has no binary for this machine: the queries are not tried');
      return;
    }
    await start({ settings: { TAGS: '{"CostCentre":"{env.CENTRE}"}', CENTRE: '4711' }, queues: [] });
    const [last, before, years] = [monthsAgo(1), monthsAgo(2), monthsAgo(30)];
    const at = textOf(last);
    await deployment.invoke(callEvent(volume(2, { at }))); // it is not there, and tagged later
    deployment.putResources([1, 2, 3].map((one) => volumeArn(one)));
    deployment.putResources([topicArn(4), topicArn(5)]);
    deployment.sandbox.putTags(topicArn(5), { CreatedBy: 'somebody', CreatedDate: 'one day' });
    deployment.putFile(keyAt(last, 1), [
      volume(1, { at }),
      volume(2, { at }),
      topic(4, { at }),
      topic(5, { at }),
    ]);
    deployment.putFile(keyAt(before, 2), [volume(3, { at: textOf(before) })]);
    deployment.putFile(keyAt(years, 3), [volume(6, { at: textOf(years) })]);
    const keys = [keyAt(last, 1), keyAt(before, 2), keyAt(years, 3)];
    for (const key of [...keys, ...keys.toReversed()]) await deployment.invoke(s3Event([key]));
    await deployment.invoke(callEvent(volume(1, { at })));
    await createTable(engine, deployment, folder, TABLE);

    const ask = (name: string, parameters?: readonly string[]) => {
      const query = QUERIES.find((each) => each.name === name);
      return engine?.ask(query?.sql(TABLE) ?? '', parameters);
    };
    const here = { account: ACCOUNT, region: REGION };
    const lena = (await engine.ask(`SELECT DISTINCT person FROM ${TABLE} WHERE service = 'sns'`))[0]?.person;
    expect(await ask('who-made-what')).toEqual(
      [
        { person: 'anna', ...here, type: 'ec2:volume', resources: '2' },
        { person: lena, ...here, type: 'sns:topic', resources: '2' },
      ].toSorted((one, other) => (String(one.person) < String(other.person) ? -1 : 1)),
    );
    expect(await ask('by-cost-centre')).toEqual([
      { cost_centre: '4711', account: ACCOUNT, service: 'ec2', resources: '2' },
      { cost_centre: '4711', account: ACCOUNT, service: 'sns', resources: '2' },
    ]);
    expect(await ask('untagged-remainder')).toEqual([
      {
        arn: topicArn(5),
        outcome: 'kept',
        reason: expect.any(String),
        person: lena,
        ...here,
        event_time: at,
      },
    ]);
    expect(await ask('history-of-a-resource', [volumeArn(6)])).toMatchObject([
      { event_time: textOf(years), event_name: 'CreateVolume', person: 'anna', outcome: 'gone' },
    ]);
    expect(await ask('history-of-a-resource', [volumeArn(2)])).toMatchObject([{ outcome: 'tagged' }]);
    const month = (time: Date) => time.toISOString().slice(0, 7);
    expect(await ask('by-month-and-account')).toEqual([
      { month: month(before), account: ACCOUNT, service: 'ec2', resources: '1', people: '1' },
      { month: month(last), account: ACCOUNT, service: 'ec2', resources: '2', people: '1' },
      { month: month(last), account: ACCOUNT, service: 'sns', resources: '2', people: '1' },
    ]);
  });
});
