/** `SERVICES`: which services are tagged, and which are left out until they are named, whatever brings them. */
import { describe, expect, test } from '@jest/globals';
import { readServices } from '../../processor/file/services.ts';
import { readSettings } from '../../processor/runtime/settings.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  ANNA,
  callEvent,
  ofAnna,
  REGION,
  s3Event,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { unbalanced } from '../helpers/reports.ts';

describe('SERVICES', () => {
  test('names services by their IAM prefix, in any case of letters', () => {
    const services = readServices(' EC2, kms');
    expect(['ec2', 'kms', 's3'].filter(services)).toEqual(['ec2', 'kms']);
  });

  test('all leaves out those whose tags decide about access, or whose permissions do more, until they are named too', () => {
    expect(['cassandra', 'ec2', 'iam', 'organizations', 'sso', 'kms'].filter(readServices('all'))).toEqual([
      'ec2',
      'kms',
    ]);
    expect(['iam', 'organizations', 'sso'].filter(readServices('all,iam'))).toEqual(['iam']);
    expect(['iam', 'ec2', 'sso'].filter(readServices('iam'))).toEqual(['iam']);
  });

  test('is all by default', () => {
    const { services } = readSettings({}, 'command-line').planning;
    expect(['ec2', 'iam', 'organizations', 'sso', 'kms'].filter(services)).toEqual(['ec2', 'kms']);
  });

  test.each([
    [',', 'expected names of services, or all'],
    ['ec3', 'nothing of a service "ec3" is tagged: expected an IAM prefix such as ec2'],
    ['all,ec3', 'nothing of a service "ec3" is tagged'],
    ['ec2*', 'nothing of a service "ec2*" is tagged'],
    ['monitoring', 'nothing of a service "monitoring" is tagged: did you mean cloudwatch, its IAM prefix?'],
    [
      'EC2.amazonaws.com',
      'nothing of a service "ec2.amazonaws.com" is tagged: did you mean ec2, its IAM prefix?',
    ],
  ])('%j is refused with a word', (text, problem) => {
    expect(() => readSettings({ SERVICES: text }, 'command-line')).toThrow(`SERVICES: ${problem}`);
  });
});

describe('beside filters that include', () => {
  test.each([
    [
      { INCLUDE_SERVICES: 'iam' },
      '"iam" matches only what SERVICES leaves out: name it there too, as in SERVICES=all,iam',
    ],
    [{ INCLUDE_SERVICES: 'ec2,organi*' }, '"organi*" matches only'],
    [{ INCLUDE_SERVICES: 'monitoring.amazonaws.com', SERVICES: 'ec2' }, 'as in SERVICES=ec2,cloudwatch'],
    [{ INCLUDE_EVENTS: 'CreateRole' }, 'INCLUDE_EVENTS: "CreateRole" matches only what SERVICES leaves out'],
    [{ INCLUDE_EVENTS: 'RunInstances', SERVICES: 'kms' }, 'as in SERVICES=kms,ec2'],
    [{ INCLUDE_EVENTS: 'RunInstances,PutRule' }, '"PutRule" matches only calls that also update'],
  ])('%j would let nothing through: the start stops', (env, problem) => {
    expect(() => readSettings(env, 'command-line')).toThrow(problem);
  });

  test.each([
    [{ INCLUDE_SERVICES: 'iam', SERVICES: 'all,iam' }],
    [{ INCLUDE_SERVICES: '*' }],
    [{ EXCLUDE_SERVICES: 'iam' }],
    [{ INCLUDE_SERVICES: 'cloudwatch' }],
    [{ INCLUDE_SERVICES: 'monitoring' }],
    [{ INCLUDE_EVENTS: 'CreateRole,CreateUser', SERVICES: 'all,iam' }],
    [{ INCLUDE_EVENTS: 'Put*' }],
    [{ INCLUDE_EVENTS: 'PutRule', UPSERTS: 'tag' }],
    [{ INCLUDE_EVENTS: 'CreateFunction20150331,PutParameter' }],
  ])('%j can be had', (env) => {
    expect(() => readSettings(env, 'command-line')).not.toThrow();
  });
});

