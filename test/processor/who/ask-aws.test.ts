/** `who` and `why` without log files: the event history of CloudTrail, the tags that are there, the metadata store, and roles. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import {
  ACCOUNT,
  ANNA,
  EVENT_TIME,
  OTHER_ACCOUNT,
  REGION,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { logFileOf } from '../../helpers/log-files.ts';
import { putTable, TABLE_NAME } from '../../tag-manager/store/stores.ts';

let sandbox: Sandbox;
let restore: () => void;

beforeEach(async () => {
  sandbox = await startSandbox();
  restore = pointSdkAt(sandbox, { type: 'IAMUser', account: ACCOUNT, userName: 'ops' }, REGION);
});
afterEach(async () => {
  restore();
  await sandbox.close();
});

let number = 0;

interface Happened {
  readonly names?: readonly string[];
  readonly account?: string;
  readonly region?: string;
}

/** CloudTrail remembers it, with the names of resources that it found. */
function happened(
  record: Readonly<Record<string, unknown>>,
  { names = [], account = ACCOUNT, region = REGION }: Happened = {},
) {
  const arn = `arn:aws:cloudtrail:${region}:${account}:event/${++number}`;
  sandbox.putResource({ arn, details: { record, resourceNames: names } });
}

const DAY = 24 * 60 * 60;
const begun = Date.now();
/** The same time whenever it is asked. */
const dayAgo = (days: number) => new Date(begun - days * DAY * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
const lookUps = () => sandbox.requests.filter(({ operation }) => operation === 'LookupEvents');

async function json(...args: readonly string[]) {
  const run = await runHere([...args, '--json']);
  const lines = run.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  return { ...run, lines };
}

describe('who', () => {
  test('asks the event history by the name of the resource, and shows the tags that it bears', async () => {
    happened(volume(1, { at: dayAgo(3) }), { names: ['vol-00000000000000001'] });
    happened({ ...volume(2), eventName: 'AttachVolume' }, { names: ['vol-00000000000000001'] });
    sandbox.putResource({ arn: volumeArn(1), tags: { CreatedBy: ANNA, Name: 'data' } });
    const { lines, ending } = await json('who', volumeArn(1));
    expect(ending).toBe('done');
    expect(lines).toEqual([
      expect.objectContaining({
        kind: 'answer',
        arn: volumeArn(1),
        creator: ANNA,
        eventTime: dayAgo(3),
        toldBy: `the event history in ${REGION}`,
        tags: { CreatedBy: ANNA, Name: 'data' },
      }),
      { kind: 'summary', answers: 1, files: 0 },
    ]);
  });

  test('asks by the call that creates such a resource where no name leads there, page by page', async () => {
    for (let each = 0; each < 120; each++) happened(topic(each, { at: dayAgo(each / 24 + 1) }));
    sandbox.putResource({ arn: topicArn(117) });
    const { lines } = await json('who', topicArn(117));
    expect(lines[0]).toMatchObject({ arn: topicArn(117), eventName: 'CreateTopic' });
    const pages = lookUps().map(({ input }) => JSON.stringify(input.LookupAttributes));
    expect(pages.filter((each) => each.includes('"EventName"'))).toHaveLength(3);
  });

  test('what is older than 90 days is told by its tags alone', async () => {
    sandbox.putResource({ arn: topicArn(1), tags: { CreatedBy: ANNA, CreatedDate: EVENT_TIME } });
    const { lines, ending } = await json('who', topicArn(1));
    expect(ending).toBe('done');
    expect(lines[0]).toMatchObject({ arn: topicArn(1), tags: { CreatedBy: ANNA } });
  });

  test('nothing known ends with 6', async () => {
    sandbox.putResource({ arn: topicArn(1) });
    const { ending, complaints } = await runHere(['who', topicArn(1)]);
    expect(ending).toBe('nothing');
    expect(complaints.at(-1)).toBe(
      `nothing of ${topicArn(1)} was found in the event history of the last 90 days`,
    );
  });

  test('no access ends with 4, and says what it takes', async () => {
    sandbox.faults.add({
      operation: 'LookupEvents',
      effect: { error: { code: 'AccessDeniedException', status: 400, message: 'no' } },
    });
    const { ending, complaints } = await runHere(['who', 'vol-00000000000000001']);
    expect(ending).toBe('access');
    expect(complaints.join('\n')).toMatch(
      /cannot be read: AccessDeniedException: no; this takes cloudtrail:LookupEvents/,
    );
  });

  test('of another account asks there, through the role that is named; without one it says so', async () => {
    happened(volume(1, { at: dayAgo(3), account: OTHER_ACCOUNT }), {
      names: ['vol-00000000000000001'],
      account: OTHER_ACCOUNT,
    });
    const arn = volumeArn(1, OTHER_ACCOUNT);
    sandbox.putResource({ arn });
    const without = await runHere(['who', arn]);
    expect(without.complaints.join('\n')).toMatch(
      /there is no role to tag with in account 444455556666: --role names one/,
    );
    expect(without.ending).toBe('incomplete');
    sandbox.allowRole(`arn:aws:iam::${OTHER_ACCOUNT}:role/reader`);
    const { lines } = await json('who', arn, '--role', 'reader');
    expect(lines[0]).toMatchObject({ arn, creator: ANNA, account: OTHER_ACCOUNT });
  });

  test('--creator tells what a user made, and --from how far back', async () => {
    for (const [each, days] of [1, 5, 20].entries()) happened(volume(each, { at: dayAgo(days) }));
    const all = await json('who', '--creator', 'anna');
    expect(all.lines.map(({ arn }) => arn)).toEqual([volumeArn(0), volumeArn(1), volumeArn(2), undefined]);
    const late = await json('who', '--creator', 'anna', '--from', '10d');
    expect(late.lines.map(({ arn }) => arn)).toEqual([volumeArn(0), volumeArn(1), undefined]);
    expect(late.ending).toBe('done');
  });

  test.each([
    [['x', '--from', '2025'], '--from and --to go with --creator: of a resource the whole history counts'],
    [['--creator', 'x', '--from', 'soon'], /^--from "soon": expected a month/],
  ])('who %j is refused', async (args, problem) => {
    const { ending, complaints } = await runHere(['who', ...args]);
    expect(ending).toBe('usage');
    expect(complaints).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });
});

test('requests keep to the two a second that AWS allows', async () => {
  await sandbox.close();
  sandbox = await startSandbox({ throttle: true });
  restore();
  const identity = { type: 'IAMUser', account: ACCOUNT, userName: 'ops' } as const;
  restore = pointSdkAt(sandbox, identity, REGION, { RATE_FACTOR: '1', RATE_SHARE: '0.9' });
  for (let each = 0; each < 120; each++) happened(volume(each, { at: dayAgo(1) }));
  const { lines } = await json('who', '--creator', 'anna');
  expect(lines).toHaveLength(121);
  expect(lookUps().every(({ status }) => status === 200)).toBe(true);
});

describe('why', () => {
  test('without log files tells what a dry run would do: tags of others are kept', async () => {
    happened(volume(1, { at: dayAgo(3) }), { names: ['vol-00000000000000001'] });
    sandbox.putResource({ arn: volumeArn(1), tags: { CreatedBy: 'somebody' } });
    const { lines, ending } = await json('why', volumeArn(1));
    expect(ending).toBe('done');
    expect(lines[0]).toMatchObject({
      arn: volumeArn(1),
      outcome: 'kept',
      detail: "CreatedBy is somebody else's",
      todo: expect.stringContaining('ON_EXISTING=overwrite'),
    });
    expect(sandbox.tagsOf(volumeArn(1))).toEqual({ CreatedBy: 'somebody' });
  });

  test('of an event that creates nothing that is known', async () => {
    const record = { ...volume(1, { at: dayAgo(1) }), eventName: 'CreateSomethingNew' };
    happened(record);
    const { lines } = await json('why', record.eventID);
    expect(lines[0]).toMatchObject({ eventID: record.eventID, outcome: 'not-in-catalogue' });
  });
});

test('who takes in what the metadata store keeps, older than the event history is', async () => {
  await putTable({ sandbox });
  process.env.DYNAMODB_TABLE = TABLE_NAME;
  const folder = mkdtempSync(join(tmpdir(), 'who-store-'));
  try {
    const path = join(folder, 'a.json.gz');
    writeFileSync(path, logFileOf([topic(1)]));
    sandbox.putResource({ arn: topicArn(1) });
    expect((await runHere(['process', path])).ending).toBe('done');
    const { lines, ending } = await json('who', topicArn(1));
    expect(ending).toBe('done');
    expect(lines[0]).toMatchObject({
      arn: topicArn(1),
      type: 'sns:topic',
      eventTime: EVENT_TIME,
      toldBy: 'the metadata store',
      tags: { ManagedBy: 'auto-tagger' },
    });
    delete process.env.DYNAMODB_TABLE;
    const other = join(folder, 'other.json.gz');
    writeFileSync(other, logFileOf([topic(2)]));
    const asked = lookUps().length;
    const beside = await json('who', topicArn(1), other, '--table', TABLE_NAME);
    expect(beside.lines[0]).toMatchObject({ arn: topicArn(1), toldBy: 'the metadata store' });
    expect(lookUps()).toHaveLength(asked);
    const byName = await json('who', 'topic-1', other, '--table', TABLE_NAME);
    expect(byName.lines[0]).toMatchObject({ arn: topicArn(1), toldBy: 'the metadata store' });
    const scans = sandbox.requests.filter(({ operation }) => operation === 'Scan');
    expect({ lookUps: lookUps().length - asked, scans }).toEqual({ lookUps: 0, scans: [] });
    expect((await json('who', 'topic-9', other, '--table', TABLE_NAME)).ending).toBe('nothing');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
