/**
 * What was created comes twice where events come at once: by EventBridge within seconds, and in a log file minutes later. Whichever comes
 * first, and at the same time, the tags are those that the log file alone gives. Events go through the patterns that the rules have.
 */
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../../parser/catalogue/catalogue.ts';
import { type CatalogueRow, servicePrefix } from '../../../parser/catalogue/row.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import { COMMON_SERVICES, readServices } from '../../../processor/file/services.ts';
import { eventPatterns } from '../../../processor/real-time/event-patterns.ts';
import { type Deployment, deploysForEach } from '../../helpers/deployment.ts';
import { envelopeOf, isMatched } from '../../helpers/event-bridge.ts';
import {
  ACCOUNT,
  REGION,
  s3Event,
  secondsAgo,
  sqsEvent,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { logKeyOf } from '../../helpers/log-files.ts';
import { putCases } from '../../helpers/row-cases.ts';
import { size } from '../../helpers/runs.ts';
import { putTable, TABLE_NAME } from '../../tag-manager/store/stores.ts';

const SERVICES = COMMON_SERVICES.join();
const patterns = eventPatterns({ services: readServices(SERVICES), deletions: true });

let deployment: Deployment;
const deploy = deploysForEach((started) => {
  deployment = started;
});
const start = async (isStored: boolean) => {
  const settings = { SERVICES, EVENT_QUEUES: `arn:aws:sqs:${REGION}:${ACCOUNT}:events` };
  await deploy({ settings: { ...settings, ...(isStored && { DYNAMODB_TABLE: TABLE_NAME }) } });
  if (isStored) await putTable(deployment);
};

type Invoke = (event: unknown) => Promise<object>;

/** What an event source mapping hands over at once. */
const BATCH = 10;

/** As the rules send them to the queue, and that invokes the function. */
async function byEvents(records: readonly CloudTrailRecord[], invoke: Invoke = deployment.invoke) {
  const events = records.map((record) => envelopeOf(record)).filter((event) => isMatched(patterns, event));
  for (let at = 0; at < events.length; at += BATCH) {
    const answer = await invoke(sqsEvent(events.slice(at, at + BATCH), 1, 'events'));
    expect(answer).toEqual({ batchItemFailures: [] });
  }
  expect(events).toHaveLength(records.length);
}

let files = 0;

async function byLogFile(records: readonly CloudTrailRecord[], invoke: Invoke = deployment.invoke) {
  const key = logKeyOf(ACCOUNT, REGION, ++files);
  deployment.putFile(key, records);
  expect(await invoke(sqsEvent([s3Event([key])]))).toEqual({ batchItemFailures: [] });
}

/** How often each outcome occurred in what was logged since `begin` lines. */
function outcomesSince(begin: number): readonly string[] {
  const reports = deployment.reports().slice(begin);
  return [
    ...new Set(
      reports.flatMap(({ outcomes }) =>
        Object.entries(outcomes).flatMap(([name, count]) => (count > 0 ? name : [])),
      ),
    ),
  ];
}

type Ways = (records: readonly CloudTrailRecord[]) => Promise<void>;

const WAYS: readonly (readonly [string, Ways])[] = [
  [
    'the events first',
    async (records) => {
      await byEvents(records);
      const begin = deployment.reports().length;
      deployment.renew(); // another environment of Lambda, which knows nothing of the first
      await byLogFile(records);
      expect(outcomesSince(begin)).toEqual(['unchanged']);
    },
  ],
  [
    'the log file first',
    async (records) => {
      await byLogFile(records);
      const begin = deployment.reports().length;
      deployment.renew();
      await byEvents(records);
      expect(outcomesSince(begin)).toEqual(['unchanged']);
    },
  ],
  [
    'both at once, by two functions, and the events again',
    async (records) => {
      await Promise.all([byEvents(records), byLogFile(records, deployment.invokeBeside)]);
      await byEvents(records.toReversed());
    },
  ],
];

const all = catalogue().filter((row) => COMMON_SERVICES.some((service) => service === servicePrefix(row)));
/** What the rules of ownership tell apart, of each service. */
const kindOf = (row: CatalogueRow) => [servicePrefix(row), row.naming, row.creation, row.copiesTags].join();
const few = [...Map.groupBy(all, kindOf).values()].flatMap(([first]) => first ?? []);
const rows = size(few, all);

/** Something of every row of these services, delivered in these ways: its tags. */
async function tagsAfter(ways: Ways) {
  const cases = putCases(deployment.sandbox, REGION, rows);
  await ways(cases.map(({ record }) => record));
  while ((await deployment.count('retry')) > 0) {
    deployment.advance(6 * 60 * 60);
    if ((await deployment.poll('retry')) === 0) break;
  }
  return cases.map(({ row, arn }) => [`${row.eventSource} ${row.eventName}`, deployment.sandbox.tagsOf(arn)]);
}

describe.each([
  ['with', true],
  ['without', false],
] as const)('%s the metadata store', (_, isStored) => {
  test.each(WAYS)('tags are those that the log file alone gives: %s', async (_name, ways) => {
    await start(isStored);
    const alone = await tagsAfter((records) => byLogFile(records));
    expect(alone.filter(([, tags]) => !Object.hasOwn(tags as object, 'CreatedBy'))).toEqual([]);
    expect(await tagsAfter(ways)).toEqual(alone);
    expect(await deployment.count('failure')).toBe(0);
  });

  test('what is some seconds old and not there yet comes again, and is tagged once it is', async () => {
    await start(isStored);
    const at = secondsAgo(5);
    const records = [volume(1, { at }), topic(1, { at })];
    await byEvents(records);
    const again = deployment.sent('retry').flatMap(({ arns = [] }) => arns);
    expect(again.sort()).toEqual([topicArn(1), volumeArn(1)].sort());
    deployment.putResources([volumeArn(1), topicArn(1)]);
    deployment.advance(60);
    await deployment.poll('retry');
    for (const arn of [volumeArn(1), topicArn(1)]) {
      expect(deployment.sandbox.tagsOf(arn)).toMatchObject({ CreatedDate: at, ManagedBy: 'auto-tagger' });
    }
    const begin = deployment.reports().length;
    await byLogFile(records);
    expect(outcomesSince(begin)).toEqual(['unchanged']);
  });

  test('tags of the creating request that do not show yet are kept', async () => {
    await start(isStored);
    const at = secondsAgo(5);
    const { requestParameters, ...record }: CloudTrailRecord = volume(2, { at });
    const theirs = { key: 'CreatedBy', value: 'platform' };
    const tagSet = { items: [{ resourceType: 'volume', tags: [theirs] }] };
    deployment.putResources([volumeArn(2)]);
    await byEvents([
      { ...record, requestParameters: { ...(requestParameters as object), tagSpecificationSet: tagSet } },
    ]);
    expect(deployment.sandbox.tagsOf(volumeArn(2))).not.toHaveProperty('CreatedBy');
  });
});

test('a name that is made anew, deletions told at once: the tags name its last creator, whatever comes when', async () => {
  await start(true);
  const arn = topicArn(1);
  const minute = (number: number) =>
    new Date(Date.UTC(2025, 2, 4, 10, number)).toISOString().replace('.000Z', 'Z');
  const by = (user: string, number: number, record: object): CloudTrailRecord => ({
    ...record,
    eventTime: minute(number),
    eventID: `0f6a1c9e-0000-4000-8000-00000000000${number}`,
    userIdentity: {
      type: 'IAMUser',
      accountId: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:user/${user}`,
      userName: user,
    },
  });
  const made = topic(1);
  const history = [
    by('alice', 1, made),
    by('alice', 2, {
      ...made,
      eventName: 'DeleteTopic',
      requestParameters: { topicArn: arn },
      responseElements: null,
    }),
    by('bob', 3, made),
  ];
  deployment.sandbox.putResource({ arn, account: ACCOUNT, region: REGION, createdAt: Date.parse(minute(3)) });
  await byEvents(history);
  const bob = { CreatedBy: `arn:aws:iam::${ACCOUNT}:user/bob`, CreatedDate: minute(3) };
  expect(deployment.sandbox.tagsOf(arn)).toMatchObject(bob);
  await byLogFile(history);
  await byEvents(history.toReversed());
  expect(deployment.sandbox.tagsOf(arn)).toMatchObject(bob);
});
