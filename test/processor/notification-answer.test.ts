import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, answer } from '../../processor/answer/answer.ts';
import type { InvocationReport, UnitResult } from '../../processor/answer/report.ts';
import type { Invocation } from '../../processor/notification/invocation.ts';
import { readInvocation } from '../../processor/notification/read-invocation.ts';
import type { Task } from '../../processor/notification/task.ts';
import { BUCKET, file, fixture, inSqs, LOG, LOG_OF_MEMBER, s3Event } from './notification-fixtures.ts';

const DONE = { outcome: 'done', summary: 'tagged 3', reports: [], remaining: [] } as const;
const AGAIN = { outcome: 'again', summary: 'throttled', reports: [], remaining: [] } as const;
const NEVER = { outcome: 'never', summary: 'corrupt', reports: [], remaining: [] } as const;

type Told = InvocationReport & { readonly remaining: readonly unknown[] };

function returned(given: Answer): unknown {
  if (given.kind === 'throw') throw given.error;
  return given.value;
}

/** The answer when every unit ends like this. */
function answerAll(invocation: Invocation, result: Omit<UnitResult, 'id'>): Answer {
  return answer(
    invocation,
    invocation.units.map(({ id }) => ({ id, ...result })),
  );
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

describe('SQS', () => {
  const invocation = readInvocation(inSqs(s3Event(LOG), s3Event(LOG), s3Event(LOG)));

  test('gets back the ids of what must come again, and only those', () => {
    const results = [
      { id: 'message-0', ...DONE },
      { id: 'message-1', ...AGAIN },
      { id: 'message-2', ...NEVER },
    ];
    expect(returned(answer(invocation, results))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
  });

  test('gets an empty list when all is done', () => {
    expect(returned(answerAll(invocation, DONE))).toEqual({ batchItemFailures: [] });
  });

  test('gets a message again for which there is no result, and no id that it did not give', () => {
    const results = [
      { id: 'message-0', ...DONE },
      { id: 'message-2', ...DONE },
      { id: 'unknown', ...AGAIN },
    ];
    expect(returned(answer(invocation, results))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
  });

  test('gets an error where something must come again that has no id', () => {
    const { Records: more } = s3Event(LOG) as { Records: unknown[] };
    const mixed = readInvocation({ Records: [...inSqs(s3Event(LOG)).Records, ...more] });
    expect(mixed.units.map((unit) => unit.id)).toEqual(['message-0', undefined]);
    expect(() => returned(answerAll(mixed, AGAIN))).toThrow(expect.objectContaining({ code: 'NotAllDone' }));
    expect(returned(answerAll(mixed, DONE))).toEqual({ batchItemFailures: [] });
  });
});

describe('Batch Operations', () => {
  test.each(['batch-1.0', 'batch-2.0'])('%s gets its own ids back and one result a task', (name) => {
    const invocation = readInvocation(fixture(name));
    const event = fixture(name) as { invocationId: string; tasks: { taskId: string }[] };
    expect(returned(answerAll(invocation, DONE))).toEqual({
      invocationSchemaVersion: name.slice('batch-'.length),
      treatMissingKeysAs: 'TemporaryFailure',
      invocationId: event.invocationId,
      results: event.tasks.map(({ taskId }) => ({
        taskId,
        resultCode: 'Succeeded',
        resultString: 'tagged 3',
      })),
    });
  });

  test('gets a passing failure for what must come again, and a lasting one for what never can', () => {
    const invocation = readInvocation(fixture('batch-1.0'));
    const [first, second] = invocation.units;
    const results = [
      { id: first?.id, ...NEVER, summary: `bad\nfile ${'x'.repeat(5000)}` },
      { id: second?.id, ...AGAIN },
    ];
    const given = returned(answer(invocation, results)) as { results: { resultString: string }[] };
    expect(given.results).toMatchObject([
      { resultCode: 'PermanentFailure', resultString: expect.stringMatching(/^bad file x+…$/) },
      { resultCode: 'TemporaryFailure' },
    ]);
    expect(given.results[0]?.resultString.length).toBeLessThanOrEqual(1001);
  });

  test('gets an error where no result can be named', () => {
    const invocation = readInvocation({ ...(fixture('batch-1.0') as object), tasks: [{ taskId: 7 }] });
    expect(() => returned(answerAll(invocation, NEVER))).toThrow(
      expect.objectContaining({ retryable: true }),
    );
  });
});

describe.each(['s3', 'sns', 'eventbridge-object-created', 'lambda-destination'])(
  'asynchronous: %s',
  (name) => {
    const invocation = readInvocation(fixture(name));

    test('throws what must come again, so that AWS brings it', () => {
      expect(() => returned(answerAll(invocation, AGAIN))).toThrow(/throttled/);
      expect(() => returned(answer(invocation, []))).toThrow(/no result/);
    });

    test.each([DONE, NEVER])('returns the reports otherwise: $outcome', (result) => {
      const report = { key: LOG };
      expect(returned(answerAll(invocation, { ...result, reports: [report] }))).toMatchObject({
        form: invocation.form,
        caller: invocation.caller,
        reports: [report],
      });
    });
  },
);

describe('Step Functions and people', () => {
  test('get what was not done, ready to be sent again', () => {
    const invocation = readInvocation(fixture('step-functions-batch'));
    const remaining = [file(`team+a/${LOG}`), file(LOG_OF_MEMBER)];
    const told = returned(answerAll(invocation, { ...AGAIN, remaining })) as Told;
    expect(told.remaining).toEqual([{ bucket: BUCKET, keys: [`team+a/${LOG}`, LOG_OF_MEMBER] }]);
    expect(readInvocation(told.remaining).units[0]?.tasks).toEqual(remaining);
  });

  test('get all of it back where there is no result at all', () => {
    const told = returned(answer(readInvocation(fixture('keys')), [])) as Told;
    expect(readInvocation(told.remaining).units[0]?.tasks.map((task) => task.kind)).toEqual(['file', 'file']);
  });

  test('get an error rather than a list of work that was cut', () => {
    const invocation = readInvocation(fixture('step-functions'));
    const remaining = Array.from({ length: 3000 }, (_, index) => file(`${index}/${LOG}`));
    expect(() => returned(answerAll(invocation, { ...AGAIN, remaining }))).toThrow(
      expect.objectContaining({ code: 'AnswerTooLarge' }),
    );
  });

  test('whatever remains, sending it again asks for the same', () => {
    const invocation = readInvocation(fixture('key'));
    fc.assert(
      fc.property(fc.array(anyTask(), { maxLength: 20 }), (tasks) => {
        const told = returned(answerAll(invocation, { ...AGAIN, remaining: tasks })) as Told;
        if (tasks.length === 0) return expect(told.remaining).toEqual([]);
        const again = readInvocation(JSON.parse(JSON.stringify(told.remaining)));
        expect(sorted(again.units.flatMap((unit) => unit.tasks))).toEqual(sorted(tasks));
      }),
    );
  });
});

describe('a report', () => {
  test('counts every unit and every task once, and every skipped one by its reason', () => {
    const invocation = readInvocation(fixture('s3'));
    const told = returned(answerAll(invocation, DONE)) as InvocationReport;
    expect(told.units).toEqual({ done: 1, again: 0, never: 0 });
    expect(told.tasks).toEqual({
      file: 2,
      prefix: 0,
      record: 0,
      resource: 0,
      retry: 0,
      skipped: 3,
      unreadable: 0,
    });
    expect(told.skipped).toEqual({ digest: 1, config: 1, 'not-created': 1 });
  });

  test('names what could not be understood, at most 100, and says how many it left out', () => {
    const keys = Array.from({ length: 250 }, () => 'a%zz');
    const told = returned(answerAll(readInvocation(s3Event(...keys)), NEVER)) as InvocationReport;
    expect(told.failures.length).toBe(100);
    expect(told.failuresLeftOut).toBe(151);
    expect(told.failures.slice(0, 2)).toEqual([
      { outcome: 'never', message: 'corrupt' },
      { outcome: 'never', message: expect.stringContaining('badly URL-encoded') },
    ]);
  });

  test.each([
    ['Step Functions', 'step-functions', 256 * 1024],
    ['Lambda, by hand', 'key', 6_000_000],
    ['Lambda, asynchronous', 's3', 6_000_000],
  ])('never takes more than %s can, and says how many reports it left out', (_, name, maxBytes) => {
    const invocation = readInvocation(fixture(name));
    const reports = Array.from({ length: 20_000 }, (_, index) => ({ index, text: 'ü"\n'.repeat(200) }));
    const remaining = name === 's3' ? [] : [file(LOG)];
    const outcome = name === 's3' ? 'never' : 'again';
    const told = returned(
      answerAll(invocation, { outcome, summary: '\u0001'.repeat(5000), reports, remaining }),
    ) as InvocationReport;
    expect(bytesOf(told)).toBeLessThanOrEqual(maxBytes);
    expect(bytesOf(told)).toBeGreaterThan(maxBytes * 0.9);
    expect(told.reports.length + told.reportsLeftOut).toBe(20_000);
    expect(told.reports[0]).toEqual(reports[0]);
  });
});

function sorted(tasks: readonly Task[]): readonly string[] {
  return tasks.map((task) => JSON.stringify(task)).sort();
}

function anyTask(): fc.Arbitrary<Task> {
  const bucket = fc.stringMatching(/^[a-z0-9]{3,20}$/);
  const key = fc.string({ unit: 'grapheme', maxLength: 50 }).map((name) => `k${name.toWellFormed()}.gz`);
  const time = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  return fc.oneof(
    fc.record({ kind: fc.constant('file' as const), file: fc.record({ bucket, key }) }),
    fc.record({
      kind: fc.constant('file' as const),
      file: fc.record({ bucket, key, versionId: fc.string({ minLength: 1 }) }),
    }),
    fc.record({ kind: fc.constant('file' as const), file: fc.record({ bucket, key, otherKey: key }) }),
    time.map(
      (from): Task => ({
        kind: 'prefix',
        bucket: BUCKET,
        prefix: 'p/',
        from: from.toISOString(),
        startAfter: 'p/x',
      }),
    ),
    fc.constant<Task>({ kind: 'resource', arn: 'arn:aws:sqs:us-east-1:111122223333:q', user: 'alice' }),
    fc.constant<Task>({ kind: 'record', record: { eventID: 'x' }, envelopeAccount: '111122223333' }),
    fc.constant<Task>({ kind: 'retry', message: { autoTagger: { kind: 'file', n: 1 } } }),
  );
}
