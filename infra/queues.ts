/**
 * The queues: log files to be read (`work`), single events where they come at once (`events`), what can be done later (`retry`), what
 * cannot be done (`failures`), and what none of the first three got rid of (`dead-letters`).
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { KEPT_DAYS, MAX_RECEIVES, VISIBILITY_FACTOR } from '../processor/queues/deployed-queues.ts';
import { accept } from './accept.ts';
import type { Names } from './names.ts';

export interface Queues {
  readonly work: Queue;
  /** Without `realTime` there is none. */
  readonly events: Queue | undefined;
  readonly retry: Queue;
  readonly failures: Queue;
  readonly deadLetters: Queue;
  /** Where they are not encrypted by SQS's own. */
  readonly key: IKey | undefined;
}

export interface QueuesProps {
  readonly names: Names;
  /** `sqs`, `new-key` or an ARN. */
  readonly encryption: string;
  readonly functionTimeoutSeconds: number;
  readonly batchWindowSeconds: number;
  readonly realTime: boolean;
}

export function createQueues(scope: Construct, props: QueuesProps): Queues {
  const { names, encryption } = props;
  const key = keyOf(scope, encryption);
  const encrypted =
    key === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: key };
  const kept = (id: string, queueName: string) =>
    new Queue(scope, id, {
      ...encrypted,
      queueName,
      enforceSSL: true,
      retentionPeriod: Duration.days(KEPT_DAYS.dead),
    });

  const deadLetters = kept('DeadLetters', names.queue('dead-letters'));
  const failures = kept('Failures', names.queue('failures'));
  for (const queue of [deadLetters, failures]) {
    accept(queue, 'AwsSolutions-SQS3', 'It is itself where messages end; people look at it and replay it.');
  }
  const seconds = VISIBILITY_FACTOR * props.functionTimeoutSeconds + props.batchWindowSeconds;
  const read = (id: string, queueName: string) =>
    new Queue(scope, id, {
      ...encrypted,
      queueName,
      enforceSSL: true,
      retentionPeriod: Duration.days(KEPT_DAYS.alive),
      visibilityTimeout: Duration.seconds(seconds),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVES } satisfies DeadLetterQueue,
    });
  return {
    work: read('Work', names.queue('work')),
    events: props.realTime ? read('Events', names.queue('events')) : undefined,
    retry: read('Retry', names.queue('retry')),
    failures,
    deadLetters,
    key,
  };
}

function keyOf(scope: Construct, encryption: string): IKey | undefined {
  if (encryption === 'sqs') return undefined;
  if (encryption !== 'new-key') return Key.fromKeyArn(scope, 'QueueKey', encryption);
  return new Key(scope, 'QueueKey', {
    description: 'Queues of auto-tagger',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, // or what waits in the queues could not be read any more
  });
}
