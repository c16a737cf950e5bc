/**
 * Replays what was handed on: the messages of a failure queue, or of a file with one message a line. A message of
 * the queue is deleted once it is dealt with; what fails again stays where it is.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { FileReport } from '../file-report.ts';
import { readInvocation } from '../notification/read-invocation.ts';
import type { TaggingRuntime } from '../runtime.ts';
import { together } from '../work/result.ts';
import { doUnit } from '../work/work.ts';
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
}

export interface Replayed {
  readonly totals: Totals;
  readonly messages: number;
  /** Messages that stay where they are. */
  readonly left: number;
}

/** `source` is the URL of a queue or the path of a file. Throws PathError where there is none. */
export async function replay(source: string, options: ReplayOptions): Promise<Replayed> {
  const { runtime, keepsAll, onReport, complain } = options;
  let totals = NO_TOTALS;
  let messages = 0;
  let left = 0;
  const parts = {
    ...runtime,
    queues: { retry: undefined, failure: undefined }, // what fails again stays in the source
    isTimeUp: () => false,
    onReport: (report: FileReport) => {
      totals = addReport(totals, report);
      onReport(report);
    },
  };
  const letters = /^https?:/.test(source) ? queueLetters(source, options) : fileLetters(source);
  for await (const letter of letters) {
    messages++;
    const problem = await attempt(letter.body, parts);
    if (problem === undefined) {
      if (!keepsAll) await letter.settle();
    } else {
      left++;
      complain(`${letter.name}: ${problem}`);
    }
  }
  return { totals, messages, left };
}

/** What stands between the message and its being done. */
async function attempt(body: string, parts: Parameters<typeof doUnit>[1]): Promise<string | undefined> {
  try {
    const { units } = readInvocation(body);
    const done = together(await Promise.all(units.map((unit) => doUnit(unit, parts))));
    return done.outcome === 'done' ? undefined : done.summary;
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
}

/** Long enough for the slowest message, so that none comes twice meanwhile. */
const VISIBILITY_SECONDS = 900;
const WAIT_SECONDS = 1;

/** Ends when the queue gives no more: messages that were left come back only after `VISIBILITY_SECONDS`. */
async function* queueLetters(url: string, { runtime, region }: ReplayOptions): AsyncGenerator<Letter> {
  const client = runtime.clients.get(SQSClient, undefined, region);
  for (;;) {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: VISIBILITY_SECONDS,
      WaitTimeSeconds: WAIT_SECONDS,
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
  };
}

async function* fileLetters(path: string): AsyncGenerator<Letter> {
  const input = createReadStream(path);
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() === '') continue;
      yield { name: `${path}:${number}`, body: line, settle: async () => {} };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new PathError(`${path}: no such file`);
  }
}
