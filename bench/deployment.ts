/** A deployment in the sandbox: what the function has around it, and the environment that the stack gives it. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Fn } from 'aws-cdk-lib';
import { type Chosen, choose } from '../infra/chosen.ts';
import { functionSettings } from '../infra/environment.ts';
import type { AutoTaggerProps } from '../infra/props.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { TABLE } from '../tag-manager/store/table.ts';
import { type Invoked, lambdaEnvironment } from './deployed.ts';
import { ACCOUNT, HOME_REGION, LOG_BUCKET } from './pace-load.ts';

const ROLE = {
  account: ACCOUNT,
  type: 'AssumedRole',
  roleName: 'auto-tagger-function',
  sessionName: 'auto-tagger',
} as const;
const TABLE_NAME = 'auto-tagger';
const TOPIC = `arn:aws:sns:${HOME_REGION}:${ACCOUNT}:auto-tagger-alerts`;

/** What only CloudFormation knows of a stack, and here is known at once. */
const KNOWN_LATER = {
  bucketName: LOG_BUCKET,
  retryQueueUrl: queueUrl('auto-tagger-retry'),
  failureQueueUrl: queueUrl('auto-tagger-failures'),
  table: TABLE_NAME,
  alertTopicArn: TOPIC,
} as const;

function queueUrl(name: string): string {
  return `https://sqs.${HOME_REGION}.amazonaws.com/${ACCOUNT}/${name}`;
}

/** Log files that one invocation takes. */
export const BATCH_SIZE = choose({}).batchSize;

/** With queues, topic, log bucket and, unless there is no store, a table. The function is the one in the folder. */
export async function deployInto(sandbox: Sandbox, folder: string, props: AutoTaggerProps): Promise<Invoked> {
  const chosen = choose(props);
  await makeResources(sandbox, chosen.store);
  return {
    folder,
    arn: `arn:aws:lambda:${HOME_REGION}:${ACCOUNT}:function:auto-tagger`,
    environment: { ...lambdaEnvironment(sandbox, ROLE, HOME_REGION), ...environmentOf(chosen) },
    timeoutSeconds: chosen.timeoutSeconds,
    memoryMiB: chosen.memoryMiB,
  };
}

/** As the template gives it to the function. */
function environmentOf(chosen: Chosen): Record<string, string> {
  const tokens = new Map(Object.entries(KNOWN_LATER).map(([name, value]) => [Fn.ref(name), value]));
  const [bucketName, retryQueueUrl, failureQueueUrl, table, alertTopicArn] = [...tokens.keys()] as Five;
  const made = {
    bucketName,
    retryQueueUrl,
    failureQueueUrl,
    eventQueueArn: undefined,
    alertTopicArn,
    archiveBucketName: chosen.archiveBucketName,
  };
  const { environment } = functionSettings({ ...made, table: chosen.store ? table : undefined }, chosen);
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, tokens.get(value) ?? value]),
  );
}

type Five = [string, string, string, string, string];

async function makeResources(sandbox: Sandbox, hasStore: boolean): Promise<void> {
  const config = {
    endpoint: sandbox.endpoint,
    region: HOME_REGION,
    credentials: sandbox.credentials(ROLE),
  };
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  for (const QueueName of ['auto-tagger-retry', 'auto-tagger-failures']) {
    await sqs.send(new CreateQueueCommand({ QueueName }));
  }
  sqs.destroy();
  if (hasStore) {
    const dynamodb = new DynamoDBClient(config);
    await dynamodb.send(new CreateTableCommand({ TableName: TABLE_NAME, ...TABLE }));
    dynamodb.destroy();
  }
  sandbox.putResource({ arn: TOPIC, account: ACCOUNT, region: HOME_REGION });
  sandbox.putBucket({ name: LOG_BUCKET, account: ACCOUNT, region: HOME_REGION });
}

/** As the work queue brings them: a message for each log file. */
export function messagesOf(keys: readonly string[]) {
  const queue = `arn:aws:sqs:${HOME_REGION}:${ACCOUNT}:auto-tagger-work`;
  return {
    Records: keys.map((key, at) => ({
      messageId: `message-${at}`,
      receiptHandle: `handle-${at}`,
      body: JSON.stringify({
        Records: [
          {
            eventVersion: '2.6',
            eventSource: 'aws:s3',
            awsRegion: HOME_REGION,
            eventName: 'ObjectCreated:Put',
            s3: { bucket: { name: LOG_BUCKET }, object: { key, size: 1000 } },
          },
        ],
      }),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1764151200000' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: queue,
      awsRegion: HOME_REGION,
    })),
  };
}
