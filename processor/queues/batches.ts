/**
 * Calls of SQS that take up to ten entries: what many senders add in one turn of the event loop goes together, in full
 * batches, so that a thousand items with an entry each are a hundred calls. An entry that SQS does not confirm fails
 * its own sender alone.
 */
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';

export interface Batches<Entry> {
  /** Done when SQS has confirmed the entry; throws otherwise. `bytes` is what it takes of a call. */
  add(queueUrl: string, entry: Entry, bytes: number, signal: AbortSignal): Promise<void>;
}

/** Makes one call. Entries are known by their `Id` in the answer. */
export type SendBatch<Entry> = (
  queueUrl: string,
  entries: (Entry & { Id: string })[],
  signal: AbortSignal,
) => Promise<BatchAnswer>;

export interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/** SQS developer guide, "Amazon SQS message quotas": 10 messages and 1 MiB a batch; room is left for the envelope. */
const MAX_ENTRIES = 10;
const MAX_BATCH_BYTES = 1_000_000;

/** A thousand entries take a fifth of a second, which is soon enough when time is nearly up. */
const BATCHES_AT_ONCE = 10;

interface Pending<Entry> {
  readonly queueUrl: string;
  readonly entry: Entry;
  readonly bytes: number;
  readonly signal: AbortSignal;
  readonly confirmed: PromiseWithResolvers<void>;
}

type Batch<Entry> = readonly [Pending<Entry>, ...Pending<Entry>[]];

export function createBatches<Entry>(send: SendBatch<Entry>): Batches<Entry> {
  const limit = pLimit(BATCHES_AT_ONCE);
  let pending: Pending<Entry>[] = [];

  async function sendBatch(batch: Batch<Entry>): Promise<void> {
    const [{ queueUrl, signal }] = batch;
    try {
      const entries = batch.map(({ entry }, at) => ({ ...entry, Id: String(at) }));
      const { Successful = [], Failed = [] } = await send(queueUrl, entries, signal);
      for (const { Id } of Successful) batch[Number(Id)]?.confirmed.resolve();
      for (const { Id, Code, Message = '' } of Failed) {
        batch[Number(Id)]?.confirmed.reject(new Error(`${queueUrl} refused an entry: ${Code}: ${Message}`));
      }
      // Without effect on those that are settled.
      for (const { confirmed } of batch) confirmed.reject(new Error(`${queueUrl} did not confirm an entry`));
    } catch (error) {
      for (const { confirmed } of batch) confirmed.reject(error);
    }
  }

  function flush(): void {
    const all = pending;
    pending = [];
    for (const bySignal of Map.groupBy(all, ({ signal }) => signal).values()) {
      for (const byQueue of Map.groupBy(bySignal, ({ queueUrl }) => queueUrl).values()) {
        for (const batch of fullBatches(byQueue)) void limit(() => sendBatch(batch));
      }
    }
  }

  return {
    add(queueUrl, entry, bytes, signal) {
      const confirmed = Promise.withResolvers<void>();
      if (pending.length === 0) setImmediate(flush);
      pending.push({ queueUrl, entry, bytes, signal, confirmed });
      return confirmed.promise;
    },
  };
}

function* fullBatches<Entry>(all: readonly Pending<Entry>[]): Generator<Batch<Entry>> {
  let batch: Pending<Entry>[] = [];
  let bytes = 0;
  for (const each of all) {
    if (batch.length === MAX_ENTRIES || bytes + each.bytes > MAX_BATCH_BYTES) {
      if (isFilled(batch)) yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(each);
    bytes += each.bytes;
  }
  if (isFilled(batch)) yield batch;
}

function isFilled<Entry>(batch: Pending<Entry>[]): batch is [Pending<Entry>, ...Pending<Entry>[]] {
  return batch.length > 0;
}
