/**
 * Replays what was handed on: the messages of a failure queue, or of a file with one message a line. A message of
 * the queue is deleted once it is dealt with; what fails again stays where it is.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { FileReport } from '../file/file-report.ts';
import { CALLERS } from '../notification/callers.ts';
import { readInvocation } from '../notification/read-invocation.ts';
import { unwrapped } from '../queues/own-message.ts';
import type { TaggingRuntime } from '../runtime/runtime.ts';
import type { WorkContext } from '../work/context.ts';
import { doItem } from '../work/do-item.ts';
import { PathError } from './find-log-files.ts';
import { addReport, NO_TOTALS, type Totals } from './totals.ts';

export interface ReplayOptions {
  readonly runtime: TaggingRuntime;
  /** Of the queue. */
  readonly region: string;
  /** Nothing is deleted from the queue, as in a dry run. */
  readonly keepsAll: boolean;
  readonly onReport: (report: FileReport) => void;
  readonly complain: (problem: string) => void;
  readonly signal: AbortSignal;
  /** How long a queue may have nothing to give before it counts as empty. @default 1 */
  readonly waitSeconds?: number;
}

export interface Replayed {
  readonly totals: Totals;
  readonly messages: number;
  /** Messages that stay where they are. */
  readonly left: number;
}

/** `source` is the URL of a queue or the path of a file. Throws PathError where there is none. */
export async function replay(source: string, options: ReplayOptions): Promise<Replayed> {
  const { runtime, keepsAll, onReport, complain, signal } = options;
  let totals = NO_TOTALS;
  let messages = 0;
  let left = 0;
  const kept: Letter[] = [];
  const context: WorkContext = {
    ...runtime,
    caller: CALLERS.manual,
    dryRun: false,
    queues: { ...runtime.queues, retry: undefined, failure: undefined }, // what fails again stays in the source
    signal,
    handOnSignal: signal,
    eventText: () => undefined,
    onReport: (report: FileReport) => {
      totals = addReport(totals, report);
      onReport(report);
    },
  };
  const letters = /^https?:/.test(source) ? queueLetters(source, options) : fileLetters(source);
  try {
    for await (const letter of letters) {
      messages++;
      const problem = await attempt(letter.body, context);
      if (problem !== undefined) {
        left++;
        complain(`${letter.name}: ${problem}`);
      }
      if (problem === undefined && !keepsAll) await letter.settle();
      else kept.push(letter);
    }
  } finally {
    // Not before the end: until then none of them may be received once more.
    for (const letter of kept) await letter.release();
  }
  return { totals, messages, left };
}

/** What stands between the message and its being done. */
async function attempt(body: string, context: WorkContext): Promise<string | undefined> {
  try {
    const { items } = readInvocation(unwrapped(body));
    const results = await Promise.all(items.map((item) => doItem(item, context)));
    return results.find(({ disposition }) => disposition !== 'done')?.summary;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A message, wherever it is kept. */
interface Letter {
  readonly name: string;
  readonly body: string;
  /** It is dealt with and can go. */
  settle(): Promise<void>;
  /** It stays, for whoever asks next. Does not throw. */
  release(): Promise<void>;
}

/** Long enough for the slowest message, so that none comes twice meanwhile. */
const VISIBILITY_SECONDS = 900;

/** Ends when the queue gives no more: messages that were left come back only when they are released. */
async function* queueLetters(url: string, options: ReplayOptions): AsyncGenerator<Letter> {
  const { runtime, region, waitSeconds = 1 } = options;
  const client = runtime.clients.get(SQSClient, undefined, region);
  for (;;) {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: VISIBILITY_SECONDS,
      WaitTimeSeconds: waitSeconds,
    });
    const { Messages = [] } = await client.send(command);
    if (Messages.length === 0) return;
    for (const message of Messages) yield queueLetter(message, url, client);
  }
}

function queueLetter(
  { MessageId, Body = '', ReceiptHandle }: Message,
  url: string,
  client: SQSClient,
): Letter {
  return {
    name: `message ${MessageId}`,
    body: Body,
    async settle() {
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    },
    async release() {
      const now = { QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 };
      // Should it fail, the message is there again after `VISIBILITY_SECONDS`.
      await client.send(new ChangeMessageVisibilityCommand(now)).catch(() => {});
    },
  };
}

async function* fileLetters(path: string): AsyncGenerator<Letter> {
  const input = createReadStream(path);
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() === '') continue;
      yield { name: `${path}:${number}`, body: line, settle: async () => {}, release: async () => {} };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new PathError(`${path}: no such file`);
  }
}
