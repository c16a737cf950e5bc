/**
 * What was made for a parent is named anew once it is known who made that: by messages of the function to itself, many names
 * in each; without a retry queue by the invocation that comes to know of it.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { TaggingTable } from '../../sandbox/sandbox.ts';
import { type Deployment, type DeploymentOptions, deploysForEach } from '../helpers/deployment.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, s3Event, sqsEvent } from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { taggingTable } from '../helpers/tagging-table.ts';
import {
  groupArn,
  groupRecord,
  instanceArn,
  launchRecord,
  putFamily,
} from '../tag-manager/parents/families.ts';
import { putItem, putTable, TABLE_NAME } from '../tag-manager/store/stores.ts';

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});
let tagging: TaggingTable;
beforeAll(async () => {
  tagging = await taggingTable();
});

const deploy = async (options: DeploymentOptions = {}) => {
  const settings = { DYNAMODB_TABLE: TABLE_NAME, CREATED_BY: 'person', ...options.settings };
  await start({ sandbox: { tagging }, ...options, settings });
  await putTable(deployment);
};

/** After all creations. */
const LATER = '2026-11-21T00:00:00Z';

let files = 0;

/** Each in a file of its own. */
async function deliver(...records: readonly object[]): Promise<void> {
  for (const record of records) {
    const key = logKeyOf(ACCOUNT, REGION, files++);
    deployment.putFile(key, [record]);
    expect(await deployment.invoke(sqsEvent([s3Event([key])]))).toEqual({ batchItemFailures: [] });
  }
}

const idOf = (number: number) => `i-${number.toString(16).padStart(17, '0')}`;

/** A group of so many instances. */
function family(size = 1) {
  const ids = Array.from({ length: size }, (_, number) => idOf(number));
  putFamily(deployment.sandbox, groupArn('web', '0a1b2c3d-0000-4000-8000-000000000000'), { id: 'web' });
  const arns = ids.map((id) => putFamily(deployment.sandbox, instanceArn(id)));
  return { arns, launch: launchRecord('web', ids), group: groupRecord('web') };
}

const creatorsOf = (arns: readonly string[]) => [
  ...new Set(arns.map((arn) => deployment.sandbox.tagsOf(arn)?.CreatedBy)),
];
const namesSent = () => deployment.sent('retry').filter(({ kind }) => kind === 'names');
const lastReport = () => deployment.reports().at(-1);
const failing = (operation: string, code: string, status = 400) =>
  deployment.sandbox.faults.add({ operation, effect: { error: { code, status, message: 'of the test' } } });

/** The retry queue, until nothing is in it. */
async function pollAll(): Promise<void> {
  while ((await deployment.count('retry')) > 0) {
    deployment.advance(60);
    await deployment.poll('retry');
  }
}

