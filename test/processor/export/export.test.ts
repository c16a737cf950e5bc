/** `export`: what the metadata store keeps, written in each format and read back by an engine that is not ours. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse as parseCsv } from 'csv-parse/sync';
import { csvCell } from '../../../parser/csv-cell.ts';
import { COLUMNS } from '../../../processor/export/inventory-row.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { itemOfState, type State } from '../../../tag-manager/store/items.ts';
import { TABLE } from '../../../tag-manager/store/table.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import {
  ACCOUNT,
  ANNA,
  EVENT_TIME,
  OTHER_ACCOUNT,
  ofAnna,
  REGION,
  topicArn,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { type InProcessOptions, runHere } from '../../helpers/in-process.ts';
import { logFileOf } from '../../helpers/log-files.ts';
import { clientsOf } from '../../sandbox/clients.ts';
import { type Item, putTable, TABLE_NAME } from '../../tag-manager/store/stores.ts';
import { askDuckDb, type SqlRow } from './duckdb.ts';

const BEN = `arn:aws:iam::${OTHER_ACCOUNT}:user/ben`;
const DEPLOY = `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/lena@example.com`;

/** Text that steers terminals and spreadsheets. */
const HOSTILE = '=HYPERLINK("https://evil.example";1);@x\r\n\u001b[2J,"\u202e\ttab 大';

const DENIED = { error: { code: 'AccessDeniedException', status: 400, message: 'no' } } as const;

