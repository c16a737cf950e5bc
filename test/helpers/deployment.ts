/**
 * The function as it is deployed, with a sandbox in the place of AWS: a log bucket, a retry queue that invokes it, a
 * failure queue that keeps. What it logs is caught, so that a test can ask for the report of every file.
 */
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, jest } from '@jest/globals';
import type { FileReport } from '../../processor/file/file-report.ts';
import type { Deadline } from '../../processor/runtime/deadline.ts';
import type { TaggingRuntime } from '../../processor/runtime/runtime.ts';
import {
  type Identity,
  type Sandbox,
  type SandboxOptions,
  type ServedRequest,
  startSandbox,
} from '../../sandbox/sandbox.ts';
import type { ClientLimits } from '../../tag-manager/calls/clients.ts';
import { NO_DEADLINE } from './deadlines.ts';
import { pointSdkAt, UNPACED } from './environment.ts';
import { logFileOf } from './log-files.ts';
import { eventOf } from './queue-event.ts';
import './one-realm.ts';
import './rate-limiter.ts';
import { sqsClientOf } from '../sandbox/sqs-client.ts';
import { ACCOUNT, LOG_BUCKET, REGION } from './events.ts';

export const FUNCTION: Identity = {
  account: ACCOUNT,
  type: 'AssumedRole',
  roleName: 'auto-tagger',
  sessionName: 'function',
};

/** What a deployment must say. */
const DEFAULTS = { AWS_REGION: REGION, LOG_BUCKETS: LOG_BUCKET, ...UNPACED };

/** Failures are answered at once; no shorter limits, because a busy machine may take as long over a thousand calls. */
const QUICK: ClientLimits = { maxAttempts: 1, connectionTimeoutMs: 10_000, requestTimeoutMs: 10_000 };

export type QueueName = 'retry' | 'failure';

export interface DeploymentOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** @default both */
  readonly queues?: readonly QueueName[];
  readonly limits?: Partial<ClientLimits>;
  readonly sandbox?: SandboxOptions;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly report?: FileReport;
}

/** A message of ours, as far as the tests look into it. */
export interface OwnMessage {
  readonly kind: string;
  readonly arns?: readonly string[];
  readonly location?: Readonly<Record<string, unknown>>;
  readonly bucket?: string;
  readonly key?: string;
  readonly fromIndex?: number;
  readonly files?: readonly { readonly bucket: string; readonly key: string }[];
  readonly startAfter?: string;
  readonly body?: string;
  readonly problem?: string;
  readonly failure?: { readonly code?: string; readonly error?: string; readonly class: string };
  readonly record?: Readonly<Record<string, unknown>>;
  readonly names?: readonly {
    readonly account: string;
    readonly arn: string;
    readonly partition: string;
  }[];
}

export interface Deployment {
  readonly sandbox: Sandbox;
  readonly runtime: TaggingRuntime;
  /** Lambda begins a new environment, with more settings: what the clients had learnt of the service is forgotten. */
  renew(more?: Readonly<Record<string, string>>): void;
  /** All that the function has logged. */
  readonly lines: readonly LogLine[];
  /** Of all files so far. */
  reports(): readonly FileReport[];
  putFile(key: string, records: readonly unknown[] | Buffer, bucket?: string): void;
  /** Makes the resources exist. */
  putResources(arns: readonly string[]): void;
  /** What the function answers; rejects with what it throws. */
  invoke(event: unknown, deadline?: Deadline): Promise<object>;
  /** As `invoke`, in another environment of Lambda, which may work at the same time. */
  invokeBeside(event: unknown): Promise<object>;
  /**
   * As Lambda does for a queue: up to ten messages that are visible are handed to the function, and those that it does
   * not give back are deleted. Answers how many there were.
   */
  poll(queue: QueueName, deadline?: Deadline): Promise<number>;
  /** What the function has sent to a queue so far. */
  sent(queue: QueueName): readonly OwnMessage[];
  /** Messages in a queue, whether they can be received at the moment or not. */
  count(queue: QueueName): Promise<number>;
  send(queue: QueueName, body: unknown): Promise<void>;
  /** Moves the time of the sandbox and of the function. */
  advance(seconds: number): void;
  requestsOf(work: () => Promise<unknown>): Promise<readonly ServedRequest[]>;
  queueUrl(queue: QueueName): string;
  close(): Promise<void>;
}

/** Gives a function that starts the deployment of a test, and has it closed after the test. */
export function deploysForEach(keep: (deployment: Deployment) => void) {
  let running: Deployment | undefined;
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });
  return async (options?: DeploymentOptions): Promise<void> => {
    running = await deploy(options);
    keep(running);
  };
}

