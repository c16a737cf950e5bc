/** What each caller is told: in its own words, within its bytes, and with all that is left. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Answer,
  answer as answerWith,
  type ReportWithRemaining,
} from '../../../processor/answer/answer.ts';
import { collectReports, type FileReports } from '../../../processor/answer/file-reports.ts';
import type { InvocationReport } from '../../../processor/answer/report.ts';
import type { FileReport } from '../../../processor/file/file-report.ts';
import { NO_TALLY } from '../../../processor/metrics/tally.ts';
import type { Invocation } from '../../../processor/notification/invocation.ts';
import { readInvocation } from '../../../processor/notification/read-invocation.ts';
import type { Task } from '../../../processor/notification/task.ts';
import type { ItemResult } from '../../../processor/work/settle.ts';
import { runs } from '../../helpers/runs.ts';
import { BUCKET, file, fixture, inSqs, LOG, LOG_OF_MEMBER, s3Event } from '../notification/fixtures.ts';

const NOTHING = { remaining: [], handedOn: { retry: 0, failure: 0 }, tally: NO_TALLY } as const;
const NO_REPORTS: FileReports = { reports: [], leftOut: 0 };
const DONE = { disposition: 'done', summary: 'tagged 3', ...NOTHING } as const;
const RETRY = { disposition: 'retry', summary: 'throttled', ...NOTHING } as const;
const REJECTED = { disposition: 'rejected', summary: 'corrupt', ...NOTHING } as const;

function answer(
  invocation: Invocation,
  results: readonly ItemResult[],
  reports: FileReports = NO_REPORTS,
): Answer {
  return answerWith(invocation, results, reports);
}

/** The answer when every item ends like this. */
function answerAll(
  invocation: Invocation,
  result: Omit<ItemResult, 'id'>,
  reports: FileReports = NO_REPORTS,
): Answer {
  const results = invocation.items.map(({ id }) => ({ id, ...result }));
  return answer(invocation, results, reports);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

describe('SQS', () => {
  const invocation = readInvocation(inSqs(s3Event(LOG), s3Event(LOG), s3Event(LOG)));

  test('gets back the ids of what must come again, and only those', () => {
    const results = [
      { id: 'message-0', ...DONE },
      { id: 'message-1', ...RETRY },
      { id: 'message-2', ...REJECTED },
    ];
    expect(answer(invocation, results)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
  });

  test('gets an empty list when all is done', () => {
    expect(answerAll(invocation, DONE)).toEqual({ batchItemFailures: [] });
  });

  test('gets a message again for which there is no result, and no id that it did not give', () => {
    const results = [
      { id: 'message-0', ...DONE },
      { id: 'message-2', ...DONE },
      { id: 'unknown', ...RETRY },
    ];
    expect(answer(invocation, results)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
  });

  test('gets an error where something must come again that has no id', () => {
    const { Records: more } = s3Event(LOG) as { Records: unknown[] };
    const mixed = readInvocation({ Records: [...inSqs(s3Event(LOG)).Records, ...more] });
    expect(mixed.items.map((item) => item.id)).toEqual(['message-0', undefined]);
    expect(() => answerAll(mixed, RETRY)).toThrow(expect.objectContaining({ code: 'NotAllDone' }));
    expect(answerAll(mixed, DONE)).toEqual({ batchItemFailures: [] });
  });
});

describe('Batch Operations', () => {
  test.each(['batch-1.0', 'batch-2.0'])('%s gets its own ids back and one result a task', (name) => {
    const invocation = readInvocation(fixture(name));
    const event = fixture(name) as { invocationId: string; tasks: { taskId: string }[] };
    expect(answerAll(invocation, DONE)).toEqual({
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

  test('gets a temporary failure for what must come again, and a lasting one for what never can', () => {
    const invocation = readInvocation(fixture('batch-1.0'));
    const [first, second] = invocation.items;
    const results = [
      { id: first?.id, ...REJECTED, summary: `bad\nfile ${'x'.repeat(5000)}` },
      { id: second?.id, ...RETRY },
    ];
    const given = answer(invocation, results) as { results: { resultString: string }[] };
    expect(given.results).toMatchObject([
      { resultCode: 'PermanentFailure', resultString: expect.stringMatching(/^bad\\u000afile x+…$/) },
      { resultCode: 'TemporaryFailure' },
    ]);
    expect(given.results[0]?.resultString.length).toBeLessThanOrEqual(1001);
  });

  test('gets an error where no result can be named', () => {
    const invocation = readInvocation({ ...(fixture('batch-1.0') as object), tasks: [{ taskId: 7 }] });
    expect(() => answerAll(invocation, REJECTED)).toThrow(expect.objectContaining({ retryable: true }));
  });
});

describe.each(['s3', 'sns', 'eventbridge-object-created', 'lambda-destination'])(
  'asynchronous: %s',
  (name) => {
    const invocation = readInvocation(fixture(name));

    test('throws what must come again, so that AWS brings it', () => {
      expect(() => answerAll(invocation, RETRY)).toThrow(/throttled/);
      expect(() => answer(invocation, [])).toThrow(/no result/);
    });

    test('throws what Lambda may log: nothing in it steers whoever reads it', () => {
      const harmful = { ...RETRY, summary: 'a\u001b[31m\u009b\u2028\u202e: throttled' };
      expect(() => answerAll(invocation, harmful)).toThrow(
        /: a\\u001b\[31m\\u009b\\u2028\\u202e: throttled$/,
      );
    });

    test.each([DONE, REJECTED])('returns the reports otherwise: $disposition', (result) => {
      const report = { file: LOG } as FileReport;
      expect(answerAll(invocation, result, { reports: [report], leftOut: 0 })).toMatchObject({
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
    const given = answerAll(invocation, { ...RETRY, remaining }) as ReportWithRemaining;
    expect(given.remaining).toEqual([{ bucket: BUCKET, keys: [`team+a/${LOG}`, LOG_OF_MEMBER] }]);
    expect(readInvocation(given.remaining).items[0]?.tasks).toEqual(remaining);
  });

  test('get all of it back where there is no result at all', () => {
    const given = answer(readInvocation(fixture('keys')), []) as ReportWithRemaining;
    expect(readInvocation(given.remaining).items[0]?.tasks.map((task) => task.kind)).toEqual([
      'file',
      'file',
    ]);
  });

  test('get an error rather than a list of work that was cut', () => {
    const invocation = readInvocation(fixture('step-functions'));
    const remaining = Array.from({ length: 3000 }, (_, index) => file(`${index}/${LOG}`));
    expect(() => answerAll(invocation, { ...RETRY, remaining })).toThrow(
      expect.objectContaining({ code: 'AnswerTooLarge' }),
    );
  });

  test('whatever remains, sending it again asks for the same', () => {
    const invocation = readInvocation(fixture('key'));
    fc.assert(
      fc.property(fc.array(anyTask(), { maxLength: 20 }), (tasks) => {
        const given = answerAll(invocation, { ...RETRY, remaining: tasks }) as ReportWithRemaining;
        if (tasks.length === 0) return expect(given.remaining).toEqual([]);
        const again = readInvocation(JSON.parse(JSON.stringify(given.remaining)));
        expect(sorted(again.items.flatMap((item) => item.tasks))).toEqual(sorted(tasks));
      }),
      runs(100),
    );
  });
});

describe('a report', () => {
  test('counts every item and every task once, and every skipped one by its reason', () => {
    const invocation = readInvocation(fixture('s3'));
    const given = answerAll(invocation, DONE) as InvocationReport;
    expect(given.items).toEqual({ done: 1, retry: 0, rejected: 0 });
    expect(given.tasks).toEqual({
      file: 2,
      prefix: 0,
      record: 0,
      resource: 0,
      'own-message': 0,
      skipped: 3,
      unreadable: 0,
    });
    expect(given.skipped).toEqual({ digest: 1, config: 1, 'not-created': 1 });
  });

  test('names what could not be understood, at most 100, and says how many it left out', () => {
    const keys = Array.from({ length: 250 }, () => 'a%zz');
    const given = answerAll(readInvocation(s3Event(...keys)), REJECTED) as InvocationReport;
    expect(given.failures.length).toBe(100);
    expect(given.failuresLeftOut).toBe(151);
    expect(given.failures.slice(0, 2)).toEqual([
      { disposition: 'rejected', message: 'corrupt' },
      { disposition: 'rejected', message: expect.stringContaining('badly URL-encoded') },
    ]);
  });

  test.each([
    ['Step Functions', 'step-functions', 256 * 1024],
    ['Lambda, by hand', 'key', 6_000_000],
    ['Lambda, asynchronous', 's3', 6_000_000],
  ])('never takes more than %s can, and says how many reports it left out', (_, name, maxBytes) => {
    const invocation = readInvocation(fixture(name));
    const reports = collectReports(maxBytes);
    const reportOf = (index: number) => ({ records: index, file: 'ü"\n'.repeat(200) }) as FileReport;
    for (let index = 0; index < 20_000; index++) reports.add(reportOf(index));
    const remaining = name === 's3' ? [] : [file(LOG)];
    const disposition = name === 's3' ? 'rejected' : 'retry';
    const result = { ...NOTHING, disposition, summary: '\u0001'.repeat(5000), remaining } as const;
    const given = answerAll(invocation, result, reports) as InvocationReport;
    expect(bytesOf(given)).toBeLessThanOrEqual(maxBytes);
    expect(bytesOf(given)).toBeGreaterThan(maxBytes * 0.9);
    expect(given.reports.length + given.reportsLeftOut).toBe(20_000);
    expect(given.reports[0]).toEqual(reportOf(0));
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
    fc.constant<Task>({ kind: 'own-message', message: { autoTagger: { kind: 'file', n: 1 } } }),
  );
}
