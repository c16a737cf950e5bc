/**
 * The alarms of the template, held against what the function really writes: each fires for its cause, none in a healthy run.
 * What AWS itself measures has the names and dimensions that AWS documents.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { costTable } from '../../infra/cost.ts';
import { NO_DEADLINE } from '../helpers/deadlines.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import { type DataPoint, dataPoints } from '../helpers/emf.ts';
import {
  ACCOUNT,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  REGION,
  s3Event,
  secondsAgo,
  sqsEvent,
  topic,
  topicArn,
  volume,
} from '../helpers/events.ts';
import { fixture, withValue } from '../helpers/fixtures.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { putItem, putTable, TABLE_NAME } from '../tag-manager/store/stores.ts';
import { OUR_TOPIC } from './deployments.ts';
import { synthesized } from './synthesized.ts';
import { functionOf, type Resource, resolver, resource, resources, type Template } from './templates.ts';

const MONITORING = readFileSync(new URL('../../docs/monitoring.md', import.meta.url), 'utf8');

const { deployments } = synthesized();

const templateOf = (name: keyof typeof deployments): Template => {
  const template = deployments[name].templates['auto-tagger'] ?? { Resources: {} };
  return resolver(template)(template) as Template;
};
const template = templateOf('direct');

/** Of anything in a template. */
type Properties = Resource['Properties'];

/** Each has alarms that the others have not. */
const templates = [template, templateOf('topic'), templateOf('archive'), templateOf('organization')];

/** Of rules, ten of which an alarm looks at. */
const isOneMore = ({ AlarmName }: Properties) => /-undelivered-\d$/.test(AlarmName);

const alarms = new Map<string, Properties>(
  templates.flatMap((one) =>
    resources(one, 'AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => !isOneMore(Properties))
      .map(({ Properties }) => [Properties.AlarmName.replace('auto-tagger-', ''), Properties]),
  ),
);

interface Stat {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

const statOf = ({ Namespace, MetricName, Dimensions = [] }: Properties, statistic: string): Stat => ({
  namespace: Namespace,
  name: MetricName,
  dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }: Record<string, string>) => [Name, Value])),
  statistic,
});

/** All that an alarm looks at, by id. */
function statsOf(name: string): Readonly<Record<string, Stat>> {
  const { Metrics, Statistic, ...alarm } = alarms.get(name);
  if (Metrics === undefined) return { m1: statOf(alarm, Statistic) };
  const stats = Metrics.filter((each: Properties) => each.MetricStat !== undefined);
  return Object.fromEntries(
    stats.map(({ Id, MetricStat: { Metric, Stat } }: Properties) => [Id, statOf(Metric, Stat)]),
  );
}

/** As CloudWatch does, all in one period. */
function fires(name: string, points: readonly DataPoint[]): boolean {
  const value = pointOf(name, points);
  return value === undefined ? missingFires(name) : isBreaching(name, value);
}

/**
 * As CloudWatch does with points of one period after the other: it looks at more periods than it must evaluate, and a real point
 * counts before a missing one (Amazon CloudWatch User Guide, "How alarm state is evaluated when data is missing").
 */
function firesAfter(name: string, periods: readonly (readonly DataPoint[])[]): boolean {
  const evaluated: number = alarms.get(name).EvaluationPeriods;
  const real = periods
    .slice(-evaluated - 2)
    .flatMap((points) => pointOf(name, points) ?? [])
    .slice(-evaluated);
  const areBreaching = real.every((value) => isBreaching(name, value));
  return areBreaching && (real.length === evaluated || missingFires(name));
}

const missingFires = (name: string) => alarms.get(name).TreatMissingData === 'breaching';

function pointOf(name: string, points: readonly DataPoint[]): number | undefined {
  const { Metrics } = alarms.get(name);
  const values = Object.fromEntries(
    Object.entries(statsOf(name)).map(([id, stat]) => [id, statistic(stat, points)]),
  );
  const expression = Metrics?.find((each: Properties) => each.Expression !== undefined)?.Expression ?? 'm1';
  return calculate(expression, values);
}

