/**
 * The whole way for every row of the catalogue: a record made from the row in a log file, the function, the service's own
 * host, and the tags that the service then has. What IAM is asked meanwhile is what the policies are proved by.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { recordOfRow } from '../fixtures/record-of-row.ts';
import { catalogue } from '../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../parser/catalogue/row.ts';
import type { FileReport } from '../processor/file/file-report.ts';
import type { ObservedCall } from '../sandbox/sandbox.ts';
import { apiNamed } from '../tag-manager/apis/apis.ts';
import { type Deployment, deploy } from './helpers/deployment.ts';
import { ACCOUNT, s3Event, secondsAgo } from './helpers/events.ts';
import { logKeyOf } from './helpers/log-files.ts';
import { putBehindHosts } from './helpers/real-hosts.ts';
import { unbalanced } from './helpers/reports.ts';
import { type Case, FOREIGN, nextNumber, onlyAtModelled, putCases, rowsIn } from './helpers/row-cases.ts';
import { size } from './helpers/runs.ts';
import { MODELLED, serviceOfApi, taggingTable } from './helpers/tagging-table.ts';
import type { Purpose } from './policy/asked.ts';
import { type Evidence, PROVEN, type Proven, provePolicies, stackOf } from './policy/proof.ts';
import {
  asAsked,
  asIfHere,
  doBackfill,
  doOwnWork,
  doRarerTagging,
  observe,
  putOwn,
  type Recorded,
  undoEach,
} from './policy/recording.ts';

const ROWS = catalogue();

const casesIn = (region: string, rows?: readonly CatalogueRow[]) =>
  putCases(deployment.sandbox, region, rows);

/** Regions of the fixtures' endpoints. */
const REGIONS: readonly string[] = size(
  ['eu-west-1', 'us-west-2', 'cn-north-1'],
  ['us-east-1', 'eu-west-1', 'us-west-2', 'cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'us-gov-east-1'],
);

const IN_REGION = new Map(REGIONS.map((region) => [region, new Set(rowsIn(region))]));

/** In `npm test` each row has its turn in one of the regions where it is, in `npm run prove` in all of them. */
function rowsOf(region: string): readonly CatalogueRow[] {
  return ROWS.filter((row, at) => {
    const places = REGIONS.filter((each) => IN_REGION.get(each)?.has(row));
    return size([places[at % places.length]], places).includes(region);
  });
}

test('every row has its turn', () => {
  expect(new Set(REGIONS.flatMap(rowsOf)).size).toBe(ROWS.length);
});

const TABLE = await taggingTable();

let deployment: Deployment;
let putBack: () => void;
/** All of AWS that came so far. */
let observed: readonly ObservedCall[];
/** What tagging every row asked, by region. */
const tagging = new Map<string, readonly Recorded[]>();

beforeAll(async () => {
  const settings = { SERVICES: 'all,cassandra,iam,organizations,sso', UPSERTS: 'tag', CONCURRENCY: '50' };
  const limits = { requestTimeoutMs: 60_000 }; // a thousand records at once keep a busy machine from answering
  deployment = await deploy({ settings, limits, sandbox: { tagging: TABLE } });
  putBack = putBehindHosts(deployment.sandbox);
  onlyAtModelled(deployment.sandbox.endpoint);
  observed = observe(deployment.sandbox);
});
afterAll(async () => {
  putBack();
  await deployment.close();
});

/** It creates or updates, and its record does not tell which. */
const mayBeUpdate = ({ creation, newWhen }: CatalogueRow) => creation === 'upsert' && newWhen === undefined;

let files = 0;
async function deliver(region: string, cases: readonly Pick<Case, 'record'>[]): Promise<FileReport> {
  const key = logKeyOf(ACCOUNT, region, files++);
  deployment.putFile(
    key,
    cases.map(({ record }) => record),
  );
  const { reports } = (await deployment.invoke(s3Event([key]))) as {
    readonly reports: readonly FileReport[];
  };
  const [report] = reports;
  if (report === undefined) throw new Error('no report');
  expect(unbalanced(reports)).toEqual([]);
  return report;
}

const ownTags = ({ record }: Case) => ({
  CreatedBy: (record.userIdentity as { arn: string }).arn,
  CreatedDate: record.eventTime,
  ManagedBy: 'auto-tagger',
});

const nameOf = ({ row }: Case) => `${row.eventSource} ${row.eventName} ${row.resourceType}`;

describe.each(REGIONS)('in %s', (region: string) => {
  let cases: readonly Case[];

  test('what a record of each row created bears who created it and when, and keeps its other tags', async () => {
    cases = casesIn(region, rowsOf(region));
    const before = observed.length;
    const report = await deliver(region, cases);
    tagging.set(region, asAsked(observed.slice(before), cases));
    expect(wrongIn(cases)).toEqual([]);
    expect(report.failures).toEqual([]);
    expect(report).toMatchObject({ records: cases.length, creations: cases.length, ignored: {} });
  });

  test('delivered once more they change nothing, and write nothing', async () => {
    let outcomes: FileReport['outcomes'] = {};
    const requests = await deployment.requestsOf(async () => {
      ({ outcomes } = await deliver(region, cases));
    });
    const written = requests.filter(({ operation }) => WRITES.has(operation));
    expect(written.map(({ service, operation }) => `${service} ${operation}`)).toEqual([]);
    expect(outcomes).toEqual({ unchanged: cases.length });
    expect(wrongIn(cases)).toEqual([]);
  });
});

describe('the policies', () => {
  const region = 'eu-west-1';
  let evidence: Evidence;

  /** What is asked of AWS while something is done, of these cases and of those that it adds. */
  async function recorded(
    cases: Case[],
    work: (cases: Case[]) => Promise<void>,
    purpose?: Purpose,
  ): Promise<readonly Recorded[]> {
    const before = observed.length;
    await work(cases);
    return asAsked(observed.slice(before), cases, purpose);
  }

  beforeAll(async () => {
    const buckets = rowsIn(region).filter(({ resourceType }) => resourceType === 's3:bucket');
    const ofEachApi = [...new Map(rowsIn(region).map((row) => [row.api, row])).values()];
    const rarer = await recorded([...casesIn(region, buckets)], (cases) => doRarerTagging(deployment, cases));
    const undone = (before: Readonly<Record<string, string>>, purpose: Purpose) =>
      recorded([...casesIn(region, ofEachApi)], (cases) => undoEach(deployment, cases, before), purpose);
    const undoing = [
      ...(await undone({ CreatedBy: 'somebody' }, 'to-add')),
      ...(await undone({}, 'to-take-away')),
    ];
    const stacks = PROVEN.map((name) => ({ name, ...stackOf(name) }));
    await putOwn(
      deployment.sandbox,
      stacks.map(({ environment }) => environment),
    );
    const own: Partial<Record<Proven, readonly Recorded[]>> = {};
    const made: Case[] = [];
    for (const { name, environment, backfillEnvironment, prefix } of stacks) {
      deployment.advance(3_700); // of the same, nobody is told twice an hour
      own[name] = await recorded(made, async (cases) => {
        await doOwnWork(deployment, environment, prefix, cases);
        if (backfillEnvironment) await doBackfill(deployment, backfillEnvironment, prefix, cases);
      });
    }
    deployment.renew();
    evidence = {
      tagging: [...[...tagging.values()].flat().map(asIfHere), ...rarer],
      inChina: tagging.get('cn-north-1') ?? [],
      undoing,
      own: own as Evidence['own'],
    };
  });

  provePolicies(() => evidence);
});

test('calls that may have updated are left alone, unless they are asked for', async () => {
  deployment.renew({ UPSERTS: 'leave' });
  const cases = casesIn(REGIONS[0] ?? '', ROWS.filter(mayBeUpdate));
  const { ignored } = await deliver(REGIONS[0] ?? '', cases);
  expect(ignored).toEqual({ 'may-be-update': cases.length });
  for (const { arn } of cases) expect(deployment.sandbox.tagsOf(arn)).toEqual(FOREIGN);
  deployment.renew();
});

const WRITES: ReadonlySet<string> = new Set(ROWS.map(({ api }) => apiNamed(api).write.call));

/** Cases whose resource has other tags than it should have. */
function wrongIn(cases: readonly Case[]): readonly string[] {
  return cases.flatMap((each) => {
    const tags = deployment.sandbox.tagsOf(each.arn);
    const expected = { ...FOREIGN, ...ownTags(each) };
    const isRight =
      JSON.stringify(Object.entries(tags).sort()) === JSON.stringify(Object.entries(expected).sort());
    return isRight ? [] : [`${nameOf(each)}: ${each.arn} has ${JSON.stringify(tags)}`];
  });
}

/** Their ARNs hold a part that no record tells: `*` in the row, and something else in the ARN that AWS shows people. */
const PARTLY_TOLD: readonly CatalogueRow[] = [
  ...new Map(
    rowsIn('eu-west-1')
      .filter(({ arn, tagId }) => arn.includes('*') && tagId === undefined)
      .map((row) => [row.resourceType, row]),
  ).values(),
];

test('a resource whose ARN no record tells whole is tagged by hand by the ARN that AWS shows', async () => {
  expect(PARTLY_TOLD.map(({ resourceType }) => resourceType)).toContain('autoscaling:autoScalingGroup');
  for (const { arn } of casesIn('eu-west-1', PARTLY_TOLD)) {
    expect(await deployment.invoke({ resourceId: arn, user: 'bob' })).toMatchObject({
      reports: [{ file: arn, outcomes: { tagged: 1 } }],
    });
    expect(deployment.sandbox.tagsOf(arn)).toMatchObject({ ...FOREIGN, CreatedBy: 'bob' });
  }
});

/** One row of each service, or of one service of each protocol. */
const REFUSED_ROWS: readonly CatalogueRow[] = [
  ...new Map(
    rowsIn('eu-west-1')
      .filter(({ api }) => !MODELLED.includes(serviceOfApi(api)))
      .map((row) => [size(apiNamed(row.api).service.protocol, serviceOfApi(row.api)), row]),
  ).values(),
];

describe('what goes wrong in a service of each protocol', () => {
  const region = 'eu-west-1';
  const rowsAsked = REFUSED_ROWS.map((row) => [`${row.api} ${row.eventName}`, row] as const);

  afterEach(() => {
    deployment.sandbox.deny.clear();
    deployment.sandbox.faults.clear();
    deployment.renew(); // what the clients have learnt of throttling is forgotten
  });

  test.each(rowsAsked)('%s: a denial has failed, and says whose right is missing', async (_, row) => {
    const [each] = casesIn(region, [row]);
    deployment.sandbox.deny.add({ service: serviceOfApi(row.api), operation: apiNamed(row.api).write.call });
    const report = await deliver(region, each ? [each] : []);
    expect(report).toMatchObject({ outcomes: { failed: 1 }, failures: [{ class: 'denied' }] });
    expect(report.failures[0]?.message).toContain('is not authorized to perform');
  });

  test.each(rowsAsked)('%s: what is throttled is deferred', async (_, row) => {
    const [each] = casesIn(region, [row]);
    const service = TABLE.services.find(({ name }) => name === serviceOfApi(row.api));
    const [code = '', status = 400] = service?.throttled ?? [];
    const error = { code, status, message: 'Rate exceeded' };
    deployment.sandbox.faults.add({ service: serviceOfApi(row.api), effect: { error } });
    const report = await deliver(region, each ? [each] : []);
    expect(report).toMatchObject({ outcomes: { deferred: 1 }, failures: [{ class: 'throttled' }] });
  });

  test.each(rowsAsked)('%s: more tags than the service allows have failed', async (_, row) => {
    const [each] = casesIn(region, [row]);
    const { maxTags } = apiNamed(row.api);
    const many = Array.from({ length: maxTags }, (_, at) => [`key-${at}`, 'value']);
    deployment.sandbox.putTags(each?.arn ?? '', Object.fromEntries(many));
    const report = await deliver(region, each ? [each] : []);
    expect(report.outcomes).toEqual({ failed: 1 });
  });
});

describe('what is not there', () => {
  const region = 'eu-west-1';
  const rows = [...new Map(rowsIn(region).map((row) => [row.api, row])).values()];
  const recordsAt = (eventTime: string) =>
    rows.map((row) => recordOfRow(row, { region, account: ACCOUNT, number: nextNumber(), eventTime }).record);

  test('is gone when the event is old, in the words of each API', async () => {
    const wrong = await deliverInParts(recordsAt('2025-03-04T10:15:30Z'));
    expect(wrong).toEqual({ outcomes: { gone: rows.length }, failures: [] });
  });

  test('may still be being created when the event is young', async () => {
    const { outcomes } = await deliverInParts(recordsAt(secondsAgo(5)));
    expect(outcomes).toEqual({ deferred: rows.length });
  });

  /** A report names a hundred failures at most. */
  async function deliverInParts(records: readonly Case['record'][]) {
    const failures: FileReport['failures'][number][] = [];
    const outcomes: Record<string, number> = {};
    for (let at = 0; at < records.length; at += 90) {
      const report = await deliver(
        region,
        records.slice(at, at + 90).map((record) => ({ record })),
      );
      failures.push(...report.failures);
      for (const [name, count] of Object.entries(report.outcomes))
        outcomes[name] = (outcomes[name] ?? 0) + count;
    }
    return { outcomes, failures: failures.map(({ arn, error, message }) => `${arn}: ${error}: ${message}`) };
  }
});
