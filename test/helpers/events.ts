/** Records and the events that bring them, for the tests of the function. */
import { fixture } from './fixtures.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGION = 'eu-west-1';
export const LOG_BUCKET = 'log-files';
export const ANNA = `arn:aws:iam::${ACCOUNT}:user/anna`;

/** Long ago: what is not found is gone. */
export const EVENT_TIME = '2025-03-04T10:17:05Z';

/** ISO 8601 without milliseconds, as CloudTrail writes it. */
export const secondsAgo = (seconds: number): string =>
  new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

interface Facts {
  readonly at?: string;
  readonly account?: string;
}

const eventId = (number: number) => `902354f9-2110-4c4d-a206-${String(number).padStart(12, '0')}`;

/** Anna makes volume `number`. */
export function volume(number: number, { at = EVENT_TIME, account = ACCOUNT }: Facts = {}) {
  const record = fixture('ec2-CreateVolume') as { responseElements: object };
  return {
    ...record,
    eventTime: at,
    eventID: eventId(number),
    recipientAccountId: account,
    responseElements: { ...record.responseElements, volumeId: volumeId(number) },
  };
}

/** Lena makes topic `number`: one tag call a topic. */
export function topic(number: number, { at = EVENT_TIME }: Facts = {}) {
  const record = fixture('sns-CreateTopic');
  return {
    ...record,
    eventTime: at,
    eventID: eventId(number),
    requestParameters: { name: topicName(number) },
    responseElements: { topicArn: topicArn(number) },
  };
}

const topicName = (number: number) => `topic-${number}`;
export const topicArn = (number: number): string => `arn:aws:sns:${REGION}:${ACCOUNT}:${topicName(number)}`;

const volumeId = (number: number) => `vol-${number.toString(16).padStart(17, '0')}`;
export const volumeArn = (number: number, account = ACCOUNT): string =>
  `arn:aws:ec2:${REGION}:${account}:volume/${volumeId(number)}`;

/** The tags of ours on what Anna made. */
export const ofAnna = (at = EVENT_TIME) => ({ CreatedBy: ANNA, CreatedDate: at, ManagedBy: 'auto-tagger' });

/** A call that creates nothing. */
export const describeCall = () => ({ ...fixture('ec2-CreateVolume'), eventName: 'DescribeVolumes' });

/** A call of the catalogue that failed. */
export const failedCall = () => ({
  ...fixture('ec2-CreateVolume'),
  errorCode: 'Client.DryRunOperation',
  responseElements: null,
});

/** As S3 sends it to Lambda, and to queues and topics. */
export const s3Event = (keys: readonly string[], bucket = LOG_BUCKET) => ({
  Records: keys.map((key) => ({
    eventVersion: '2.6',
    eventSource: 'aws:s3',
    awsRegion: REGION,
    eventName: 'ObjectCreated:Put',
    s3: {
      bucket: { name: bucket },
      object: { key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'), size: 1000 },
    },
  })),
});

/** As Lambda reads messages from a queue. */
export const sqsEvent = (bodies: readonly unknown[], receiveCount = 1, queue = 'notifications') => ({
  Records: bodies.map((body, at) => ({
    messageId: `message-${at}`,
    receiptHandle: `handle-${at}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: '1741083425000' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`,
    awsRegion: REGION,
  })),
});

export const batchEvent = (keys: readonly string[]) => ({
  invocationSchemaVersion: '1.0',
  invocationId: 'invocation-1',
  job: { id: 'job-1' },
  tasks: keys.map((s3Key, at) => ({
    taskId: `task-${at}`,
    s3Key,
    s3VersionId: null,
    s3BucketArn: `arn:aws:s3:::${LOG_BUCKET}`,
  })),
});

/** As SNS sends it to Lambda. */
export const snsEvent = (message: unknown) => ({
  Records: [
    {
      EventVersion: '1.0',
      EventSource: 'aws:sns',
      Sns: { Type: 'Notification', Message: typeof message === 'string' ? message : JSON.stringify(message) },
    },
  ],
});

/** As EventBridge sends a call by itself. */
export const callEvent = (record: object, account = ACCOUNT) => ({
  version: '0',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  account,
  region: REGION,
  detail: record,
});
