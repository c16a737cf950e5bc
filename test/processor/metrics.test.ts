/**
 * The metrics that the function writes add up: whatever comes again, in parts or as a whole, every record and every resource is
 * counted once, by the attempt that settles it.
 */
import { describe, expect, test } from '@jest/globals';
import { METRICS, type MetricName } from '../../processor/metrics/metrics.ts';
import { namedServices } from '../../processor/metrics/named-services.ts';
import { deadlineWhen, TIME_IS_UP } from '../helpers/deadlines.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import { dataPoints, outcomeSums, sums } from '../helpers/emf.ts';
import {
  ACCOUNT,
  batchEvent,
  callEvent,
  describeCall,
  failedCall,
  LOG_BUCKET,
  REGION,
  s3Event,
  secondsAgo,
  sqsEvent,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { fixture, withValue } from '../helpers/fixtures.ts';
import { logKeyOf } from '../helpers/log-files.ts';

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});

const keyOf = (number: number) => logKeyOf(ACCOUNT, REGION, number);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);
const points = () => dataPoints(deployment.lines);
const fault = (operation: string, code: string, status: number, match?: (input: object) => boolean) =>
  deployment.sandbox.faults.add({
    operation,
    effect: { error: { code, status, message: `${code} of the test` } },
    ...(match && { match: ({ input }: { readonly input: object }) => match(input) }),
  });

/** What SQS brings, until nothing of it comes back. */
async function deliver(bodies: readonly unknown[], between: () => void): Promise<void> {
  let left = bodies;
  for (let round = 0; left.length > 0; round++) {
    expect(round).toBeLessThan(5);
    const answer = (await deployment.invoke(sqsEvent(left))) as {
      readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
    };
    left = answer.batchItemFailures.map(({ itemIdentifier }) => left[Number(itemIdentifier.split('-')[1])]);
    between();
  }
}

/** As often as its messages come. */
async function emptyRetryQueue(): Promise<void> {
  for (let round = 0; (await deployment.count('retry')) > 0; round++) {
    expect(round).toBeLessThan(30);
    deployment.advance(900);
    await deployment.poll('retry');
  }
}

/** A launch of so many instances, a second ago: they need not be there yet. */
function launchOf(count: number) {
  const record = fixture('ec2-RunInstances') as { responseElements: { instancesSet: { items: object[] } } };
  const { instancesSet } = record.responseElements;
  const ids = upTo(count).map((number) => `i-${number.toString(16).padStart(17, '0')}`);
  const items = ids.map((instanceId) => ({ ...instancesSet.items[0], instanceId }));
  const responseElements = { ...record.responseElements, instancesSet: { ...instancesSet, items } };
  return {
    arns: ids.map((id) => `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`),
    record: { ...record, eventTime: secondsAgo(1), responseElements },
  };
}