function isBreaching(name: string, value: number): boolean {
  const { Threshold, ComparisonOperator } = alarms.get(name);
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold;
    default:
      throw new Error(`${name}: ${ComparisonOperator}`);
  }
}

function statistic({ namespace, name, dimensions, statistic: how }: Stat, points: readonly DataPoint[]) {
  const key = (of: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(of).sort());
  const values = points
    .filter(
      (one) => one.namespace === namespace && one.name === name && key(one.dimensions) === key(dimensions),
    )
    .flatMap((one) => one.values);
  if (values.length === 0) return undefined;
  if (how === 'Maximum') return Math.max(...values);
  if (how === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  throw new Error(`the statistic ${how}`);
}

/** `a - 3 * FILL(b, 0)`: what is missing, and is not filled, makes the whole missing. */
function calculate(expression: string, values: Readonly<Record<string, number | undefined>>) {
  const filled = expression.replaceAll(/FILL\((\w+), (\d+)\)/g, (_, id, other) =>
    String(values[id] ?? other),
  );
  const text = filled.replaceAll(/[a-z]\w*/g, (id) => String(values[id]));
  if (text.includes('undefined')) return undefined;
  if (!/^[\d.+\-*/ ()]+$/.test(text)) throw new Error(`cannot calculate ${expression}`);
  return Number(new Function(`return (${text})`)());
}

const point = (stat: Stat | undefined, value: number): DataPoint => {
  if (stat === undefined) throw new Error('expected a metric');
  return { ...stat, unit: '', values: [value] };
};

let deployment: Deployment;
const deploy = deploysForEach((started) => {
  deployment = started;
});
const start = async (settings: Readonly<Record<string, string>> = {}) => {
  await deploy({ settings: { DYNAMODB_TABLE: TABLE_NAME, ...settings } });
  await putTable(deployment);
  deployment.putResources([topicArn(0), topicArn(1)]);
};
const keyOf = (number: number) => logKeyOf(ACCOUNT, REGION, number);
const bring = (number: number, records: readonly unknown[], bucket?: string) => {
  deployment.putFile(keyOf(number), records, bucket);
  return deployment.invoke(sqsEvent([s3Event([keyOf(number)])]));
};
const refuse = (operation: string, code: string) =>
  deployment.sandbox.faults.add({ operation, effect: { error: { code, status: 403, message: 'no' } } });
const firing = (points: readonly DataPoint[]) => [...alarms.keys()].filter((name) => fires(name, points));

/** Units that the table's own writes take, as DynamoDB counts them: one for each kilobyte that is begun. */
const writeUnits = () =>
  deployment.sandbox.requests
    .filter(({ operation }) => operation === 'PutItem' || operation === 'UpdateItem')
    .reduce((sum, { input }) => sum + Math.ceil(JSON.stringify(input).length / 1024), 0);

describe('no alarm fires', () => {
  test('in a healthy run, in which something is tried again', async () => {
    await start();
    await bring(0, [topic(0), { ...topic(1), errorCode: 'AccessDenied', responseElements: null }]);
    const stop = refuse('TagResource', 'Throttling');
    await bring(1, [topic(1, { at: secondsAgo(1) })]);
    stop();
    deployment.advance(60);
    await deployment.poll('retry');
    const { writes } = statsOf('table-writes');
    expect(firing([...dataPoints(deployment.lines), point(writes, writeUnits())])).toEqual([]);
  });
});

describe('an alarm fires', () => {
  const firesFor = (...names: readonly string[]) =>
    expect(firing(dataPoints(deployment.lines))).toEqual(names);

  test('for a resource that cannot be tagged, and for the message of it', async () => {
    await start();
    refuse('TagResource', 'AuthorizationError');
    await bring(0, [topic(0)]);
    firesFor('resources-failed');
    const { m1 } = statsOf('failures');
    expect(fires('failures', [point(m1, await deployment.count('failure'))])).toBe(true);
  });

  test('for a creation that could not be understood', async () => {
    await start();
    await bring(0, [withValue(fixture('ec2-CreateVolume'), 'responseElements', { omitted: true })]);
    firesFor('creations-passed-over');
  });

  test('for log files that may not be read, at the first attempt', async () => {
    await start();
    await bring(0, [topic(0)]);
    refuse('GetObject', 'AccessDenied');
    await bring(1, [topic(1)]);
    firesFor('log-access-denied');
  });

  test('for an account that lets us not in', async () => {
    await start({ MEMBER_ROLE_NAME: 'auto-tagger' });
    const key = logKeyOf(OTHER_ACCOUNT, REGION, 0);
    deployment.putFile(key, [volume(0, { account: OTHER_ACCOUNT })]);
    refuse('AssumeRole', 'AccessDenied');
    await deployment.invoke(s3Event([key], LOG_BUCKET));
    firesFor('accounts-refused');
  });

  test('for items of the table that are not ours', async () => {
    await start();
    const Event = { S: `${ACCOUNT}#event#2025-03-04T10:17:05Z#forged` };
    await putItem(deployment, { ResourceId: { S: topicArn(0) }, Event, Kind: { S: 'nonsense' } });
    await bring(0, [topic(0)]);
    firesFor('table-items');
  });

  test('for writes to the table that the function does not explain', async () => {
    await start();
    await bring(0, [topic(0), topic(1)]);
    const { writes, calls } = statsOf('table-writes');
    const points = dataPoints(deployment.lines);
    expect(points).toContainEqual(expect.objectContaining({ name: calls?.name }));
    expect(fires('table-writes', [...points, point(writes, writeUnits())])).toBe(false);
    expect(fires('table-writes', [...points, point(writes, writeUnits() + 1_000)])).toBe(true);
    expect(fires('table-writes', [point(writes, 1_000)])).toBe(true);
  });

  // DynamoDB has no point where nothing is written, and an alarm on its metrics stays as it is then.
  test('for writes to the table, and ends when nobody writes any more', () => {
    expect(pointOf('table-writes', [])).toBe(0);
  });

  test('for a fault of our own, and the message comes again', async () => {
    await start();
    await bring(0, [topic(0)]);
    const { handle } = await import('../../processor/handler.ts');
    const process = () => Promise.reject(new TypeError('broken'));
    const broken = { ...deployment.runtime, files: { ...deployment.runtime.files, process } };
    const answer = await handle(sqsEvent([s3Event([keyOf(0)])]), broken, NO_DEADLINE);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: expect.any(String) }] });
    firesFor('own-faults');
  });

  test('where no log file comes', async () => {
    await start();
    firesFor('silence');
    deployment.putFile(keyOf(0), Buffer.from('no gzip'));
    await deployment.invoke(sqsEvent([s3Event([keyOf(0)])]));
    firesFor('silence');
  });

  test('twelve hours after the last log file, and not before', () => {
    const files = point(statsOf('silence').files, 5);
    const hours = (silent: number) => [[files], [files], ...Array.from({ length: silent }, () => [])];
    expect(alarms.get('silence').EvaluationPeriods).toBe(12);
    expect(alarms.get('silence').Metrics).toContainEqual(
      expect.objectContaining({ MetricStat: expect.objectContaining({ Period: 3600 }) }),
    );
    expect(firesAfter('silence', hours(11))).toBe(false);
    expect(firesAfter('silence', hours(12))).toBe(true);
  });
});

