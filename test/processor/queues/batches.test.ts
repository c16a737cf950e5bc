/** Entries of many senders go together in as few calls as may be; each sender knows what became of its own. */
import { expect, test } from '@jest/globals';
import { type BatchAnswer, createBatches } from '../../../processor/queues/batches.ts';

interface Entry {
  readonly text: string;
}
interface Call {
  readonly queueUrl: string;
  readonly texts: readonly string[];
  readonly signal: AbortSignal;
}

const SIGNAL = new AbortController().signal;
const confirmed = (entries: readonly { readonly Id: string }[]): BatchAnswer => ({
  Successful: entries.map(({ Id }) => ({ Id })),
});

/** A queue that answers each call as `answer` does, and the calls that it has had. */
function queueThat(
  answer: (entries: readonly (Entry & { Id: string })[]) => BatchAnswer | Promise<BatchAnswer>,
) {
  const calls: Call[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const batches = createBatches<Entry>(async (queueUrl, entries, signal) => {
    calls.push({ queueUrl, texts: entries.map(({ text }) => text), signal });
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    try {
      return await answer(entries);
    } finally {
      atOnce--;
    }
  });
  const add = (text: string, { queueUrl = 'queue', bytes = 100, signal = SIGNAL } = {}) =>
    batches.add(queueUrl, { text }, bytes, signal).then(
      () => 'taken',
      (error: Error) => error.message,
    );
  return { add, calls, mostAtOnce: () => mostAtOnce };
}

const upTo = (count: number) => Array.from({ length: count }, (_, number) => String(number));

test('ten go together, in their order', async () => {
  const { add, calls } = queueThat(confirmed);
  expect(new Set(await Promise.all(upTo(25).map((text) => add(text))))).toEqual(new Set(['taken']));
  expect(calls.map(({ texts }) => texts.length)).toEqual([10, 10, 5]);
  expect(calls.flatMap(({ texts }) => texts)).toEqual(upTo(25));
});

test('no call holds more than SQS takes, and what is too large alone goes alone', async () => {
  const { add, calls } = queueThat(confirmed);
  const bytes = [400_000, 400_000, 400_000, 2_000_000, 100];
  await Promise.all(bytes.map((size, at) => add(String(at), { bytes: size })));
  expect(calls.map(({ texts }) => texts)).toEqual([['0', '1'], ['2'], ['3'], ['4']]);
});

test('of ten thousand only a few calls are under way at once', async () => {
  const queue = queueThat(async (entries) => {
    await new Promise(setImmediate);
    return confirmed(entries);
  });
  await Promise.all(upTo(10_000).map((text) => queue.add(text)));
  expect(queue.calls).toHaveLength(1_000);
  expect(queue.mostAtOnce()).toBe(10);
});

test('each queue and each signal has calls of its own: one that is aborted takes no other with it', async () => {
  const { add, calls } = queueThat(confirmed);
  const late = AbortSignal.abort();
  await Promise.all([
    add('a'),
    add('b', { queueUrl: 'other' }),
    add('c', { signal: late }),
    add('d'),
    add('e', { queueUrl: 'other' }),
  ]);
  expect(calls).toEqual([
    { queueUrl: 'queue', texts: ['a', 'd'], signal: SIGNAL },
    { queueUrl: 'other', texts: ['b', 'e'], signal: SIGNAL },
    { queueUrl: 'queue', texts: ['c'], signal: late },
  ]);
});

const HALVES: readonly (readonly [string, BatchAnswer, RegExp])[] = [
  [
    'is refused',
    { Successful: [{ Id: '0' }], Failed: [{ Id: '1', SenderFault: true, Code: 'TooLong' }] },
    /TooLong/,
  ],
  ['is not spoken of', { Successful: [{ Id: '0' }] }, /did not confirm/],
  ['is spoken of by no name of ours', { Successful: [{ Id: '0' }, { Id: 'x' }, {}] }, /did not confirm/],
];

test.each(HALVES)('an entry that %s is not taken, and the other is', async (_, answer, problem) => {
  const { add } = queueThat(() => answer);
  expect(await Promise.all([add('a'), add('b')])).toEqual(['taken', expect.stringMatching(problem)]);
});

test('an answer that says nothing confirms nothing', async () => {
  const { add } = queueThat(() => ({}));
  expect(await Promise.all([add('a'), add('b')])).toEqual([
    expect.stringMatching(/did not confirm/),
    expect.stringMatching(/did not confirm/),
  ]);
});

test('a call that fails fails its own entries alone', async () => {
  const { add } = queueThat((entries) => {
    if (entries[0]?.text === '0') throw new Error('down');
    return confirmed(entries);
  });
  const outcomes = await Promise.all(upTo(12).map((text) => add(text)));
  expect(outcomes).toEqual([...Array(10).fill('down'), 'taken', 'taken']);
});