describe('a run with retries and partial batches', () => {
  test('counts every record and every resource once', async () => {
    await start();
    const now = secondsAgo(1);
    const [throttled, refused, missing] = [topicArn(1), topicArn(2), topicArn(3)];
    deployment.putResources([...upTo(6).map(topicArn), ...upTo(4).map((number) => volumeArn(number))]);
    deployment.sandbox.removeResource(missing);
    const broken = withValue(fixture('ec2-CreateVolume'), 'responseElements', { omitted: true });
    deployment.putFile(keyOf(0), [topic(0), topic(1, { at: now }), describeCall(), failedCall(), broken]);
    deployment.putFile(keyOf(1), [topic(2), topic(3), volume(0), volume(1), 'no record']);
    deployment.putFile(keyOf(2), [topic(4), volume(2)]);
    deployment.putFile(keyOf(3), Buffer.from('no gzip'));
    deployment.putFile(keyOf(4), [topic(5), volume(3)]);

    const about = (arn: string) => (input: object) => JSON.stringify(input).includes(arn);
    const passing = [
      fault('TagResource', 'Throttling', 400, about(throttled)),
      fault('GetObject', 'AccessDenied', 403, about(keyOf(4))),
    ];
    fault('TagResource', 'AuthorizationError', 403, about(refused));
    const bodies = [s3Event([keyOf(0)]), s3Event([keyOf(1), keyOf(3)]), s3Event([keyOf(2), keyOf(4)])];
    await deliver(bodies, () => {
      for (const stop of passing) stop();
    });
    await emptyRetryQueue();

    const total = sums(points());
    const outcomes = outcomeSums(points());
    expect(total).toMatchObject({
      Files: 4,
      FilesFailed: 1,
      Records: 14,
      RecordsMalformed: 1,
      RecordsIgnored: 3,
      Creations: 10,
      CreationsPassedOver: 1,
      Resources: 10,
      ResourcesFailed: 1,
    });
    expect(total.LogAccessDenied).toBeGreaterThanOrEqual(1);
    expect(total.FilesDeferred).toBeGreaterThanOrEqual(1);
    expect(total.ResourcesDeferred).toBe(outcomes['sns deferred']);
    const { 'sns deferred': deferred, ...settled } = outcomes;
    expect(settled).toEqual({ 'sns tagged': 4, 'sns failed': 1, 'sns gone': 1, 'ec2 tagged': 4 });
    const failures = deployment.sent('failure').map(({ kind }) => kind);
    expect(failures.sort()).toEqual(['creation', 'file']);
  });

  test('counts the rest of a file that time ran out for as what it is', async () => {
    await start();
    const count = 30;
    deployment.putResources(upTo(count).map(topicArn));
    deployment.putFile(
      keyOf(0),
      upTo(count).map((number) => topic(number)),
    );
    deployment.sandbox.faults.add({ operation: 'TagResource', effect: { delayMs: 20 } });
    const tagged = () =>
      deployment.sandbox.requests.filter(({ operation }) => operation === 'TagResource').length;
    const halfway = deadlineWhen(() => tagged() > count / 2);
    await deployment.invoke(sqsEvent([s3Event([keyOf(0)])]), halfway);
    halfway.clear();
    expect(deployment.sent('retry')).toMatchObject([{ kind: 'file', fromIndex: expect.any(Number) }]);
    await emptyRetryQueue();
    expect(sums(points())).toMatchObject({ Files: 1, Records: count, Creations: count, Resources: count });
  });

  test('counts nothing of what comes again as a whole but that it was left', async () => {
    await start({ queues: [] });
    deployment.putFile(keyOf(0), [topic(0)]);
    await deployment.invoke(sqsEvent([s3Event([keyOf(0)])]), TIME_IS_UP);
    expect(sums(points())).toEqual({});
    fault('GetObject', 'InternalError', 500);
    await deployment.invoke(sqsEvent([s3Event([keyOf(0)])]));
    expect(sums(points())).toEqual({ FilesDeferred: 1 });
  });

  test('counts no file that comes again only because another of its message does', async () => {
    await start({ queues: [] });
    deployment.putResources([topicArn(0), topicArn(1)]);
    for (const number of [0, 1]) deployment.putFile(keyOf(number), [topic(number)]);
    const stop = fault('GetObject', 'InternalError', 500, (input) =>
      JSON.stringify(input).includes(keyOf(1)),
    );
    await deliver([s3Event([keyOf(0), keyOf(1)])], stop);
    expect(sums(points())).toMatchObject({ Files: 2, Records: 2, Resources: 2, FilesDeferred: 1 });
  });

  test('counts what of a record was tagged once, though its message comes back whole', async () => {
    await start();
    const { arns, record } = launchOf(3);
    deployment.putFile(keyOf(0), [record]);
    await deployment.invoke(sqsEvent([s3Event([keyOf(0)])]));
    for (const arn of arns) {
      deployment.putResources([arn]);
      deployment.advance(60);
      await deployment.poll('retry');
    }
    await emptyRetryQueue();
    const { Resources } = sums(points());
    const [{ report } = {}] = deployment.lines.filter((line) => line.report !== undefined);
    expect(Resources).toBe(report?.resources);
    expect(Resources).toBeGreaterThanOrEqual(3);
  });

  test('counts nothing of a message that remains with whoever brought it by hand but what was left', async () => {
    await start();
    const { arns, record } = launchOf(3);
    deployment.putFile(keyOf(0), [record]);
    await deployment.invoke(sqsEvent([s3Event([keyOf(0)])]));
    const [autoTagger] = deployment.sent('retry');
    expect(autoTagger?.arns?.length).toBeGreaterThanOrEqual(3);
    const before = sums(points());
    deployment.putResources(arns.slice(0, 1));
    const { remaining } = (await deployment.invoke({ autoTagger })) as { remaining: readonly object[] };
    expect(remaining).toHaveLength(1);
    const left = (autoTagger?.arns?.length ?? 0) - 1;
    expect(sums(points())).toEqual({ ...before, ResourcesDeferred: (before.ResourcesDeferred ?? 0) + left });
  });

  test('counts what is given up as failed', async () => {
    await start();
    deployment.putFile(keyOf(0), [topic(0)]);
    fault('GetObject', 'InternalError', 500);
    await deployment.invoke(sqsEvent([s3Event([keyOf(0)])], 20));
    expect(sums(points())).toEqual({ FilesFailed: 1 });
  });
});