/**
 * Amazon SQS Developer Guide, "Available CloudWatch metrics"; AWS Lambda Developer Guide, "Types of metrics"; Amazon DynamoDB Developer
 * Guide, "DynamoDB metrics and dimensions"; Amazon EventBridge User Guide, "Monitoring Amazon EventBridge"; Amazon SNS Developer Guide,
 * "Monitoring Amazon SNS topics using CloudWatch".
 */
const OF_AWS: Readonly<
  Record<string, { readonly names: readonly string[]; readonly dimensions: readonly string[] }>
> = {
  'AWS/SQS': {
    names: ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
    dimensions: ['QueueName'],
  },
  'AWS/Lambda': {
    names: ['Errors', 'Throttles', 'AsyncEventsDropped', 'DestinationDeliveryFailures'],
    dimensions: ['FunctionName'],
  },
  'AWS/DynamoDB': {
    names: ['WriteThrottleEvents', 'ConsumedWriteCapacityUnits'],
    dimensions: ['TableName', 'GlobalSecondaryIndexName,TableName'],
  },
  'AWS/Events': { names: ['FailedInvocations'], dimensions: ['RuleName', 'EventBusName,RuleName'] },
  'AWS/SNS': { names: ['NumberOfNotificationsFailed'], dimensions: ['TopicName'] },
};

