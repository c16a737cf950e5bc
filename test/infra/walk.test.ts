/**
 * The whole way without a deployment, twice. A log file is delivered, the notification of the template's bucket goes to the template's
 * queue, and the function's zip archive runs with the environment that the template gives it, in the sandbox. And `verify` finds
 * nothing to complain of in what the template makes, and what was broken there. So template, code and `verify` cannot drift apart.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { invoke, lambdaEnvironment, unpack } from '../../bench/deployed.ts';
import { readVerifyOptions } from '../../processor/cli/verify/verify-options.ts';
import { CHECKS } from '../../processor/verify/rows.ts';
import { type Identity, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { autoTagger } from '../helpers/command.ts';
import { envelopeOf, isMatched } from '../helpers/event-bridge.ts';
import {
  ACCOUNT,
  OTHER_ACCOUNT,
  ofAnna,
  REGION,
  s3Event,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';
import { eventOf } from '../helpers/queue-event.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { deploy } from './deployed.ts';
import { synthesized } from './synthesized.ts';
import { functionOf, idOf, resolver, resource, resources, type Template } from './templates.ts';
import { WRONG_WORLDS } from './verify-cases.ts';
import { askingInVain, testingLive, verifying } from './verifying.ts';
import '../helpers/one-realm.ts';

const { deployments, zip } = synthesized();
const archive = Buffer.from(zip, 'base64');
const unresolved = deployments.fresh.templates['auto-tagger'] as Template;
const template = resolver(unresolved)(unresolved) as Template;
const deployed = functionOf(template).Properties;
const ROLE: Identity = {
  account: ACCOUNT,
  type: 'AssumedRole',
  roleName: deployed.Role.split('/').at(-1),
  sessionName: deployed.FunctionName,
};

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'auto-tagger-walk-'));
  sandbox = await startSandbox();
  unpack(archive, folder);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

test('a log file is delivered, the template says who is told, and its resource is tagged', async () => {
  expect(archive.length / 1024).toBeLessThanOrEqual(900);
  const code = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(Math.max(...code.map(({ length }) => length)) / 1024).toBeLessThan(700); // each new function reads all of it
  expect(code.some((text) => /from ?"(node:)?http"/.test(text))).toBe(false); // it would load undici
  const clients = clientsOf(sandbox, ROLE, REGION);
  const { sqs, destroy } = clients;
  await deploy(unresolved, sandbox, clients);
  const { BucketName, NotificationConfiguration } = resource(template, 'AWS::S3::Bucket').Properties;
  const [{ Queue, Filter }] = NotificationConfiguration.QueueConfigurations;
  const [prefix, suffix] = Filter.S3Key.Rules.map(({ Value }: { Value: string }) => Value);
  const key = logKeyOf(ACCOUNT, REGION, 1);
  expect([key.startsWith(prefix), key.endsWith(suffix)]).toEqual([true, true]);
  expect(key.replace('/CloudTrail/', '/CloudTrail-Digest/').startsWith(prefix)).toBe(false);
  sandbox.putObject(BucketName, key, logFileOf([volume(1)]));
  sandbox.putResource({ arn: volumeArn(1), account: ACCOUNT, region: REGION });

  const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${Queue.split(':').at(-1)}`;
  const MessageBody = JSON.stringify(s3Event([key], BucketName));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }),
  );
  destroy();
  const mapping = resource(
    template,
    'AWS::Lambda::EventSourceMapping',
    ({ Properties }) => Properties.EventSourceArn === Queue,
  );
  const event = eventOf(Messages, mapping.Properties.EventSourceArn);
  expect(deployed.Handler).toBe('index.handler'); // as it is invoked here
  const { answer, log } = await invoke(
    {
      arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${deployed.FunctionName}`,
      folder,
      environment: { ...lambdaEnvironment(sandbox, ROLE, REGION), ...deployed.Environment.Variables },
      timeoutSeconds: deployed.Timeout,
    },
    event,
  );
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(log).not.toContain('RESERVED_CONCURRENCY is not set');
  expect(sandbox.tagsOf(volumeArn(1))).toEqual({ ...ofAnna(), AccountId: ACCOUNT });
  const written = sandbox.requests.filter(
    ({ service, input }) =>
      service === 'dynamodb' && input.TableName === idOf(template, 'AWS::DynamoDB::Table'),
  );
  expect(written.map(({ operation }) => operation)).toContain('PutItem');
});

test('an event of CloudTrail is matched by a rule of the template, which sends it to the queue, and its resource is tagged', async () => {
  const given = stackOf('rule');
  const resolved = resolver(given)(given) as Template;
  const { FunctionName, Role, Timeout, Environment } = functionOf(resolved).Properties;
  const role = { ...ROLE, roleName: Role.split('/').at(-1), sessionName: FunctionName };
  const made = topic(1);
  const event = envelopeOf(made);
  const [rule, ...others] = resources(resolved, 'AWS::Events::Rule').filter(
    ({ Properties }) => Properties.EventBusName === undefined && isMatched([Properties.EventPattern], event),
  );
  expect(others).toEqual([]);
  const queue: string = rule?.Properties.Targets[0].Arn;
  const world = await startSandbox();
  const clients = clientsOf(world, role, REGION);
  try {
    await deploy(given, world, clients);
    world.putResource({ arn: topicArn(1), account: ACCOUNT, region: REGION });
    const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${queue.split(':').at(-1)}`;
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }),
    );
    const { answer } = await invoke(
      {
        arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FunctionName}`,
        folder,
        environment: {
          ...lambdaEnvironment(world, role, REGION),
          ...Environment.Variables,
          RESERVED_CONCURRENCY: '1', // so that no call waits for its turn
        },
        timeoutSeconds: Timeout,
      },
      eventOf(Messages, queue),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(world.tagsOf(topicArn(1))).toMatchObject({
      CreatedDate: made.eventTime,
      ManagedBy: 'auto-tagger',
    });
  } finally {
    clients.destroy();
    await world.close();
  }
});

/** The stack is called like the function. */
const stackOf = (name: keyof typeof deployments) =>
  (deployments[name].templates['auto-tagger'] ?? deployments[name].templates.ours) as Template;

