/**
 * A queue of failures, drained: each message is given once, and hidden from everybody until it is removed or
 * released. No bodies are held, so that a hundred thousand messages fit into memory.
 */

import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Calls, Send } from '../../../tag-manager/calls/calls.ts';
import { chunks } from '../../../tag-manager/calls/chunks.ts';
import { OURSELVES, type Sender } from '../../notification/trust.ts';
import type { ReplayMessage, ReplaySource } from './replay-source.ts';

export interface QueueSourceOptions {
  readonly calls: Calls;
  /** Of the queue. */
  readonly region: string;
  /** Aborted when no more messages are wanted. */
  readonly signal: AbortSignal;
  /** How long the queue may have nothing to give before it counts as empty. */
  readonly waitSeconds: number;
  readonly complain: (problem: string) => void;
}

/** Long enough for the slowest messages, so that hardly any comes twice meanwhile. */
const VISIBILITY_SECONDS = 900;

/** Amazon SQS API Reference, `ReceiveMessage`, `DeleteMessageBatch`, `ChangeMessageVisibilityBatch`. */
const BATCH = 10;

const RELEASES_AT_ONCE = 10;

/** What is done is also said to the queue after the command was stopped, but nobody waits longer for that. */
const LAST_CALLS_MS = 10_000;

type Received = ReplayMessage & { readonly receipt: string };

export function queueSource(url: string, options: QueueSourceOptions): ReplaySource {
  const { calls, region, signal, waitSeconds, complain } = options;
  const seen = new Set<string>();
  const receipts = new Map<string, string>(); // of what was given and not removed, the newest of each

  async function call<Output>(until: AbortSignal, send: Send<SQSClient, Output>): Promise<Output> {
    try {
      return await calls.make({ client: SQSClient, account: undefined, region }, until, send);
    } catch (error) {
      throw new Error(`${url}: ${(error as Error).message}`, { cause: error });
    }
  }

  async function receive(): Promise<readonly Received[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: BATCH,
      VisibilityTimeout: VISIBILITY_SECONDS,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'],
    });
    const { Messages = [] } = await call(signal, (client, more) => client.send(command, more));
    return Messages.map(
      ({ MessageId: id = '', ReceiptHandle: receipt = '', Body: body = '', Attributes }) => {
        const sender = senderBehind(Attributes?.DeadLetterQueueSourceArn);
        return { id, name: `message ${id}`, body, receipt, sender };
      },
    );
  }

  async function remove(messages: readonly ReplayMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const ids = messages.map(({ id }) => id);
    const command = new DeleteMessageBatchCommand({ QueueUrl: url, Entries: entriesOf(ids) });
    const until = AbortSignal.timeout(LAST_CALLS_MS);
    const { Failed = [] } = await call(until, (client, more) => client.send(command, more));
    const [first] = Failed;
    if (first !== undefined) {
      const why = `${first.Code}: ${first.Message ?? ''}`;
      throw new Error(`${url}: ${Failed.length} messages are done and were not deleted: ${why}`);
    }
    for (const id of ids) receipts.delete(id);
  }

  /** How many of them stay hidden. */
  async function show(ids: readonly string[], until: AbortSignal): Promise<number> {
    const Entries = entriesOf(ids).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries });
    try {
      const { Failed = [] } = await call(until, (client, more) => client.send(command, more));
      return Failed.length;
    } catch {
      return ids.length;
    }
  }

  function entriesOf(ids: readonly string[]) {
    return ids.map((id, at) => ({ Id: String(at), ReceiptHandle: receipts.get(id) }));
  }

  return {
    async *batches() {
      let again = 0; // messages that came once more since the last new one
      for (;;) {
        const messages = await receive();
        if (messages.length === 0) return;
        const fresh = messages.filter(({ id }) => !seen.has(id));
        const removed = messages.filter(({ id }) => seen.has(id) && !receipts.has(id));
        for (const { id, receipt } of messages) {
          seen.add(id);
          receipts.set(id, receipt);
        }
        await remove(removed); // SQS delivers at least once, and so now and then after the end
        if (fresh.length > 0) yield fresh;
        // All that are held came once more, some of them twice, and no new one: there are no others.
        again = fresh.length > 0 ? 0 : again + messages.length;
        if (again > receipts.size + BATCH) return;
      }
    },

    remove,

    async release() {
      const until = AbortSignal.timeout(LAST_CALLS_MS);
      let hidden = 0;
      for (const round of chunks(chunks([...receipts.keys()], BATCH), RELEASES_AT_ONCE)) {
        const left = await Promise.all(round.map((ids) => show(ids, until)));
        for (const count of left) hidden += count;
      }
      if (hidden === 0) return;
      const minutes = VISIBILITY_SECONDS / 60;
      complain(`${url}: ${hidden} messages could not be released, and stay hidden for ${minutes} minutes`);
    },
  };
}

/**
 * The user names a queue that only the function writes to. But SQS itself moves messages into it, from queues that
 * others may write to, and says so (Amazon SQS API Reference, `ReceiveMessage`).
 */
function senderBehind(sourceArn: string | undefined): Sender {
  return sourceArn === undefined ? OURSELVES : { kind: 'queue', arn: sourceArn };
}