describe('what SERVICES leaves out', () => {
  let deployment: Deployment;
  const deploy = deploysForEach((started) => {
    deployment = started;
  });
  const start = async (settings: Readonly<Record<string, string>>) => {
    await deploy({ settings });
    deployment.putResources([volumeArn(1), topicArn(1)]);
  };
  const tagsOf = (arn: string) => deployment.sandbox.tagsOf(arn);
  const KEY = logKeyOf(ACCOUNT, REGION, 1);

  test('of a file is counted as filtered out, by service, and nobody is asked about it', async () => {
    await start({ SERVICES: 'ec2' });
    deployment.putFile(KEY, [topic(1), volume(1), topic(2)]);
    const requests = await deployment.requestsOf(() => deployment.invoke(s3Event([KEY])));
    expect(deployment.reports()).toMatchObject([
      { records: 3, creations: 1, ignored: { 'filtered-out': 2 }, servicesLeftOut: { sns: 2 }, warnings: [] },
    ]);
    expect(unbalanced(deployment.reports())).toEqual([]);
    expect(tagsOf(volumeArn(1))).toEqual(ofAnna());
    expect(tagsOf(topicArn(1))).toEqual({});
    expect(requests.filter(({ service }) => service === 'sns')).toEqual([]);
  });

  test('is none of what a filter leaves out', async () => {
    await start({ EXCLUDE_SERVICES: 'sns' });
    deployment.putFile(KEY, [topic(1), volume(1)]);
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.reports()).toMatchObject([{ ignored: { 'filtered-out': 1 }, servicesLeftOut: {} }]);
  });

  test('is left out whatever else its record says, without a warning', async () => {
    await start({ SERVICES: 'ec2' });
    const foreign = { ...topic(1), responseElements: { topicArn: 'arn:aws:sns:eu-west-1:444455556666:x' } };
    const nameless = { ...topic(2), responseElements: null };
    deployment.putFile(KEY, [foreign, nameless, { ...topic(3), errorCode: 'AuthorizationError' }]);
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.reports()).toMatchObject([
      { ignored: { 'filtered-out': 2, 'failed-call': 1 }, servicesLeftOut: { sns: 2 }, warnings: [] },
    ]);
  });

  test('is left out of an event by itself', async () => {
    await start({ SERVICES: 'ec2' });
    await deployment.invoke(callEvent(topic(1)));
    await deployment.invoke(callEvent(volume(1)));
    expect(deployment.reports()).toMatchObject([{ servicesLeftOut: { sns: 1 } }, { creations: 1 }]);
    expect(tagsOf(topicArn(1))).toEqual({});
    expect(tagsOf(volumeArn(1))).toEqual(ofAnna());
  });

  test('by hand is refused with that reason', async () => {
    await start({ SERVICES: 'ec2' });
    const answer = await deployment.invoke({ resourceId: topicArn(1), user: ANNA });
    expect(answer).toMatchObject({
      items: { rejected: 1 },
      failures: [{ message: `${topicArn(1)}: SERVICES leaves out sns` }],
    });
    expect(tagsOf(topicArn(1))).toEqual({});
    expect(await deployment.invoke({ resourceId: volumeArn(1), user: ANNA })).toMatchObject({
      items: { done: 1 },
    });
  });

  test('and was handed on before it was left out is over', async () => {
    await start({});
    deployment.sandbox.faults.add({
      operation: 'TagResource',
      effect: { error: { code: 'Throttling', status: 400, message: '' } },
    });
    deployment.putFile(KEY, [topic(1)]);
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.sent('retry')).toHaveLength(1);
    deployment.renew({ SERVICES: 'ec2' });
    deployment.advance(3600);
    await deployment.poll('retry');
    expect([await deployment.count('retry'), await deployment.count('failure')]).toEqual([0, 0]);
    expect(tagsOf(topicArn(1))).toEqual({});
  });
});
