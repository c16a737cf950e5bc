/** `who` and `why` without log files: the event history of CloudTrail, the tags that are there, the metadata store, and roles. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import {
  ACCOUNT,
  ANNA,
  describeCall,
  EVENT_TIME,
  OTHER_ACCOUNT,
  REGION,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { logFileOf, logKeyOf } from '../../helpers/log-files.ts';
import { runInfo } from '../../helpers/run-info.ts';
import { putItem, putTable, TABLE_NAME } from '../../tag-manager/store/stores.ts';

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

describe('the metadata store', () => {
  const LENA = `arn:aws:sts::${ACCOUNT}:federated-user/lena`;
  let folder: string;
  /** A source that tells of something else. */
  let other: string;
  /** One that tells of nothing. */
  let emptyRun: string;

  beforeEach(async () => {
    await putTable({ sandbox });
    folder = mkdtempSync(join(tmpdir(), 'who-store-'));
    other = fileOf('other', [describeCall()]);
    emptyRun = join(folder, 'run');
    mkdirSync(emptyRun);
    writeFileSync(join(emptyRun, 'run.json'), JSON.stringify(runInfo()));
    writeFileSync(join(emptyRun, 'resources.ndjson'), '');
    writeFileSync(join(emptyRun, 'journal.ndjson'), '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function fileOf(name: string, records: readonly object[]): string {
    const path = join(folder, `${name}.json.gz`);
    writeFileSync(path, logFileOf(records));
    return path;
  }

  /** By a function that has this store. */
  async function processed(...records: readonly object[]) {
    process.env.DYNAMODB_TABLE = TABLE_NAME;
    try {
      await runHere(['process', fileOf('processed', records)]);
    } finally {
      delete process.env.DYNAMODB_TABLE;
    }
  }

  const byStore = (...args: readonly string[]) => json(...args, other, '--table', TABLE_NAME);
  const operations = () => new Set(sandbox.requests.map(({ operation }) => operation));
  const queries = () => sandbox.requests.filter(({ operation }) => operation === 'Query');

  /** As it stands in the table once it was tagged. */
  const state = (number: number, user: string, eventTime: string) => ({
    ResourceId: { S: topicArn(number) },
    Event: { S: `${ACCOUNT}#state` },
    Account: { S: ACCOUNT },
    Outcome: { S: 'tagged' },
    Version: { N: '1' },
    User: { S: user },
    Action: { S: 'CreateTopic' },
    EventId: { S: `e-${number}` },
    EventTime: { S: eventTime },
    ShortId: { S: `topic-${number}` },
    Region: { S: REGION },
  });

  test('tells what somebody made, the last first, in that time, without asking for each resource', async () => {
    for (const number of [1, 2, 3]) sandbox.putResource({ arn: topicArn(number) });
    await processed(...[1, 2, 3].map((day) => topic(day, { at: `2025-03-0${day}T00:00:00Z` })));
    const before = queries().length;
    const all = await byStore('who', '--creator', LENA);
    expect(all.ending).toBe('done');
    expect(all.lines.map(({ arn }) => arn)).toEqual([topicArn(3), topicArn(2), topicArn(1), undefined]);
    expect(all.lines[0]).toMatchObject({
      kind: 'made',
      type: 'sns:topic',
      account: ACCOUNT,
      region: REGION,
      creator: LENA,
      eventName: 'CreateTopic',
      eventSource: 'sns.amazonaws.com',
      toldBy: 'the metadata store',
    });
    expect(queries().slice(before)).toHaveLength(1);
    const span = ['--from', '2025-03-02', '--to', '2025-03-02'];
    expect((await byStore('who', '--creator', LENA, ...span)).lines.map(({ arn }) => arn)).toEqual([
      topicArn(2),
      undefined,
    ]);
    expect((await byStore('who', '--creator', LENA, '--to', '2025-02')).ending).toBe('nothing');
    expect(operations().has('LookupEvents') || operations().has('Scan')).toBe(false);
  });

  test('is asked for a name as a user of our own account, and for no pattern; both are said', async () => {
    sandbox.putResource({ arn: volumeArn(1) });
    await processed(volume(1));
    const named = await byStore('who', '--creator', 'anna');
    expect(named).toMatchObject({ ending: 'done', lines: [{ arn: volumeArn(1), creator: ANNA }, {}] });
    expect(named.complaints.join()).toContain(`of anna it was asked for ${ANNA}, and for no user of another`);
    const pattern = await byStore('who', '--creator', '*/anna');
    expect(pattern.ending).toBe('incomplete');
    expect(pattern.complaints.join()).toContain(
      'is not asked for */anna: it finds callers by their whole ARN',
    );
  });

  test('tells of 10,000 resources of somebody, page by page, and says that there are more', async () => {
    const asked: unknown[] = [];
    /** A table without an end: page after page, the newest first, each behind the key that it is given. */
    const endless = createServer(async (request, response) => {
      const { ExclusiveStartKey: after, Limit = 0 } = JSON.parse(await text(request));
      asked.push(after?.EventId.S);
      const begin = after === undefined ? 0 : Number(after.EventId.S.slice(2)) + 1;
      const time = (number: number) => new Date(Date.UTC(2025, 5) - number * 1_000).toISOString();
      const Items = Array.from({ length: Limit }, (_, at) =>
        state(begin + at, ANNA, time(begin + at).replace('.000Z', 'Z')),
      );
      response.end(JSON.stringify({ Items, LastEvaluatedKey: Items.at(-1) }));
    }).listen(0);
    await once(endless, 'listening');
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    try {
      const { lines, complaints, ending } = await byStore('who', '--creator', ANNA);
      expect(lines.slice(0, -1).map(({ eventID }) => eventID)).toEqual(
        Array.from({ length: 10_000 }, (_, number) => `e-${number}`),
      );
      expect(ending).toBe('incomplete');
      expect(complaints.join()).toContain(
        `more than 10000 resources of ${ANNA}: the earlier ones were not read; ask for them with --to`,
      );
      expect(asked).toHaveLength(101);
    } finally {
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
      endless.close();
    }
  });

  test('that denies access ends with 4, whatever is asked', async () => {
    sandbox.faults.add({
      operation: 'Query',
      effect: { error: { code: 'AccessDeniedException', status: 400, message: 'no' } },
    });
    for (const args of [
      ['who', '--creator', ANNA],
      ['who', topicArn(1)],
      ['who', 'topic-1'],
      ['why', topicArn(1)],
    ]) {
      const { ending } = await json(...args, emptyRun, '--table', TABLE_NAME);
      expect({ args, ending }).toEqual({ args, ending: 'access' });
    }
  });

  test('says why: which event its tags name, and how each other stands beside it', async () => {
    sandbox.putResource({ arn: topicArn(1) });
    const [first, repeat] = [topic(1), { ...topic(1, { at: '2025-03-05T10:00:00Z' }), eventID: 'repeat' }];
    await processed(first, repeat);
    for (const asked of [topicArn(1), 'topic-1']) {
      const { lines, ending } = await byStore('why', asked);
      expect(ending).toBe('done');
      expect(lines).toEqual([
        expect.objectContaining({ eventID: first.eventID, arn: topicArn(1), outcome: 'tagged' }),
        expect.objectContaining({
          eventID: 'repeat',
          outcome: 'kept',
          detail: 'an earlier call created it, and this one repeated it',
          toldBy: 'the metadata store',
        }),
        expect.objectContaining({ kind: 'summary', findings: 2 }),
      ]);
    }
    expect(operations().has('LookupEvents')).toBe(false);
  });

  test.each([
    [
      'tags of somebody else',
      { User: undefined, EventId: undefined, Outcome: { S: 'kept' } },
      'kept',
      "its tags are somebody else's",
    ],
    ['an undo', { Outcome: { S: 'undone' } }, 'kept', 'its tags were taken away again, by undoing a run'],
    [
      'nothing that we know',
      { Outcome: { S: 'odd' } },
      'deferred',
      'its event is known, and nothing has become of it yet',
    ],
  ])('says why: %s', async (_, change, outcome, detail) => {
    const event = topic(1);
    sandbox.putResource({ arn: topicArn(1) });
    await processed(event);
    const changed = Object.entries({
      ...state(1, LENA, event.eventTime),
      EventId: { S: event.eventID },
      ...change,
    });
    const Item = Object.fromEntries(changed.filter(([, value]) => value !== undefined));
    await putItem({ sandbox }, Item as Parameters<typeof putItem>[1]);
    expect((await byStore('why', topicArn(1))).lines[0]).toMatchObject({
      eventID: event.eventID,
      outcome,
      detail,
    });
  });

  test('cannot be asked by the id of an event, and says so', async () => {
    const { ending, complaints } = await byStore('why', topic(1).eventID);
    expect(ending).toBe('nothing');
    expect(complaints.join()).toMatch(/cannot be asked for one by its id/);
    expect(complaints.at(-1)).toMatch(/^no record in 1 files and the metadata store auto-tagger tells of/);
  });
});

