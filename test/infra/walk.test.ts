/**
 * The whole way without a deployment: a log file is delivered, the notification of the template's bucket goes to the template's
 * queue, and the function's zip archive runs with the environment that the template gives it, in the sandbox. So template
 * and code cannot drift apart.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { invoke, lambdaEnvironment, unpack } from '../../bench/deployed.ts';
import { type Identity, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, ofAnna, REGION, s3Event, volume, volumeArn } from '../helpers/events.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { synthesized } from './synthesized.ts';
import { idOf, resolver, resource, resources, type Template } from './templates.ts';
import '../helpers/one-realm.ts';

const { deployments, zip } = synthesized();
const unresolved = deployments.fresh.templates['auto-tagger'] as Template;
const template = resolver(unresolved)(unresolved) as Template;
const deployed = resource(template, 'AWS::Lambda::Function').Properties;
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
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

test('a log file is delivered, the template says who is told, and its resource is tagged', async () => {
  const archive = Buffer.from(zip, 'base64');
  expect(archive.length / 1024).toBeLessThanOrEqual(900);
  unpack(archive, folder);
  const code = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(Math.max(...code.map(({ length }) => length)) / 1024).toBeLessThan(700); // each new function reads all of it
  expect(code.join('\n')).not.toMatch(/from ?"(node:)?http"/); // which loads undici
  const { sqs, dynamodb, destroy } = clientsOf(sandbox, ROLE, REGION);
  for (const { Properties } of resources(template, 'AWS::SQS::Queue')) {
    await sqs.send(new CreateQueueCommand({ QueueName: Properties.QueueName }));
  }
  const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = resource(
    template,
    'AWS::DynamoDB::Table',
  ).Properties;
  const TableName = idOf(template, 'AWS::DynamoDB::Table'); // CloudFormation gives it a name
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode,
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
    }),
  );

  const { BucketName, NotificationConfiguration } = resource(template, 'AWS::S3::Bucket').Properties;
  const [{ Queue, Filter }] = NotificationConfiguration.QueueConfigurations;
  const [prefix, suffix] = Filter.S3Key.Rules.map(({ Value }: { Value: string }) => Value);
  const key = logKeyOf(ACCOUNT, REGION, 1);
  expect([key.startsWith(prefix), key.endsWith(suffix)]).toEqual([true, true]);
  expect(key.replace('/CloudTrail/', '/CloudTrail-Digest/').startsWith(prefix)).toBe(false);
  sandbox.putBucket({ name: BucketName, account: ACCOUNT, region: REGION });
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
  const event = {
    Records: Messages.map(({ MessageId, Body, ReceiptHandle, Attributes }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: mapping.Properties.EventSourceArn,
      awsRegion: REGION,
    })),
  };
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
    ({ service, input }) => service === 'dynamodb' && input.TableName === TableName,
  );
  expect(written.map(({ operation }) => operation)).toContain('PutItem');
});
