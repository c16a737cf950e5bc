/**
 * Reading ends when its signal is aborted, with the signal's reason, wherever it stands; and a long document never
 * keeps the thread from what else has to be done on it.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { CATALOGUED_EVENTS } from '../../../parser/catalogue/catalogue.ts';
import { readDocument } from '../../../parser/reading/general-reader.ts';
import type { GunzipTotals } from '../../../parser/reading/gunzip.ts';
import type { LogBody } from '../../../parser/reading/log-body.ts';
import { readRecords } from '../../../parser/reading/read-records.ts';
import { findSyntaxError } from '../../../parser/reading/syntax-error.ts';
import { planFile } from '../../../processor/file/plan-file.ts';
import { createFilePlanner } from '../../../processor/runtime/planning-runtime.ts';
import { readSettings } from '../../../processor/runtime/settings.ts';
import { fixture } from '../../helpers/fixtures.ts';

const TIME_UP = new Error('time is up');
const RECORD = JSON.stringify(fixture('ec2-CreateVolume'));
/** As CloudTrail writes it, and with a key before it that only the general reader takes. */
const DOCUMENTS = [
  ['fast', `{"Records":[${RECORD}`],
  ['general', `{"note":1,"Records":[${RECORD}`],
] as const;

async function drain(reading: AsyncGenerator<unknown, unknown>): Promise<void> {
  while (!(await reading.next()).done);
}

const read = (body: LogBody, signal: AbortSignal) =>
  drain(readRecords(body, CATALOGUED_EVENTS, DEFAULT_BOUNDS, signal));

describe.each(DOCUMENTS)('the %s reader', (_, begin) => {
  const members = [gzipSync(begin), ...Array.from({ length: 40 }, () => gzipSync(`,${RECORD}`.repeat(700)))];

  test('stops between two chunks, and takes no more of the source', async () => {
    const controller = new AbortController();
    let taken = 0;
    async function* body() {
      for (const member of members) {
        if (++taken === 4) controller.abort(TIME_UP);
        yield member;
      }
    }
    await expect(read(body, controller.signal)).rejects.toBe(TIME_UP);
    expect(taken).toBeLessThan(10);
  });

  test('stops where it waits for bytes that do not come', async () => {
    const controller = new AbortController();
    async function* body() {
      yield gzipSync(begin); // read within a moment; then nothing is left to do but to wait
      setTimeout(() => controller.abort(TIME_UP), 50);
      await new Promise(() => {});
    }
    await expect(read(body, controller.signal)).rejects.toBe(TIME_UP);
  });

  test('stops in what one piece of the source inflates to', async () => {
    const controller = new AbortController();
    const piece = gzipSync(`${begin}${`,${RECORD}`.repeat(20_000)}]}`);
    const reading = readRecords(
      async function* () {
        yield piece;
      },
      CATALOGUED_EVENTS,
      DEFAULT_BOUNDS,
      controller.signal,
    );
    await reading.next();
    controller.abort(TIME_UP);
    await expect(drain(reading)).rejects.toBe(TIME_UP);
  });

  test('does not begin when time is up already', async () => {
    const body = () => {
      throw new Error('the source was opened');
    };
    await expect(read(body, AbortSignal.abort(TIME_UP))).rejects.toBe(TIME_UP);
    await expect(read(gzipSync(`${begin}]}`), AbortSignal.abort(TIME_UP))).rejects.toBe(TIME_UP);
  });

  test('reads to the end under a signal that nobody aborts', async () => {
    const { signal } = new AbortController();
    const body = async function* () {
      yield* [...members.slice(0, 3), gzipSync(']}')];
    };
    await expect(read(body, signal)).resolves.toBeUndefined();
  });
});

/** Chunks that are there at once, so that nothing but the reader gives the event loop a turn. */
function chunks(count: number, chunk: Buffer) {
  let taken = 0;
  async function* all(): AsyncGenerator<Buffer, GunzipTotals> {
    yield Buffer.from('{"Records":[');
    for (taken = 1; taken <= count; taken++) yield chunk;
    yield Buffer.from(`${RECORD}]}`);
    return { compressedBytes: 0, bytes: 0 };
  }
  return { all: all(), taken: () => taken };
}

describe('a document of a thousand chunks leaves the thread to others in between', () => {
  const chunk = Buffer.from(`${RECORD},\n`.repeat(300));

  test('in the general reader: a timer can stop it', async () => {
    const controller = new AbortController();
    const { all, taken } = chunks(1000, chunk);
    setTimeout(() => controller.abort(TIME_UP), 1);
    const reading = readDocument(all, CATALOGUED_EVENTS, DEFAULT_BOUNDS, controller.signal);
    await expect(drain(reading)).rejects.toBe(TIME_UP);
    expect(taken()).toBeLessThan(100);
  });

  test('in the general reader: timers go on as it does', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await drain(readDocument(chunks(20, chunk).all, CATALOGUED_EVENTS, DEFAULT_BOUNDS));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  test('in the second pass, which looks for a syntax error', async () => {
    const controller = new AbortController();
    const { all, taken } = chunks(1000, chunk);
    setTimeout(() => controller.abort(TIME_UP), 1);
    await expect(findSyntaxError(all, new Error('broken'), controller.signal)).rejects.toBe(TIME_UP);
    expect(taken()).toBeLessThan(500);
  });
});

test('a broken document is not looked through again once time is up', async () => {
  const controller = new AbortController();
  let opened = 0;
  async function* body() {
    if (++opened === 3) controller.abort(TIME_UP); // the fast reader, the general one, the second pass
    yield gzipSync('{"Records":[}');
  }
  await expect(read(body, controller.signal)).rejects.toBe(TIME_UP);
  expect(opened).toBe(3);
});

describe('a file whose time is up', () => {
  const bounds = DEFAULT_BOUNDS;
  const source = { origin: 'log', account: undefined } as const;
  const refuse = () => undefined;
  const body = gzipSync(`{"Records":[${RECORD}]}`);

  test('is no plan', async () => {
    const signal = AbortSignal.abort(TIME_UP);
    await expect(planFile(body, { bounds, source, refuse, signal })).rejects.toBe(TIME_UP);
  });

  test('is reported as one to be tried again', async () => {
    const files = createFilePlanner(readSettings({}, 'command-line'));
    const open = async () => ({ records: body, source });
    const report = await files.process(
      { name: 'file', location: { kind: 'path', path: 'file' }, open },
      AbortSignal.abort(TIME_UP),
    );
    const error = { code: 'Error', message: 'time is up', class: 'transient' };
    expect(report).toMatchObject({ complete: false, records: 0, error });
  });
});