/** What AWS calls the permission for a call, where it is not called like that. */
const ACTION_OF: Readonly<Record<string, string>> = {
  's3:GetBucketNotificationConfiguration': 's3:GetBucketNotification',
};
/** Nobody can be denied it (IAM User Guide, "GetCallerIdentity"). */
const NEEDS_NO_PERMISSION = 'sts:GetCallerIdentity';

describe('auto-tagger verify', () => {
  const taken = new Set<string>();

  test.each([
    ['members', []],
    ['rule', []],
    ['direct', []],
    ['topic', ['  hint     other accounts are tagged, and no trail that is seen here is one of']],
  ] as const)(
    'finds nothing to complain of in what the template makes (%s), and changes nothing',
    async (name, hints) => {
      const options = name === 'topic' ? { accounts: OTHER_ACCOUNT } : {}; // whose role it may assume
      const { isDone, printed, complaints, requests } = await verifying(stackOf(name), () => {}, {
        columns: 80,
        options,
      });
      const lines = printed.trimEnd().split('\n');
      expect(lines.filter((line) => /^ {2}(missing|unknown|hint)/.test(line))).toEqual(hints);
      expect([isDone, complaints, lines.at(-1)]).toEqual([true, [], expect.stringMatching(/^2\d ok/)]);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      for (const { service, operation } of requests) {
        expect(operation).toMatch(/^(Get|List|Describe|Simulate|AssumeRole$)/);
        taken.add(ACTION_OF[`${service}:${operation}`] ?? `${service}:${operation}`);
      }
    },
  );

  test('takes the permissions that its rows name, and no others', () => {
    const named = new Set([...CHECKS.flatMap(({ actions }) => actions), NEEDS_NO_PERMISSION]);
    expect([...taken].sort()).toEqual([...named].sort());
  });

  test.each(Object.entries(WRONG_WORLDS))('says what is wrong, and what to do: %s', async (_, world) => {
    const { template: name, wrong, options, isDone, ok = expect.any(Number) } = world;
    const breakAll = async (broken: Parameters<NonNullable<(typeof wrong)[number]['breaks']>>[0]) => {
      for (const { breaks } of wrong) await breaks?.(broken);
    };
    const json = { ...world, options: { ...options, json: true } } as const;
    const verified = await verifying(stackOf(name), breakAll, json);
    const lines = verified.printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const found = lines.filter(({ kind, outcome }) => kind === 'check' && outcome !== 'ok');
    expect(found).toEqual(
      wrong.map(({ check, outcome, says, todo = '' }) => ({
        kind: 'check',
        check,
        outcome,
        message: expect.stringContaining(says),
        todo: expect.stringContaining(todo),
      })),
    );
    expect(found.filter(({ todo }) => todo.length < 5)).toEqual([]);
    expect(lines.at(-1)).toMatchObject({
      kind: 'summary',
      missing: found.filter(({ outcome }) => outcome === 'missing').length,
      ok,
    });
    expect(verified.isDone).toBe(isDone);
  });

  test('each of its checks can fail', () => {
    const broken = Object.values(WRONG_WORLDS).flatMap(({ wrong }) => wrong.map(({ check }) => check));
    expect(CHECKS.map(({ name }) => name).filter((name) => !broken.includes(name))).toEqual([]);
  });

  test('where AWS does not answer, the user ends it at once, and a deadline does', async () => {
    const beganAt = performance.now();
    const { interrupted, late } = await askingInVain(stackOf('rule'));
    expect(interrupted?.status).toBe('rejected');
    expect(late).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('cloudtrail:DescribeTrails was not answered'),
    });
    expect(performance.now() - beganAt).toBeLessThan(8_000); // a call that is let end has ten seconds
  });

  test('an option that cannot be used is a usage error, before anything is asked', async () => {
    const { exitCode, stdout, stderr } = await autoTagger(['verify', '--live', '--wait', 'long']);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toBe('auto-tagger: --wait "long": expected a number of minutes from 1 to 999\n');
  });

  test.each([
    [{ region: 'eu' }, '--region "eu": expected a region such as eu-west-1'],
    [{ function: 'a:b' }, '--function "a:b": expected the name of a function'],
    [{ accounts: '1234' }, '--accounts "1234": expected 12 digits'],
    [{ accounts: ' , ' }, '--accounts is empty'],
    [{ wait: '5' }, '--wait is about --live: expected that beside it'],
  ])('%j: %s', (options, problem) => {
    expect(() => readVerifyOptions(options, {})).toThrow(problem);
  });
});