describe('what AWS measures', () => {
  const stats = [...alarms.keys()].flatMap((name) =>
    Object.values(statsOf(name)).flatMap((stat) =>
      stat.namespace.startsWith('AWS/') ? [{ alarm: name, ...stat }] : [],
    ),
  );

  test('has the names and dimensions that AWS documents', () => {
    for (const { namespace, name, dimensions } of stats) {
      expect(OF_AWS[namespace]?.names).toContain(name);
      expect(OF_AWS[namespace]?.dimensions).toContain(Object.keys(dimensions).sort().join());
    }
    expect(new Set(stats.map(({ namespace }) => namespace))).toEqual(new Set(Object.keys(OF_AWS)));
  });

  test('is of resources of this stack', () => {
    const types = ['SQS::Queue', 'Lambda::Function', 'SNS::Topic', 'Events::Rule', 'Events::EventBus'];
    const names = types.flatMap((type) =>
      templates.flatMap((one) =>
        resources(one, `AWS::${type}`).map(
          ({ Properties: { QueueName, FunctionName, TopicName, Name } }) =>
            QueueName ?? FunctionName ?? TopicName ?? Name,
        ),
      ),
    );
    const tables = Object.keys(template.Resources).filter(
      (id) => template.Resources[id]?.Type === 'AWS::DynamoDB::Table',
    );
    for (const { dimensions } of stats) {
      const { GlobalSecondaryIndexName: _, ...others } = dimensions;
      for (const name of Object.values(others)) expect([...names, ...tables]).toContain(name);
    }
  });

  test.each([
    ['dead-letters', 1, 0],
    ['failures', 1, 0],
    ['behind', 1_801, 600],
    ['retry-behind', 3_601, 900],
    ['function-errors', 1, 0],
    ['function-throttles', 21, 3],
    ['events-dropped', 1, 0],
    ['events-lost', 1, 0],
    ['rule-undelivered', 1, 0],
    ['topic-undelivered', 1, 0],
    ['events-behind', 301, 20],
  ])('%s fires at %d and not at %d', (name, much, little) => {
    const { m1 } = statsOf(name);
    expect(fires(name, [point(m1, much)])).toBe(true);
    expect(fires(name, [point(m1, little)])).toBe(false);
  });

  test.each([
    ['table-throttles', 'the table and for each index', 3],
    ['events-undelivered', 'each of ten rules', 10],
  ])('%s fires for %s', (name, _, metrics) => {
    const all = Object.values(statsOf(name));
    expect(all).toHaveLength(metrics);
    for (const stat of all) expect(fires(name, [point(stat, 1)])).toBe(true);
    expect(
      fires(
        name,
        all.map((stat) => point(stat, 0)),
      ),
    ).toBe(false);
  });
});