/** The caller closes it. */
export async function deploy({
  settings = {},
  queues = ['retry', 'failure'],
  limits = {},
  sandbox: options = {},
}: DeploymentOptions = {}): Promise<Deployment> {
  const log = catchLogLines();
  const sandbox = await startSandbox(options);
  sandbox.putBucket({ name: LOG_BUCKET, account: ACCOUNT, region: REGION });
  const putBack = pointSdkAt(sandbox, FUNCTION, REGION, { POWERTOOLS_LOG_LEVEL: 'INFO' });
  const { sqs, destroy } = sqsClientOf(sandbox, FUNCTION, REGION);
  for (const QueueName of queues) await sqs.send(new CreateQueueCommand({ QueueName }));
  const queueUrl = (name: QueueName) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
  const urls = Object.fromEntries(queues.map((name) => [`${name.toUpperCase()}_QUEUE_URL`, queueUrl(name)]));

  // They read the environment, which is set now.
  const { createTaggingRuntime } = await import('../../processor/runtime/runtime.ts');
  const { readSettings } = await import('../../processor/runtime/settings.ts');
  const { handle } = await import('../../processor/handler.ts');
  const { logAlertProblem, logRefused } = await import('../../processor/runtime/log.ts');
  const { countStoreCall } = await import('../../processor/runtime/metrics.ts');
  const newRuntime = (more: Readonly<Record<string, string>> = {}) =>
    createTaggingRuntime(readSettings({ ...DEFAULTS, ...urls, ...settings, ...more }, 'function'), {
      ownAccount: ACCOUNT,
      region: REGION,
      onRefused: logRefused,
      onStoreCall: countStoreCall,
      sendsNames: true,
      onAlertProblem: logAlertProblem,
      limits: { ...QUICK, ...limits },
    });
  let runtime = newRuntime();

  const invoke: Deployment['invoke'] = (event, deadline = NO_DEADLINE) => handle(event, runtime, deadline);
  const reports = () => log.lines.flatMap(({ report }) => report ?? []);

  async function poll(name: QueueName, deadline?: Deadline): Promise<number> {
    const QueueUrl = queueUrl(name);
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: VISIBILITY_SECONDS,
      MessageSystemAttributeNames: ['All'],
    });
    const { Messages = [] } = await sqs.send(command);
    if (Messages.length === 0) return 0;
    const event = eventOf(Messages, queueArn(name));
    const { batchItemFailures } = (await invoke(event, deadline)) as SqsAnswer;
    const givenBack = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { MessageId = '', ReceiptHandle } of Messages) {
      if (!givenBack.has(MessageId)) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return Messages.length;
  }

  return {
    sandbox,
    get runtime() {
      return runtime;
    },
    renew(more) {
      runtime.destroy();
      runtime = newRuntime(more);
    },
    lines: log.lines,
    reports,
    putFile(key, records, bucket = LOG_BUCKET) {
      sandbox.putObject(bucket, key, Buffer.isBuffer(records) ? records : logFileOf(records));
    },
    putResources(arns) {
      for (const arn of arns) sandbox.putResource({ arn, account: ACCOUNT, region: REGION });
    },
    invoke,
    async invokeBeside(event) {
      const another = newRuntime();
      try {
        return await handle(event, another, NO_DEADLINE);
      } finally {
        another.destroy();
      }
    },
    poll,
    sent: (name) =>
      sandbox.requests
        .filter(
          ({ operation, input }) => operation === 'SendMessageBatch' && input.QueueUrl === queueUrl(name),
        )
        .flatMap(({ input }) => input.Entries as { readonly MessageBody: string }[])
        .map(({ MessageBody }) => JSON.parse(MessageBody).autoTagger),
    async count(name) {
      const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl(name), AttributeNames: ['All'] });
      const { Attributes = {} } = await sqs.send(command);
      const counts: Readonly<Record<string, string | undefined>> = Attributes;
      const countOf = (state: string) => Number(counts[`ApproximateNumberOfMessages${state}`]);
      return countOf('') + countOf('NotVisible') + countOf('Delayed');
    },
    async send(name, body) {
      const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(name), MessageBody }));
    },
    advance: moveClock,
    async requestsOf(work) {
      const before = sandbox.requests.length;
      await work();
      return sandbox.requests.slice(before);
    },
    queueUrl,
    async close() {
      runtime.destroy();
      destroy();
      await sandbox.close();
      putBack();
      log.stop();
    },
  };
}

interface SqsAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Six times the function's time limit, as Lambda's guide has it. */
export const VISIBILITY_SECONDS = 5400;

export const queueArn = (name: QueueName): string => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

const realNow = Date.now.bind(Date);
let offsetMs = 0;

/**
 * The time of the sandbox and of the function. It never goes back, not even behind the last test: calls that were cut
 * off wait on in the SDK's rate limiter, which would then wait for hours.
 */
function moveClock(seconds: number): void {
  offsetMs += seconds * 1000;
  Date.now = () => realNow() + offsetMs;
}

/** Powertools writes JSON lines to the streams of the process; what is not JSON goes on to them. */
function catchLogLines() {
  const lines: LogLine[] = [];
  const spies = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    return jest.spyOn(stream, 'write').mockImplementation(((chunk: string, ...rest: []) => {
      if (typeof chunk !== 'string' || !chunk.startsWith('{"')) return write(chunk, ...rest);
      lines.push(JSON.parse(chunk));
      return true;
    }) as typeof stream.write);
  });
  return {
    lines,
    stop: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
