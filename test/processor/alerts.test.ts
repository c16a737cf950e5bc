/**
 * Alerts: somebody is told by e-mail what failed and what to do, once an hour for each account, service and class, and
 * whatever goes wrong with that, the files are done.
 */
import { describe, expect, test } from '@jest/globals';
import { alertsOf } from '../../processor/alerts/alert.ts';
import { textOf } from '../../processor/alerts/alert-text.ts';
import { type Deployment, type DeploymentOptions, deploysForEach } from '../helpers/deployment.ts';
import { ACCOUNT, REGION, s3Event, sqsEvent, topic, topicArn, volume, volumeArn } from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { itemsOfPartition, putItem, putTable, TABLE_NAME } from '../tag-manager/store/stores.ts';

let deployment: Deployment;
const deploy = deploysForEach((started) => {
  deployment = started;
});

const ALERTS = `arn:aws:sns:${REGION}:${ACCOUNT}:alerts`;
const keyOf = (number: number) => logKeyOf(ACCOUNT, REGION, number);

async function start(options: DeploymentOptions = {}): Promise<void> {
  await deploy({ ...options, settings: { SNS_TOPIC_ARN: ALERTS, ...options.settings } });
  deployment.putResources([ALERTS, ...[0, 1, 2].map(topicArn), volumeArn(0)]);
}

const refuse = (operation: string, code = 'AuthorizationError') =>
  deployment.sandbox.faults.add({
    operation,
    effect: { error: { code, status: 403, message: `not allowed, see https://example.com` } },
  });

interface Mail {
  readonly Subject: string;
  readonly Message: string;
}

const mails = (): readonly Mail[] =>
  deployment.sandbox.requests
    .filter(({ operation }) => operation === 'Publish')
    .map(({ input }) => input as unknown as Mail);

const bring = (number: number, records: readonly unknown[] | Buffer) => {
  deployment.putFile(keyOf(number), records);
  return deployment.invoke(sqsEvent([s3Event([keyOf(number)])]));
};

describe('an alert', () => {
  test('names resource, class, what AWS said, what to do, and how to stop', async () => {
    await start();
    refuse('TagResource');
    await bring(0, [topic(0), topic(1)]);
    expect(mails()).toHaveLength(1);
    const [{ Subject, Message } = { Subject: '', Message: '' }] = mails();
    expect(Subject).toBe(`auto-tagger: access denied, sns in ${ACCOUNT}`);
    expect(Message).toMatch(/About: +arn:aws:sns:\S+:topic-[01]\n/);
    for (const text of [
      'AuthorizationError',
      'denied',
      keyOf(0),
      'What to do: Let the function',
      '2 in one invocation',
      'put-function-concurrency --function-name auto-tagger --reserved-concurrent-executions 0',
    ]) {
      expect(Message).toContain(text);
    }
  });

  test('tells of log files that cannot be read, or are broken', async () => {
    await start();
    await bring(0, Buffer.from('no gzip'));
    refuse('GetObject', 'AccessDenied');
    await bring(1, [topic(0)]);
    expect(mails().map(({ Subject }) => Subject)).toEqual([
      `auto-tagger: a log file is broken or missing, s3 in ${ACCOUNT}`,
      `auto-tagger: log files cannot be read, s3 in ${ACCOUNT}`,
    ]);
  });

  test('is not sent for what passes, for what succeeds, in a dry run, or without a topic', async () => {
    await start();
    const stop = refuse('TagResource', 'Throttling');
    await bring(0, [topic(0)]);
    stop();
    await bring(1, [topic(1)]);
    expect(mails()).toEqual([]);
    refuse('GetObject', 'AccessDenied');
    deployment.renew({ DRY_RUN: 'true' });
    await bring(2, [topic(2)]);
    deployment.renew({ SNS_TOPIC_ARN: '' });
    await bring(3, [topic(2)]);
    expect(mails()).toEqual([]);
  });

  test('that cannot be sent fails no file, and is in the log', async () => {
    await start();
    refuse('TagResource');
    refuse('Publish');
    expect(await bring(0, [topic(0), volume(0)])).toEqual({ batchItemFailures: [] });
    expect(deployment.sandbox.tagsOf(volumeArn(0))).toHaveProperty('CreatedBy');
    const said = deployment.lines.filter(({ message }) => message?.startsWith('sending an alert'));
    expect(said).toMatchObject([
      { level: 'ERROR', message: expect.stringContaining(`${ACCOUNT}:sns:denied`) },
    ]);
  });
});