describe('every alarm', () => {
  test('tells the topic, and says what to do and how to stop', () => {
    expect(alarms.size).toBeGreaterThanOrEqual(19);
    for (const [name, { AlarmActions, AlarmDescription }] of alarms) {
      expect([name, AlarmActions]).toEqual([name, [expect.stringMatching(/alerts|Alerts/)]]);
      expect(AlarmDescription).toMatch(
        /^[A-Z].{40,}\. To stop auto-tagger at once: .*auto-tagger --reserved-concurrent/,
      );
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024); // CloudWatch API Reference, "PutMetricAlarm"
    }
  });

  test('is in docs/monitoring.md, with what to do', () => {
    const [, table = ''] = MONITORING.split('| alarm | what to do |\n| --- | --- |\n');
    const rows = [...alarms].map(([name, { AlarmDescription }]) => {
      const [whatToDo] = AlarmDescription.split(' To stop auto-tagger');
      return `| \`${name}\` | ${whatToDo} |`;
    });
    expect(table.split('\n\n')[0]?.split('\n').sort()).toEqual(rows.sort());
  });

  test('without a metadata store, none looks at its table; nor at calls of the bucket where it makes none', () => {
    const ours = templateOf('trailTopic');
    const names = resources(ours, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    expect(names.filter((name: string) => /table|events|undelivered/.test(name))).toEqual([]);
    for (const { Properties } of resources(ours, 'AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmActions).toEqual([OUR_TOPIC]);
    }
  });
});

describe('the topic', () => {
  test('is encrypted, mails to who is named, and takes messages of our alarms alone', () => {
    const { KmsMasterKeyId, TopicName } = resource(template, 'AWS::SNS::Topic').Properties;
    expect([TopicName, typeof KmsMasterKeyId]).toEqual(['auto-tagger-alerts', 'string']);
    expect(resource(template, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    const { Statement } = resource(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument;
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: {
          StringEquals: { 'aws:SourceAccount': ACCOUNT },
          ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:auto-tagger-*` },
        },
      }),
    );
    for (const { Effect, Condition } of Statement) if (Effect === 'Allow') expect(Condition).toBeDefined();
  });

  test('has a key that alarms may use, for this topic alone', () => {
    const { Statement } = resource(template, 'AWS::KMS::Key').Properties.KeyPolicy;
    const ofAlarms = Statement.filter(
      ({ Principal }: Properties) => Principal.Service === 'cloudwatch.amazonaws.com',
    );
    expect(ofAlarms.map(({ Action, Condition }: Properties) => ({ Action, Condition }))).toEqual([
      {
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: {
          StringEquals: {
            'kms:EncryptionContext:aws:sns:topicArn': `arn:aws:sns:${REGION}:${ACCOUNT}:auto-tagger-alerts`,
          },
        },
      },
    ]);
  });

  test('is the one that the function is told of, and may publish to', () => {
    const ours = templateOf('trailTopic');
    const { Variables } = functionOf(ours).Properties.Environment;
    expect(Variables.SNS_TOPIC_ARN).toBe(OUR_TOPIC);
    expect(resources(ours, 'AWS::SNS::Topic')).toEqual([]);
    const role = resource(
      ours,
      'AWS::IAM::Role',
      ({ Properties }) => Properties.RoleName === 'auto-tagger-function',
    );
    expect(JSON.stringify(role.Properties.Policies)).toContain(
      `"Action":"sns:Publish","Effect":"Allow","Resource":"${OUR_TOPIC}"`,
    );
  });

  test('is subscribed to by its owner', () => {
    expect(deployments.alertedTwice.error).toMatch(/alertEmail: the topic of alertTopicArn/);
  });
});

/** To update it: node infra/cost.ts */
test('docs/cost.md shows what the stack costs, with as many alarms as it has', () => {
  const ofDefault = [...alarms.keys()].filter((name) => !/^events-|-undelivered$/.test(name));
  const metrics = ofDefault.flatMap((name) => Object.keys(statsOf(name))).length;
  const docs = readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8');
  expect(docs).toContain(`<!-- cost -->\n\n${costTable(metrics)}\n\n<!-- /cost -->`);
});

test('the dashboard answers three questions, and says what to do', () => {
  const { DashboardBody } = resource(template, 'AWS::CloudWatch::Dashboard').Properties;
  const { widgets } = JSON.parse(DashboardBody) as { widgets: { properties: { markdown?: string } }[] };
  const text = widgets.flatMap(({ properties }) => properties.markdown ?? []).join('\n');
  for (const words of [
    'Is it working?',
    'How far behind',
    'What fails?',
    'auto-tagger replay',
    'To stop auto-tagger',
  ]) {
    expect(text).toContain(words);
  }
  expect(DashboardBody).toContain('SEARCH');
});