describe('each source answers what docs/who.md says', () => {
  const LENA = `arn:aws:sts::${ACCOUNT}:federated-user/lena`;
  const event = topic(1, { at: dayAgo(2) });
  const ASKED = {
    '`who RESOURCE`': [
      ['who', topicArn(1)],
      ['who', 'topic-1'],
    ],
    '`who --creator`': [['who', '--creator', LENA]],
    '`why RESOURCE`': [
      ['why', topicArn(1)],
      ['why', 'topic-1'],
    ],
    '`why EVENT`': [['why', event.eventID]],
  } as const;

  const docs = readFileSync(new URL('../../../docs/who.md', import.meta.url), 'utf8');
  const [head = [], , ...rows] = docs
    .slice(docs.indexOf('| source |'))
    .split('\n\n', 1)
    .flatMap((table) => table.split('\n'))
    .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

  /** By the first words of its row. */
  const SOURCES: Readonly<Record<string, (folder: string) => Promise<readonly string[]>>> = {
    'log files and folders': async (folder) => {
      writeFileSync(join(folder, 'a.json.gz'), logFileOf([event]));
      return [folder];
    },
    '`s3://bucket/prefix`': async () => {
      sandbox.putBucket({ name: 'logs', account: ACCOUNT, region: REGION });
      sandbox.putObject('logs', logKeyOf(ACCOUNT, REGION, 1), logFileOf([event]));
      return ['s3://logs'];
    },
    '`-`': async () => {
      const stdin = Readable.from([logFileOf([event])]);
      Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
      return ['-'];
    },
    'a run: its id, or its folder': async (folder) => {
      const { eventID, eventTime } = event;
      const facts = {
        eventID,
        eventTime,
        eventName: 'CreateTopic',
        outcome: 'tagged',
        reason: '',
        file: 's3://logs/a.json.gz',
      };
      const creator = { creator: LENA, creatorKind: 'person', person: 'lena' };
      const resource = {
        arn: topicArn(1),
        type: 'sns:topic',
        service: 'sns',
        account: ACCOUNT,
        region: REGION,
      };
      writeFileSync(join(folder, 'run.json'), JSON.stringify(runInfo()));
      writeFileSync(
        join(folder, 'resources.ndjson'),
        `${JSON.stringify({ ...resource, ...creator, ...facts })}\n`,
      );
      writeFileSync(join(folder, 'journal.ndjson'), '');
      return [folder];
    },
    '`--table NAME` beside others': async (folder) => {
      await putTable({ sandbox });
      const [path, other] = [join(folder, 'a.json.gz'), join(folder, 'other.json.gz')];
      writeFileSync(path, logFileOf([event]));
      writeFileSync(other, logFileOf([describeCall()]));
      process.env.DYNAMODB_TABLE = TABLE_NAME;
      await runHere(['process', path]);
      delete process.env.DYNAMODB_TABLE;
      return [other, '--table', TABLE_NAME];
    },
    none: async () => {
      happened(event, { names: [topicArn(1), 'topic-1'] });
      return [];
    },
  };

  test('and there is no other source', () => {
    expect(rows.map(([source]) => source)).toEqual(Object.keys(SOURCES));
    expect(head.slice(2)).toEqual(Object.keys(ASKED));
  });

  test.each(Object.keys(SOURCES))('%s', async (source) => {
    sandbox.putResource({ arn: topicArn(1) });
    const folder = mkdtempSync(join(tmpdir(), 'who-sources-'));
    const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor;
    const cells = rows.find(([first]) => first === source)?.slice(2) ?? [];
    try {
      const named = source === '`-`' ? undefined : await SOURCES[source]?.(folder);
      for (const [at, questions] of Object.values(ASKED).entries()) {
        for (const question of questions) {
          const sources = named ?? (await SOURCES[source]?.(folder)) ?? [];
          const { ending, lines } = await json(...question, ...sources);
          const isAnswered = cells[at]?.startsWith('yes') ?? false;
          const answers = lines.filter(({ kind }) => kind !== 'summary');
          expect({ question, ending, isAnswered: answers.length > 0 }).toEqual({
            question,
            ending: isAnswered ? 'done' : 'nothing',
            isAnswered,
          });
          expect(JSON.stringify(isAnswered ? answers[0] : event)).toContain(event.eventID);
        }
      }
    } finally {
      Object.defineProperty(process, 'stdin', stdin);
      rmSync(folder, { recursive: true });
    }
  });
});