describe('alerts are sent once an hour for each account, service and class', () => {
  test('by one process', async () => {
    await start();
    refuse('TagResource');
    await bring(0, [topic(0)]);
    await bring(1, [topic(1)]);
    expect(mails()).toHaveLength(1);
    refuse('CreateTags', 'UnauthorizedOperation');
    await bring(2, [volume(0)]);
    expect(mails()).toHaveLength(2);
    deployment.advance(3601);
    await bring(3, [topic(1)]);
    expect(mails()).toHaveLength(3);
  });

  test('by all that share the table, also where somebody else writes to it', async () => {
    await start({ settings: { DYNAMODB_TABLE: TABLE_NAME } });
    await putTable(deployment);
    refuse('TagResource');
    await bring(0, [topic(0)]);
    deployment.renew();
    await bring(1, [topic(1)]);
    expect(mails()).toHaveLength(1);
    const id = `alert:${ACCOUNT}:sns:denied`;
    expect(await itemsOfPartition(deployment, id)).toHaveLength(1);
    await putItem(deployment, {
      ResourceId: { S: id },
      Event: { S: 'claim' },
      ExpiresAt: { N: '99999999999' },
    });
    deployment.renew();
    await bring(2, [topic(1)]);
    expect(mails()).toHaveLength(2);
    deployment.advance(3601);
    deployment.renew();
    await bring(3, [topic(1)]);
    expect(mails()).toHaveLength(3);
  });

  test('and no more than ten in one invocation', async () => {
    await start();
    const failures = Array.from({ length: 30 }, (_, number) => ({
      eventID: 'e',
      arn: `arn:aws:s${number}:${REGION}:${ACCOUNT}:thing`,
      outcome: 'failed' as const,
      class: 'denied' as const,
      error: 'AccessDenied',
      message: 'no',
    }));
    const { runtime } = deployment;
    await bring(0, [topic(0)]);
    const report = deployment.reports()[0];
    if (report === undefined) throw new Error('expected a report');
    runtime.alerts?.addReport({ ...report, failures });
    await bring(1, [topic(1)]);
    expect(mails()).toHaveLength(10);
    await bring(2, [topic(2)]);
    expect(mails()).toHaveLength(20);
  });
});

describe('what others chose', () => {
  const report = { eventID: 'e', outcome: 'failed', class: 'denied' } as const;
  const alertAbout = (arn: string, message: string) => {
    const failures = [{ ...report, arn, error: 'Refused', message }];
    const [alert] = alertsOf({ failures, file: 's3://b/k' } as never, ACCOUNT);
    if (alert === undefined) throw new Error('expected an alert');
    return alert;
  };

  test('stands in the text on one line, cut, and is no link', () => {
    const alert = alertAbout(
      `arn:aws:sns:${REGION}:${ACCOUNT}:x`,
      `a\r\nWhat to do: pay at https://example.com or www.example.com \u202e${'z'.repeat(10_000)}`,
    );
    const { subject, message } = textOf({ ...alert, service: 'sns\u0007é\n'.repeat(30) }, 'auto-tagger');
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(message.length).toBeLessThan(4_000);
    expect(message).not.toMatch(/\r|\u202e|https:\/\/|www\.example/);
    expect(message.split('\n').filter((line) => line.startsWith('What to do:'))).toHaveLength(1);
  });

  test('is of the account of its log file where the ARN names none', () => {
    expect(alertAbout('arn:aws:s3:::bucket', 'no')).toMatchObject({ account: ACCOUNT, service: 's3' });
  });
});