describe('with a retry queue', () => {
  test('instances come again, fifty in a message, once it is known who made their group', async () => {
    await deploy();
    const { arns, launch, group } = family(120);
    await deliver(launch);
    expect(creatorsOf(arns)).toEqual(['AWSServiceRoleForAutoScaling']);
    await deliver(group);
    expect(namesSent().map(({ names = [] }) => names.length)).toEqual([50, 50, 20]);
    expect(namesSent()[0]?.names?.[0]).toEqual({ account: ACCOUNT, arn: arns[0], partition: 'aws' });
    expect(await deployment.poll('retry')).toBe(0); // not before its time
    await pollAll();
    expect(creatorsOf(arns)).toEqual(['alice']);
    const reports = deployment.reports().slice(-3);
    expect(reports.reduce((sum, { namedAnew = 0 }) => sum + namedAnew, 0)).toBe(120);
    expect(reports).toMatchObject([{ resources: 0 }, { resources: 0 }, { resources: 0 }]);
  });

  test('a parent that is delivered twice sends nothing the second time', async () => {
    await deploy();
    const { launch, group } = family(3);
    await deliver(launch, group);
    await pollAll();
    await deliver(group, group);
    expect(namesSent()).toHaveLength(1);
  });

  test('in one file nothing is sent', async () => {
    await deploy();
    const { arns, launch, group } = family(3);
    deployment.putFile(logKeyOf(ACCOUNT, REGION, 900), [launch, group]);
    await deployment.invoke(s3Event([logKeyOf(ACCOUNT, REGION, 900)]));
    expect(creatorsOf(arns)).toEqual(['alice']);
    expect(namesSent()).toEqual([]);
  });

  test('the same names are sent once in an invocation', async () => {
    await deploy();
    const { launch, group } = family(3);
    await deliver(launch);
    const keys = [901, 902, 903].map((number) => logKeyOf(ACCOUNT, REGION, number));
    for (const key of keys) deployment.putFile(key, [group]);
    await deployment.invoke(sqsEvent([s3Event(keys)]));
    expect(namesSent()).toHaveLength(1);
  });

  test('what cannot be done yet stays in its message, and what never can goes to the failure queue', async () => {
    await deploy();
    const { arns, launch, group } = family(2);
    await deliver(launch, group);
    let remove = failing('CreateTags', 'RequestLimitExceeded', 503);
    deployment.advance(60);
    await deployment.poll('retry');
    remove();
    expect(lastReport()).toMatchObject({ undoneNames: 2, failures: [{ outcome: 'undone-name' }, {}] });
    expect(await deployment.count('retry')).toBe(1);
    expect(namesSent()).toHaveLength(1); // it was handed back, never sent again
    remove = failing('CreateTags', 'UnauthorizedOperation', 403);
    deployment.advance(60);
    await deployment.poll('retry');
    remove();
    expect(await deployment.count('retry')).toBe(0);
    const [kept] = deployment.sent('failure');
    expect(kept).toMatchObject({ kind: 'names', failure: { class: 'denied' } });
    expect(kept?.names).toHaveLength(2);
    await deployment.send('retry', { autoTagger: kept });
    await deployment.poll('retry');
    expect(creatorsOf(arns)).toEqual(['alice']);
  });

  test('a queue that takes no names brings the parent again', async () => {
    await deploy();
    const { arns, launch, group } = family();
    await deliver(launch);
    const key = logKeyOf(ACCOUNT, REGION, 904);
    deployment.putFile(key, [group]);
    const remove = failing('SendMessageBatch', 'ServiceUnavailable', 503);
    expect(await deployment.invoke(sqsEvent([s3Event([key])]))).toMatchObject({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    remove();
    await deployment.invoke(sqsEvent([s3Event([key])]));
    await pollAll();
    expect(creatorsOf(arns)).toEqual(['alice']);
  });

  test('of an account that AWS lets us not into nothing is asked', async () => {
    await deploy();
    const arn = instanceArn(idOf(1)).replace(ACCOUNT, OTHER_ACCOUNT);
    await deployment.send('retry', {
      autoTagger: { kind: 'names', names: [{ account: OTHER_ACCOUNT, arn, partition: 'aws' }] },
    });
    await deployment.poll('retry');
    expect(deployment.sent('failure')).toMatchObject([{ kind: 'names', names: [{ arn }] }]);
    expect(deployment.sandbox.requests.filter(({ operation }) => operation === 'Query')).toEqual([]);
  });
});

describe('settings that leave names out by now', () => {
  const SETTINGS = [
    ['EXCLUDE_CREATORS', 'AWSServiceRoleForAutoScaling'],
    ['EXCLUDE_CREATORS', 'arn:aws:sts::*:assumed-role/AWSServiceRoleForAutoScaling/*'],
    ['EXCLUDE_EVENTS', 'RunInstances'],
    ['EXCLUDE_SERVICES', 'ec2'],
    ['EXCLUDE_REGIONS', 'eu-*'],
    ['EXCLUDE_ACCOUNTS', ACCOUNT],
    ['INCLUDE_CREATORS', 'alice'],
    ['INCLUDE_SERVICES', 'autoscaling'],
    ['INCLUDE_EVENTS', 'CreateAutoScalingGroup'],
    ['SERVICES', 'autoscaling,sqs'],
  ] as const;

  test('keep them as they are, and the message is done with', async () => {
    await deploy();
    for (const [at, [variable, value]] of SETTINGS.entries()) {
      const ofOne = `web-${at}`;
      putFamily(
        deployment.sandbox,
        groupArn(ofOne, `0a1b2c3d-0000-4000-8000-${String(at).padStart(12, '0')}`),
        {
          id: ofOne,
        },
      );
      const arn = putFamily(deployment.sandbox, instanceArn(idOf(100 + at)));
      await deliver(launchRecord(ofOne, [idOf(100 + at)]), groupRecord(ofOne));
      deployment.renew({ [variable]: value });
      deployment.advance(60);
      expect([variable, value, await deployment.poll('retry')]).toEqual([variable, value, 1]);
      expect([variable, value, creatorsOf([arn])]).toEqual([
        variable,
        value,
        ['AWSServiceRoleForAutoScaling'],
      ]);
      expect(await deployment.count('retry')).toBe(0);
      deployment.renew();
      const name = { account: ACCOUNT, arn, partition: 'aws' };
      await deployment.send('retry', { autoTagger: { kind: 'names', names: [name] } });
      await deployment.poll('retry');
      expect([variable, value, creatorsOf([arn])]).toEqual([variable, value, ['alice']]);
    }
    expect(deployment.sent('failure')).toEqual([]);
  });
});

describe('a message that we cannot have sent', () => {
  const name = { account: ACCOUNT, arn: instanceArn(idOf(1)), partition: 'aws' };
  const MESSAGES = [
    ['another partition than its ARN', [{ ...name, partition: 'aws-cn' }]],
    ['a partition that is none', [{ ...name, partition: 'aws-moon' }]],
    ['another account than its ARN', [{ ...name, account: OTHER_ACCOUNT }]],
    ['an account that is none', [{ ...name, account: '12345' }]],
    ['no ARN', [{ ...name, arn: 'i-0123' }]],
    ['an ARN that is too long', [{ ...name, arn: `${name.arn}${'0'.repeat(3_000)}` }]],
    ['too many names', Array.from({ length: 51 }, () => name)],
    ['no names', []],
  ] as const;

  test('goes to the failure queue, and nothing is asked', async () => {
    await deploy();
    for (const [, names] of MESSAGES)
      await deployment.send('retry', { autoTagger: { kind: 'names', names } });
    await deployment.poll('retry');
    expect(deployment.sent('failure')).toHaveLength(MESSAGES.length);
    for (const kept of deployment.sent('failure'))
      expect(kept).toMatchObject({ kind: 'unreadable', problem: expect.stringContaining('names') });
    expect(deployment.sandbox.requests.filter(({ operation }) => operation === 'Query')).toEqual([]);
  });

  test('a name that nobody knows asks for nothing but that', async () => {
    await deploy();
    await deployment.send('retry', { autoTagger: { kind: 'names', names: [name] } });
    const made = await deployment.requestsOf(() => deployment.poll('retry'));
    const operations = new Set(made.map(({ operation }) => operation));
    expect([...operations].filter((each) => !/Message/.test(each))).toEqual(['Query']);
    expect(await deployment.count('retry')).toBe(0);
    expect(deployment.sent('failure')).toEqual([]);
  });
});

test('children that auto-tagger did not write so are nobody’s', async () => {
  await deploy();
  const { group } = family();
  const arn = instanceArn(idOf(7));
  const put = (at: string, child: string | undefined, key: string) =>
    putItem(deployment, {
      ResourceId: { S: `children:${groupArn('web')}` },
      Event: { S: `${ACCOUNT}#child#${key}` },
      Id: { S: 'x' },
      At: { S: at },
      Child: child === undefined ? { N: '7' } : { S: child },
    });
  const elsewhere = arn.replace(ACCOUNT, OTHER_ACCOUNT);
  await put('never', arn, `${arn}#x`);
  await put(LATER, undefined, `${arn}#y`);
  await put(LATER, 'no ARN', 'no ARN#x');
  await put(LATER, elsewhere, `${elsewhere}#x`);
  await put(LATER, arn.replace('arn:aws', 'arn:aws-cn'), `${arn.replace('arn:aws', 'arn:aws-cn')}#x`);
  await put(LATER, arn, 'somewhere');
  const believed = instanceArn(idOf(8));
  await put(LATER, believed, `${believed}#x`);
  await deliver(group);
  expect(namesSent()).toMatchObject([{ names: [{ arn: believed }] }]);
  expect(lastReport()).toMatchObject({ itemsPassedOver: 6 });
});

describe('without a retry queue', () => {
  test('the invocation judges them itself', async () => {
    await deploy({ queues: ['failure'] });
    const { arns, launch, group } = family(3);
    await deliver(launch, group);
    expect(creatorsOf(arns)).toEqual(['alice']);
    expect(lastReport()).toMatchObject({ outcomes: { tagged: 1 }, namedAnew: 3 });
  });

  test('what it could not do brings the file again', async () => {
    await deploy({ queues: ['failure'] });
    const { arns, launch, group } = family(3);
    await deliver(launch);
    const key = logKeyOf(ACCOUNT, REGION, 905);
    deployment.putFile(key, [group]);
    const remove = failing('CreateTags', 'RequestLimitExceeded', 503);
    expect(await deployment.invoke(sqsEvent([s3Event([key])]))).toMatchObject({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    remove();
    expect(await deployment.invoke(sqsEvent([s3Event([key])]))).toEqual({ batchItemFailures: [] });
    expect(creatorsOf(arns)).toEqual(['alice']);
  });
});