describe('auto-tagger verify --live', () => {
  const TAGS = { CreatedBy: 'arn:aws:iam::111122223333:user/ops', CreatedDate: '2026-01-31T00:00:00Z' };

  test('makes a topic, sees its tags and removes it', async () => {
    const {
      finding,
      made,
      sandbox: after,
    } = await testingLive({}, ({ sandbox: world, arn }) => {
      world.putTags(arn, TAGS);
    });
    expect(finding).toEqual({
      outcome: 'ok',
      message: expect.stringContaining(
        `a topic was made, and tagged after 0 s: CreatedBy is ${TAGS.CreatedBy}`,
      ),
    });
    expect(made).toEqual([
      expect.stringMatching(/^arn:aws:sns:eu-west-1:111122223333:auto-tagger-verify-\w{8}$/),
    ]);
    expect(after.hasResource(made[0] ?? '')).toBe(false);
  });

  test('a topic that is not tagged in time is removed too, as is a queue where SERVICES has no sns', async () => {
    const { finding, made, sandbox: after } = await testingLive({ SERVICES: 'sqs' }, () => {});
    expect(finding).toMatchObject({
      outcome: 'missing',
      message: expect.stringContaining('a queue was made, and not tagged within 1 minute:'),
    });
    expect(made).toEqual([expect.stringMatching(/^arn:aws:sqs:/)]);
    expect(after.hasResource(made[0] ?? '')).toBe(false);
  });

  test('Ctrl-C ends it, and what it made is removed; what cannot be is named', async () => {
    const stopped = await testingLive({}, ({ stop }) => stop());
    expect(stopped).toMatchObject({ finding: undefined, error: { name: 'InterruptedError' }, left: [] });
    expect(stopped.sandbox.hasResource(stopped.made[0] ?? '')).toBe(false);
    const left = await testingLive({}, ({ sandbox: world, stop }) => {
      world.deny.add({ service: 'sns', operation: 'DeleteTopic' });
      stop();
    });
    expect(left.error).toMatchObject({ name: 'InterruptedError' });
    expect(left.left).toEqual([
      `${left.made[0]} could not be removed, please do it: you may not call sns:DeleteTopic (AuthorizationErrorException)`,
    ]);
  });

  test.each([
    [{ SERVICES: 'ec2' }, 'SERVICES has neither sns nor sqs'],
    [{ DRY_RUN: 'true' }, 'DRY_RUN is true'],
  ])('makes nothing where nothing would be tagged: %j', async (variables, says) => {
    const { finding, made } = await testingLive(variables as Record<string, string>, () => {});
    expect(finding).toMatchObject({ outcome: 'missing', message: expect.stringContaining(says) });
    expect(made).toEqual([]);
  });
});