let sandbox: Sandbox;
let restore: () => void;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'auto-tagger-export-'));
  sandbox = await startSandbox();
  restore = pointSdkAt(sandbox, { type: 'IAMUser', account: ACCOUNT, userName: 'ops' }, REGION);
  await putTable({ sandbox });
  await putAll(ITEMS);
});
beforeEach(() => {
  process.env.DYNAMODB_TABLE = TABLE_NAME;
});
afterEach(() => {
  delete process.env.DYNAMODB_TABLE;
  sandbox.faults.clear();
});
afterAll(async () => {
  restore();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

async function putAll(items: readonly Item[], TableName = TABLE_NAME): Promise<void> {
  const clients = clientsOf(sandbox, { type: 'IAMUser', account: ACCOUNT, userName: 'ops' }, REGION);
  await Promise.all(items.map((Item) => clients.dynamodb.send(new PutItemCommand({ TableName, Item }))));
  clients.destroy();
}

interface Stated extends Partial<Omit<State, 'tags'>> {
  readonly account?: string;
  readonly user?: string;
  readonly at?: string;
  readonly call?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** As the store writes it. */
function stateItem(arn: string, stated: Stated = {}): Item {
  const {
    account = ACCOUNT,
    user = ANNA,
    at = EVENT_TIME,
    call = 'CreateTopic',
    tags = {},
    ...rest
  } = stated;
  const state: State = {
    tags: new Map(Object.entries(tags)),
    writtenFor: 'e-1',
    event: { eventID: 'e-1', eventTime: at, eventName: call, user },
    resource: { id: arn.split(/[:/]/).at(-1) ?? '', region: REGION },
    outcome: 'tagged',
    ...rest,
  };
  return itemOfState({ arn, account }, state, 1) as Item;
}

const bucket = (name: string) => `arn:aws:s3:::${name}`;
const table = (name: string) => `arn:aws:dynamodb:us-east-1:${OTHER_ACCOUNT}:table/${name}`;

const ITEMS: readonly Item[] = [
  stateItem(topicArn(1), { tags: ofAnna() }),
  stateItem(volumeArn(2), { call: 'CreateVolume', user: DEPLOY, at: '2025-06-01T00:00:00Z' }),
  stateItem(table('orders'), {
    account: OTHER_ACCOUNT,
    user: BEN,
    at: '2026-01-31T23:59:59Z',
    call: 'CreateTable',
    resource: { id: 'orders', region: 'us-east-1' },
    outcome: 'unchanged',
  }),
  stateItem(bucket('hostile'), { call: 'CreateBucket', user: HOSTILE, tags: { [HOSTILE]: HOSTILE } }),
  // Deleted since, taken back, and tags of somebody else.
  stateItem(topicArn(4), {
    outcome: 'deleted',
    event: { eventID: 'e-9', eventTime: '2026-02-01T00:00:00Z', eventName: 'DeleteTopic' },
  }),
  stateItem(topicArn(5), { outcome: 'undone' }),
  stateItem(topicArn(6), { outcome: 'kept', event: undefined, resource: undefined }),
  // What else is in the table.
  {
    ResourceId: { S: topicArn(1) },
    Event: { S: `${ACCOUNT}#event#${EVENT_TIME}#e-1` },
    Kind: { S: 'creation' },
  },
  { ResourceId: { S: 's3://log-files/key' }, Event: { S: 'file' }, Bucket: { S: 'log-files' } },
];

const at = (name: string) => join(folder, name);
const exportHere = (args: readonly string[], options?: InProcessOptions) =>
  runHere(['export', ...args], options);

/** Each format as a table of DuckDB, with the columns as they are documented. */
const READERS = {
  csv: (path: string) =>
    `read_csv('${path}', header = true, columns = {${columns('tags', 'VARCHAR')}}, quote = '"', escape = '"')`,
  json: (path: string) =>
    `read_json('${path}', format = 'newline_delimited', columns = {${columns('tags', 'MAP(VARCHAR, VARCHAR)')}})`,
  parquet: (path: string) => `read_parquet('${path}')`,
};

function columns(other: string, type: string): string {
  const typed = COLUMNS.map(({ name, kind }) =>
    name === other ? [name, type] : [name, kind === 'time' ? 'TIMESTAMPTZ' : 'VARCHAR'],
  );
  return typed.map(([name, each]) => `'${name}': '${each}'`).join(', ');
}

type Format = keyof typeof READERS;
const FORMATS = Object.keys(READERS) as readonly Format[];

async function readBack(format: Format, path: string): Promise<readonly SqlRow[]> {
  const names = COLUMNS.map(({ name }) => name).filter((name) => name !== 'tags' && name !== 'eventTime');
  const sql = `SELECT ${names.join()}, strftime("eventTime", '%Y-%m-%dT%H:%M:%SZ') AS "eventTime", CAST(tags AS VARCHAR) AS tags FROM ${READERS[format](path)} ORDER BY arn`;
  return askDuckDb(sql);
}

const UNKNOWN = { creator: null, creatorName: null, eventTime: null, eventName: null, eventID: null };

/** But for tags and for what is hostile, the same in each format; by ARN. */
const EXPECTED: readonly SqlRow[] = [
  {
    arn: table('orders'),
    account: OTHER_ACCOUNT,
    region: 'us-east-1',
    service: 'dynamodb',
    type: 'dynamodb:table',
    id: 'orders',
    outcome: 'unchanged',
    creator: BEN,
    creatorName: 'ben',
    eventTime: '2026-01-31T23:59:59Z',
    eventName: 'CreateTable',
    eventID: 'e-1',
  },
  {
    ...ofAccount('ec2', 'ec2:volume', volumeArn(2)),
    creator: DEPLOY,
    creatorName: 'lena@example.com',
    eventTime: '2025-06-01T00:00:00Z',
    eventName: 'CreateVolume',
  },
  ofAccount('s3', 's3:bucket', bucket('hostile')),
  ofAccount('sns', 'sns:topic', topicArn(1)),
  { ...ofAccount('sns', 'sns:topic', topicArn(5)), outcome: 'undone' },
  { ...ofAccount('sns', 'sns:topic', topicArn(6)), ...UNKNOWN, id: null, outcome: 'kept' },
];

function ofAccount(service: string, type: string, arn: string): SqlRow {
  return {
    arn,
    account: ACCOUNT,
    region: REGION,
    service,
    type,
    id: arn.split(/[:/]/).at(-1),
    outcome: 'tagged',
    creator: ANNA,
    creatorName: 'anna',
    eventTime: EVENT_TIME,
    eventName: 'CreateTopic',
    eventID: 'e-1',
  };
}

describe.each(FORMATS)('as %s', (format) => {
  test('another engine reads every resource and every column', async () => {
    const path = at(`inventory.${format}`);
    const { ending, stdout, complaints } = await exportHere(['-o', path]);
    expect({ ending, stdout }).toEqual({ ending: 'done', stdout: '' });
    expect(complaints).toEqual([expect.stringMatching(/inventory\.\w+: written, 6 resources, [\d.]+ \w+$/)]);
    const rows = await readBack(format, path);
    expect(rows.map(({ tags: _, ...row }) => ({ ...row, ...hostileIn(row) }))).toEqual(EXPECTED);
    const tags = rows.find(({ arn }) => arn === topicArn(1))?.tags;
    for (const [key, value] of Object.entries(ofAnna())) expect(tags).toMatch(new RegExp(`${key}.*${value}`));
    expect(rows[1]?.tags).toBe(format === 'json' ? '{}' : null);
  });

  /** Looked at apart. */
  function hostileIn({ arn }: SqlRow): SqlRow {
    if (arn !== bucket('hostile')) return {};
    return { creator: ANNA, creatorName: 'anna', eventName: 'CreateTopic', region: REGION };
  }

  test('nothing that somebody chose leaves its place', async () => {
    const path = at(`hostile.${format}`);
    await exportHere(['-o', path, '--service', 's3']);
    const [row] = await readBack(format, path);
    const tags = JSON.stringify({ [HOSTILE]: HOSTILE });
    const isCsv = format === 'csv';
    const cell = (text: string) => (parseCsv(csvCell(text)) as string[][])[0]?.[0];
    expect(row?.creator).toBe(isCsv ? cell(HOSTILE) : HOSTILE);
    if (format !== 'json') expect(row?.tags).toBe(isCsv ? cell(tags) : tags);
    if (format !== 'parquet')
      expect(readFileSync(path, 'utf8').replaceAll(/\r?\n/g, '')).not.toMatch(/\p{Cc}|\u202e/u);
    for (const delimiter of isCsv ? [',', ';'] : []) {
      const cells = parseCsv(readFileSync(path), { delimiter, relax_quotes: true, relax_column_count: true });
      expect(cells.flat().filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([]);
    }
  });

  test('a file of ours is replaced when the new one is whole, any other is not', async () => {
    const path = at(`replaced.${format}`);
    await exportHere(['-o', path, '--account', OTHER_ACCOUNT]);
    expect((await exportHere(['-o', path])).ending).toBe('done');
    expect(await readBack(format, path)).toHaveLength(6);
    const before = readFileSync(path);
    sandbox.faults.add({ operation: 'Scan', effect: DENIED });
    expect((await exportHere(['-o', path])).ending).toBe('access');
    expect(readFileSync(path).equals(before)).toBe(true);
    writeFileSync(path, 'arn,owner\r\nmine,me\r\n');
    const other = await exportHere(['-o', path]);
    expect(other).toEqual({
      ending: 'usage',
      stdout: '',
      complaints: [expect.stringContaining(`a file is there that is no export as ${format} of ours`)],
    });
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('goes to standard output, too', async () => {
    const { ending, stdout, bytes, complaints } = await exportHere(['--format', format, '-o', '-']);
    expect({ ending, complaints }).toEqual({ ending: 'done', complaints: [] });
    const path = at(`printed.${format}`);
    writeFileSync(path, bytes ?? stdout);
    expect(await readBack(format, path)).toHaveLength(6);
  });
});

test('what a log file says is in the export once it was tagged', async () => {
  const path = at('log.json.gz');
  writeFileSync(path, logFileOf([volume(7)]));
  sandbox.putResource({ arn: volumeArn(7) });
  await runHere(['process', path]);
  const { stdout } = await exportHere(['--service', 'ec2', '--creator', ANNA, '--format', 'json']);
  expect(JSON.parse(stdout)).toEqual({
    kind: 'inventory',
    ...ofAccount('ec2', 'ec2:volume', volumeArn(7)),
    eventName: 'CreateVolume',
    eventID: volume(7).eventID,
    tags: ofAnna(),
  });
  const event = { eventID: 'e-9', eventTime: EVENT_TIME, eventName: 'DeleteVolume' };
  await putAll([stateItem(volumeArn(7), { outcome: 'deleted', event })]); // the others do not see it
});

describe('chooses', () => {
  const ORDERS = table('orders');
  const [T1, V2, T4, T5, T6] = [topicArn(1), volumeArn(2), topicArn(4), topicArn(5), topicArn(6)];
  const B = bucket('hostile');

  test.each<[string, readonly string[]]>([
    ['', [ORDERS, V2, B, T1, T5, T6]],
    [`--account ${OTHER_ACCOUNT}`, [ORDERS]],
    ['--account 4444*,1234*', [ORDERS]],
    ['--region us-*', [ORDERS]],
    ['--region EU-WEST-1 --service sns,ec2', [V2, T1, T5, T6]],
    ['--creator */ben', [ORDERS]],
    ['--creator BEN', [ORDERS]],
    ['--creator *assumed-role/deploy/*', [V2]],
    [`--creator ${BEN},${DEPLOY}`, [ORDERS, V2]],
    [`--creator ${BEN},anna`, [ORDERS, T1, T5]],
    ['--from 2025-06', [ORDERS, V2]],
    ['--from 2025-06 --to 2025-12', [V2]],
    ['--to 2025-05-31', [B, T1, T5]],
    [`--creator ${BEN} --to 2026-01-30`, []],
    [`--creator ${BEN} --to 2026-01-31`, [ORDERS]],
    [`--creator ${BEN} --service sns`, []],
    ['--deleted --from 2026-02', [T4]],
    ['--deleted --service sns', [T1, T4, T5, T6]],
  ])('%s', async (options, arns) => {
    const args = options.split(' ').filter((part) => part !== '');
    const { stdout, ending, complaints } = await exportHere([...args, '--format', 'json']);
    const found = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    expect(found.map(({ arn }) => arn).sort()).toEqual([...arns].sort());
    expect(ending).toBe(arns.length > 0 ? 'done' : 'nothing');
    if (arns.length === 0)
      expect(complaints.at(-1)).toMatch(/knows no such resource, of the \d that were looked at/);
  });

  test('of creators that are named whole the index tells, and the table is not read', async () => {
    const before = sandbox.requests.length;
    await exportHere(['--creator', `${BEN},${BEN}`]);
    const calls = sandbox.requests.slice(before).map(({ operation, input }) => [operation, input.IndexName]);
    expect(calls).toEqual([['Query', 'by-creator']]);
  });

  test('an empty inventory is a file, too', async () => {
    const path = at('empty.parquet');
    expect((await exportHere(['-o', path, '--account', '123456789012'])).ending).toBe('nothing');
    expect(await readBack('parquet', path)).toEqual([]);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a format that there is not', ['--format', 'xlsx'], /^--format "xlsx": expected csv, json, parquet$/],
    ['an account that is none', ['--account', '1234'], /^--account: "1234" can match nothing/],
    ['a service that is none', ['--service', 'ec3'], /^--service: "ec3" can match nothing/],
    ['nobody', ['--creator', ','], /^--creator is empty$/],
    ['no file', ['-o', ''], /^-o is empty/],
    ['a folder', ['-o', tmpdir()], /a folder, expected the name of a file$/],
    ['a time to come', ['--from', '2999'], /^--from "2999": lies in the future/],
    ['no table', ['--table', ''], /^--table/],
  ])('%s is wrong usage', async (_, args, problem) => {
    expect(await exportHere(args)).toEqual({
      ending: 'usage',
      stdout: '',
      complaints: [expect.stringMatching(problem)],
    });
  });

  test('a file that cannot be written is told before anything is read', async () => {
    const before = sandbox.requests.length;
    const { ending, complaints } = await exportHere(['-o', at('none/a.csv')]);
    expect({ ending, calls: sandbox.requests.length - before }).toEqual({ ending: 'failed', calls: 0 });
    expect(complaints).toEqual([expect.stringMatching(/none\/a\.csv: cannot be written: ENOENT/)]);
  });

  test('no table at all is wrong usage, and so is Parquet on a terminal', async () => {
    const onTerminal = await exportHere(['--format', 'parquet'], { columns: 80 });
    expect(onTerminal).toMatchObject({
      ending: 'usage',
      complaints: [expect.stringMatching(/name a file by -o$/)],
    });
    delete process.env.DYNAMODB_TABLE;
    const without = await exportHere([]);
    expect(without).toMatchObject({
      ending: 'usage',
      complaints: [expect.stringMatching(/^of which metadata store/)],
    });
  });
});

describe('a table of many pages', () => {
  const LARGE = 'large';
  const COUNT = 40;
  const big = { Padding: 'x'.repeat(200_000) };

  beforeAll(async () => {
    const clients = clientsOf(sandbox, { type: 'IAMUser', account: ACCOUNT, userName: 'ops' }, REGION);
    await clients.dynamodb.send(new CreateTableCommand({ TableName: LARGE, ...TABLE }));
    clients.destroy();
    const items = Array.from({ length: COUNT }, (_, number) => stateItem(topicArn(number), { tags: big }));
    await putAll([...items, { ...stateItem(topicArn(99)), Account: { S: '' } }], LARGE);
  });

  const scans = (from: number) =>
    sandbox.requests.slice(from).filter(({ operation }) => operation === 'Scan');

  test('is read to its end, in parts, each resource once, and says what it left out', async () => {
    const before = sandbox.requests.length;
    const path = at('large.json');
    const { ending, complaints } = await exportHere(['--table', LARGE, '-o', path]);
    expect({ ending, complaints }).toEqual({
      ending: 'done',
      complaints: [
        expect.stringMatching(/written, 40 resources, 8 MB$/),
        '1 item of the table large left out: not as auto-tagger writes them',
      ],
    });
    const arns = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).arn);
    expect(new Set(arns).size).toBe(COUNT);
    expect(arns).toHaveLength(COUNT);
    const asked = scans(before);
    expect(new Set(asked.map(({ input }) => input.Segment))).toEqual(new Set([0, 1, 2, 3]));
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.filter(({ input }) => input.ConsistentRead === true)).toEqual([]);
  });

  test('by the index it is read page by page, too', async () => {
    const { stdout } = await exportHere(['--table', LARGE, '--creator', ANNA, '--format', 'json']);
    expect(stdout.trim().split('\n')).toHaveLength(COUNT);
  });

  test('Ctrl-C ends it, nothing more is asked for, and the file stays as it was', async () => {
    const path = at('stopped.csv');
    await exportHere(['-o', path, '--account', OTHER_ACCOUNT]);
    const before = readFileSync(path, 'utf8');
    let stop: () => void = () => {};
    const match = () => {
      stop();
      return true;
    };
    sandbox.faults.add({ operation: 'Scan', match, effect: { delayMs: 50 } });
    const from = sandbox.requests.length;
    const onStart = (stopIt: () => void) => {
      stop = stopIt;
    };
    const run = await exportHere(['--table', LARGE, '-o', path], { onStart });
    expect(run.ending).toBe('interrupted');
    expect(run.complaints).toEqual([`stopped before the end: ${path} is as it was`]);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(scans(from).length).toBeLessThanOrEqual(4);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('reads no faster than its share of what a table bears, and not ahead of whoever reads the answer', async () => {
    Object.assign(process.env, { RATE_FACTOR: '1', RATE_SHARE: '0.25' });
    let mostAhead = 0;
    const from = sandbox.requests.length;
    let taken = 0;
    try {
      const begun = performance.now();
      await exportHere(['--table', LARGE, '--format', 'json'], {
        untilPrinted: async () => {
          taken++;
          mostAhead = Math.max(mostAhead, scans(from).length - taken);
        },
      });
      const seconds = (performance.now() - begun) / 1000;
      // One at once, then four a second.
      expect((scans(from).length - 2) / seconds).toBeLessThan(4.3);
    } finally {
      process.env.RATE_FACTOR = '1000000';
      delete process.env.RATE_SHARE;
    }
    expect(mostAhead).toBeLessThanOrEqual(8);
  });
});

describe('what AWS refuses', () => {
  test.each([
    [[], 'Scan', 'dynamodb:Scan on table/auto-tagger'],
    [['--creator', BEN], 'Query', 'dynamodb:Query on table/auto-tagger/index/by-creator'],
  ])('%j ends with 4 where it is denied, and says what it takes', async (args, operation, takes) => {
    sandbox.faults.add({ operation, effect: DENIED });
    const path = at('denied.csv');
    const { ending, complaints } = await exportHere([...args, '-o', path]);
    expect(ending).toBe('access');
    expect(complaints).toEqual([
      `the metadata store auto-tagger in ${REGION} cannot be read: AccessDeniedException: no; this takes ${takes}: ${path} is as it was`,
    ]);
    expect(existsSync(path)).toBe(false);
  });

  test('a table that is not there is named', async () => {
    const { ending, complaints } = await exportHere(['--table', 'nowhere']);
    expect(ending).toBe('failed');
    expect(complaints).toEqual([
      expect.stringMatching(/^the metadata store nowhere in eu-west-1 cannot be read: /),
    ]);
  });
});