describe('the metrics', () => {
  test('count an event by itself, which is of no file', async () => {
    await start();
    deployment.putResources([volumeArn(0)]);
    await deployment.invoke(callEvent(volume(0)));
    expect(sums(points())).toEqual({ Records: 1, Creations: 1, Resources: 1 });
    expect(outcomeSums(points())).toEqual({ 'ec2 tagged': 1 });
  });

  test('have the names and units of the table, and one namespace', async () => {
    await start();
    deployment.putResources([topicArn(0)]);
    deployment.putFile(keyOf(0), [topic(0), failedCall()]);
    await deployment.invoke(s3Event([keyOf(0)]));
    expect(points().length).toBeGreaterThan(5);
    for (const { name, unit, namespace } of points()) {
      expect(METRICS[name as MetricName]?.unit).toBe(unit);
      expect(namespace).toBe('auto-tagger');
    }
  });

  test('say how far behind we are, but not for what is named by hand or in bulk', async () => {
    await start();
    const day = new Date().toISOString().slice(0, 10);
    const time = `${day.replaceAll('-', '')}T0000Z`;
    const fresh = keyOf(0).replace('2025/03/04', day.replaceAll('-', '/')).replace('20250304T1040Z', time);
    for (const key of [fresh, keyOf(1)]) deployment.putFile(key, [describeCall()]);
    const ages = () => points().flatMap(({ name, values }) => (name === 'FileAge' ? values : []));
    await deployment.invoke(batchEvent([fresh]));
    await deployment.invoke({ bucket: LOG_BUCKET, key: fresh });
    await deployment.invoke(s3Event([keyOf(1)])); // older than any queue keeps
    expect(ages()).toEqual([]);
    await deployment.invoke(sqsEvent([s3Event([fresh])]));
    expect(ages()).toHaveLength(1);
    expect(Math.abs((ages()[0] ?? 0) - (Date.now() - Date.parse(day)) / 1000)).toBeLessThan(60);
  });

  test('are bounded: few services have names, however many are tagged', () => {
    expect([...namedServices('kms, EC2')]).toEqual(['kms', 'ec2']);
    expect(namedServices('all').size).toBe(8);
    expect(namedServices('all,iam').has('iam')).toBe(true);
    const many = upTo(50).map((number) => `s${number}`);
    expect(namedServices(many.join(',')).size).toBe(20);
  });

  test('count services without a name together', async () => {
    await start({ settings: { SERVICES: 'sns,ec2' } });
    deployment.putResources([topicArn(0), volumeArn(0)]);
    deployment.putFile(keyOf(0), [topic(0), volume(0)]);
    const { writeMetrics } = await import('../../processor/runtime/metrics.ts');
    const of = (service: string) => ({ service, outcome: 'tagged', count: 2 });
    writeMetrics([{ counts: {}, ages: [], outcomes: [of('kms'), of('ec2'), of('efs')] }], new Set(['ec2']));
    expect(outcomeSums(points())).toEqual({ 'other tagged': 4, 'ec2 tagged': 2 });
  });

  test('keep to the limits of the format, however many files come at once', async () => {
    await start();
    const { writeMetrics } = await import('../../processor/runtime/metrics.ts');
    writeMetrics([{ counts: { Files: 250 }, ages: upTo(250), outcomes: [] }], new Set());
    expect(points().flatMap(({ name, values }) => (name === 'FileAge' ? values : []))).toEqual(upTo(250));
    expect(sums(points()).Files).toBe(250);
  });
});
