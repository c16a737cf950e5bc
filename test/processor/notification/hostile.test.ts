/** Whatever an event holds, reading it ends: in tasks, in parts that say why they are unreadable, or in one error. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FORMS } from '../../../processor/notification/forms.ts';
import { type Invocation, InvocationError } from '../../../processor/notification/invocation.ts';
import { readKey } from '../../../processor/notification/object-key.ts';
import { readInvocation } from '../../../processor/notification/read-invocation.ts';
import type { Task } from '../../../processor/notification/task.ts';
import { startCpuClock } from '../../helpers/cpu-clock.ts';
import { runs } from '../../helpers/runs.ts';
import { BUCKET, file, fixture, inSnsForSqs, inSqs, LOG, s3Event, tasksById } from './fixtures.ts';

function tasksOf(event: unknown): readonly Task[] {
  return readInvocation(event).items.flatMap((item) => item.tasks);
}

function unreadable(message: string | RegExp) {
  return { kind: 'unreadable', message: expect.stringMatching(message) };
}

function wrapped(times: number, wrap: (inner: unknown) => unknown, inner: unknown): unknown {
  let event = inner;
  for (let time = 0; time < times; time++) event = wrap(event);
  return event;
}

describe('an event that nobody knows', () => {
  test.each([
    ['a console test', { key1: 'value1', key2: 'value2' }, 'an object with "key1", "key2"'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 7, '7'],
    ['an empty object', {}, 'an empty object'],
    ['an empty list', [], 'an array of 0'],
    ['text', 'hello', 'the text "hello"'],
    ['records of nobody', { Records: [{ kinesis: {} }] }, 'an object with "kinesis"'],
    ['no records', { Records: [] }, 'Records is empty'],
    ['a log file itself', { Records: [{ eventSource: 'ec2.amazonaws.com' }] }, '"eventSource"'],
    ['a schedule', { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }, '"detail-type"'],
    ['a schema of tomorrow', { invocationSchemaVersion: '3.0', tasks: [] }, '"invocationSchemaVersion"'],
    ['only inherited properties', JSON.parse('{"__proto__": {"bucket": "b", "key": "k"}}'), '"__proto__"'],
  ])('is one error that names what was seen: %s', (_, event, seen) => {
    expect(() => readInvocation(event)).toThrow(InvocationError);
    expect(() => readInvocation(event)).toThrow(seen);
    expect(() => readInvocation(event)).toThrow(expect.objectContaining({ code: 'UnknownEvent' }));
  });

  test('says in few words what it is, however large', () => {
    const event = Object.fromEntries(
      Array.from({ length: 200_000 }, (_, index) => [`${index}`.repeat(30), 0]),
    );
    expect(() => readInvocation(event)).toThrow(/and 199990 more/);
    const message = messageOf(() => readInvocation(event));
    expect(message.length).toBeLessThan(4000);
  });
});

describe('envelopes nested 1,000 deep', () => {
  const object = { bucket: BUCKET, key: LOG };
  test.each([
    ['SNS in SNS', wrapped(1000, (Message) => ({ Records: [{ Sns: { Message } }] }), object)],
    ['SNS bodies', wrapped(1000, (Message) => ({ Type: 'Notification', Message }), object)],
    ['items', wrapped(1000, (item) => ({ Items: [item] }), object)],
    ['destinations', wrapped(1000, (requestPayload) => ({ requestContext: {}, requestPayload }), object)],
    ['lists in an SQS body', inSqs('['.repeat(100_000) + ']'.repeat(100_000))],
  ])('are one clear error: %s', (_, event) => {
    expect(tasksOf(event)).toEqual([unreadable(/^more than 16 envelopes/)]);
  });

  test('that are mere lists are an error of the event', () => {
    expect(() => readInvocation(wrapped(1000, (inner) => [inner], object))).toThrow(/more than 16 envelopes/);
    expect(() => readInvocation(wrapped(1000, (inner) => ({ Records: [inner] }), object))).toThrow(
      InvocationError,
    );
  });

  test('take nothing from the messages beside them', () => {
    const deep = wrapped(20, (inner) => [inner], object);
    expect(tasksById(readInvocation(inSqs(deep, object)).items)).toEqual([
      { id: 'message-0', tasks: [unreadable('envelopes')] },
      { id: 'message-1', tasks: [file(LOG)] },
    ]);
  });
});

describe('one bad part does not sink the others', () => {
  test.each([
    ['a key that is badly encoded', 'a%zz', /badly URL-encoded/],
    ['half a character', '%ff', /badly URL-encoded/],
    ['half a surrogate pair', '\ud800', /cannot be the key|badly/],
    ['a key of 1,025 bytes', `${'ü'.repeat(511)}.gz`, /cannot be the key/],
    ['no key', undefined, /expected the key of an object in example-trail-logs, got undefined/],
    ['an empty key', '', /cannot be the key/],
    ['a key that is an object', { toString: 1 }, /got an object with "toString"/],
  ])('%s', (_, key, message) => {
    expect(tasksOf(s3Event(key as string, LOG))).toEqual([unreadable(message), file(LOG)]);
  });

  test.each([
    'a',
    'two..dots',
    '10.0.0.1',
    'evil.example/x',
    'user@evil.example',
    'arn:aws:s3:us-east-1:111122223333:accesspoint/x',
    'a b',
    '$(id)',
    '<b>',
    '-x-',
    `${'x'.repeat(300)}`,
    '../other',
    '__proto__/x',
    'b\n',
    7,
    null,
    ['b', 'c'],
    { name: 'b' },
  ])('the bucket %j is no bucket', (bucket) => {
    expect(tasksOf(inSqs({ s3Bucket: bucket, s3ObjectKey: [LOG] }))).toEqual([
      unreadable(/name of a bucket/),
    ]);
    expect(tasksOf({ Bucket: bucket, Key: LOG })[0]?.kind).toBe('unreadable');
    expect(tasksOf({ bucket, prefix: '' })[0]?.kind).toBe('unreadable');
  });

  test.each(['logs', 'my.logs-1', 'MyCompany_CloudTrail', 'logs--use1-az4--x-s3'])(
    'the bucket %s is one',
    (bucket) => {
      expect(tasksOf({ bucket, key: LOG })).toEqual([{ kind: 'file', file: { bucket, key: LOG } }]);
    },
  );

  test('a key of 1,024 bytes is one', () => {
    const key = `x${'ü'.repeat(510)}.gz`;
    expect(tasksOf({ bucket: BUCKET, key })).toEqual([file(key)]);
  });

  test('a bad SQS body is a bad message, and only that', () => {
    const bad = ['', '{', 'null', '{"a":1}', '"text"', '[]', '{"Records":{}}'];
    const { items } = readInvocation(inSqs(...bad, s3Event(LOG)));
    expect(items.map((item) => item.tasks.map((task) => task.kind))).toEqual([
      ...bad.map((body) => (body === '[]' ? [] : ['unreadable'])),
      ['file'],
    ]);
  });

  test('a major version that is not known is not guessed at', () => {
    const event = JSON.parse(JSON.stringify(s3Event(LOG)).replace('2.6', '3.0'));
    expect(tasksOf(event)).toEqual([unreadable(/s3: .*eventVersion/)]);
  });

  test('an event that only pretends to come from AWS is none', () => {
    for (const name of ['eventbridge-object-created', 'eventbridge-cloudtrail']) {
      const event = { ...(fixture(name) as object), source: 'evil.app' };
      expect(() => readInvocation(event)).toThrow(InvocationError);
      expect(tasksOf(inSqs(event))).toEqual([unreadable('detail-type')]);
    }
  });

  test('an SQS record without an id cannot be answered for by itself', () => {
    const event = { Records: [{ eventSource: 'aws:sqs', messageId: null, body: '{}' }] };
    expect(readInvocation(event).items).toEqual([{ id: undefined, tasks: [unreadable(/messageId/)] }]);
  });

  test('wrong ids of Batch Operations are an error of the event as a whole', () => {
    const event = { ...(fixture('batch-1.0') as object), tasks: [{ taskId: 7 }] };
    expect(readInvocation(event).items).toEqual([{ id: undefined, tasks: [unreadable(/taskId/)] }]);
  });
});

describe('by hand', () => {
  test.each([
    ['a misspelt bound', { bucket: BUCKET, prefix: 'a', form: '2026-01-01' }, /"form"/],
    ['a time without a zone', { bucket: BUCKET, prefix: 'a', from: '2026-01-01T00:00:00' }, /zone at from/],
    ['a day that does not exist', { bucket: BUCKET, prefix: 'a', to: '2026-02-30' }, /at to/],
    [
      'bounds the wrong way round',
      { bucket: BUCKET, prefix: 'a', from: '2026-02-02', to: '2026-01-01' },
      /between/,
    ],
    [
      'bounds with nothing between',
      { bucket: BUCKET, prefix: 'a', from: '2026-02-02', to: '2026-02-02T00:00:00Z' },
      /between/,
    ],
    ['two wishes at once', { bucket: BUCKET, key: LOG, prefix: 'a' }, /prefix/],
    [
      'tags of its own',
      { resourceId: 'arn:aws:sqs:us-east-1:111122223333:q', user: 'a', tags: {} },
      /"tags"/,
    ],
    ['no ARN', { resourceId: 'i-0123456789abcdef0', user: 'alice' }, /expected an ARN/],
    ['an ARN of nowhere', { resourceId: 'arn:evil:ec2:us-east-1:1:x', user: 'alice' }, /expected an ARN/],
    ['nobody', { resourceId: 'arn:aws:sqs:us-east-1:111122223333:q', user: ' ' }, /at user/],
    ['our marker without a kind', { autoTagger: { tags: { CreatedBy: 'mallory' } } }, /autoTagger.kind/],
  ])('%s is a clear error', (_, event, message) => {
    expect(tasksOf(event)).toEqual([unreadable(message)]);
  });

  test('a day as `to` is inside, a time is the end', () => {
    const between = (from: string, to: string) => tasksOf({ bucket: BUCKET, prefix: '', from, to })[0];
    expect(between('2026-03-17', '2026-03-17')).toMatchObject({
      from: '2026-03-17T00:00:00.000Z',
      to: '2026-03-18T00:00:00.000Z',
    });
    expect(between('2026-03-17T00:00:00+02:00', '2026-03-17T00:00:00Z')).toMatchObject({
      from: '2026-03-16T22:00:00.000Z',
      to: '2026-03-17T00:00:00.000Z',
    });
  });

  test('keys are taken literally', () => {
    expect(tasksOf({ bucket: BUCKET, keys: ['a+b%20c.gz', 'a%zz.gz'] })).toEqual([
      file('a+b%20c.gz'),
      file('a%zz.gz'),
    ]);
  });
});

describe('size', () => {
  test('a million keys are a million tasks, in seconds', () => {
    const keys = Array.from({ length: 1_000_000 }, (_, index) => `${index}.json.gz`);
    const cpuMs = startCpuClock();
    expect(tasksOf({ bucket: BUCKET, keys }).length).toBe(1_000_000);
    expect(cpuMs()).toBeLessThan(60_000);
  }, 120_000);

  test('a hundred thousand of them come through envelopes, and as items', () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `${index}.json.gz`);
    expect(tasksOf(inSqs(inSnsForSqs({ s3Bucket: BUCKET, s3ObjectKey: keys }))).length).toBe(100_000);
    const items = { BatchInput: { bucket: BUCKET }, Items: keys.map((Key) => ({ Key })) };
    expect(tasksOf(items).length).toBe(100_000);
  });

  test('a million elements of the wrong type are counted one by one', () => {
    const keys = Array.from({ length: 1_000_000 }, (_, index) => index);
    expect(tasksOf({ bucket: BUCKET, keys }).every((task) => task.kind === 'unreadable')).toBe(true);
  });
});

test('a text with a length that is no number is unreadable', () => {
  const event = { resourceId: { length: { toString: 'aws:sqs' } }, user: 'alice' };
  expect(readInvocation(event).items).toMatchObject([{ tasks: [unreadable(/^resource: invalid, in/)] }]);
});

describe('laws', () => {
  test('whatever the event, there is an invocation or the one error, and the event is as before', () => {
    fc.assert(
      fc.property(anyEvent(), (event) => {
        const before = JSON.stringify(event);
        const invocation = attempt(freezeAll(event));
        expect(JSON.stringify(event)).toBe(before);
        const ids = invocation?.items.map((item) => item.id) ?? [];
        expect(new Set(ids).size).toBe(ids.length);
      }),
      runs(3000),
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('every file to be read has a bucket and a key that can be asked for', () => {
    fc.assert(
      fc.property(anyEvent(), (event) => {
        for (const task of attempt(event)?.items.flatMap((item) => item.tasks) ?? []) {
          if (task.kind !== 'file') continue;
          expect(task.file.bucket).toMatch(/^[A-Za-z0-9._-]{3,255}$/);
          expect(encodeURIComponent(task.file.key)).not.toBe('');
        }
      }),
      runs(1000),
    );
  });

  test('a key that S3 encoded is decoded to what it was', () => {
    const encode = (key: string) => encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        expect(readKey(encode(key), 'URL-encoded')).toEqual({ key });
        expect(readKey(key, 'raw')).toEqual({ key });
        expect(readKey(key, 'raw, then decoded')?.key).toBe(key);
      }),
      runs(100),
    );
  });
});

function attempt(event: unknown): Invocation | undefined {
  try {
    return readInvocation(event);
  } catch (error) {
    if (error instanceof InvocationError) return undefined;
    throw error;
  }
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

function freezeAll<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freezeAll(inner);
  }
  return value;
}

/** Any JSON, and JSON that nearly looks like a notification: our rows' own keys with values that may or may not fit. */
function anyEvent(): fc.Arbitrary<unknown> {
  const keys = FORMS.flatMap((form) =>
    form.pattern instanceof RegExp || form.pattern === 'an array' ? [] : Object.keys(form.pattern),
  );
  const inside = [
    'bucket',
    'object',
    'name',
    'eventName',
    'account',
    'from',
    'to',
    'taskId',
    's3Bucket',
    's3Key',
  ];
  const hostile = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'polluted'];
  const key = fc.constantFrom(
    ...new Set([...keys, ...inside, ...hostile, 'invocationId', 'BatchInput', 'Size']),
  );
  const values = [
    'aws:sqs',
    'aws.s3',
    'Object Created',
    'Notification',
    '1.0',
    's3:TestEvent',
    'ObjectCreated:Put',
  ];
  const text = fc.oneof(
    fc.constantFrom(
      ...values,
      BUCKET,
      LOG,
      '{"bucket":"abc","key":"k.gz"}',
      '2026-01-01',
      '111122223333',
      'a%zz',
      '[[]]',
    ),
    fc.string(),
    fc.string({ unit: 'binary' }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      text,
      fc.constantFrom(null, true, 0, -1, 1e300),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map(
        // Through text, so that __proto__ is a property and not a prototype.
        (entries) =>
          JSON.parse(
            `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${JSON.stringify(inner)}`).join(',')}}`,
          ),
      ),
      tie('value').map((inner) => JSON.stringify(inner)),
    ),
  }));
  const mutated = fc
    .tuple(fc.constantFrom(...FORMS.map((form) => form.name)), value, fc.nat())
    .map(([name, replacement, place]) => mutate(fixture(name), replacement, place));
  return fc.oneof(value, fc.jsonValue({ maxDepth: 5 }), mutated);
}

/** The fixture with one of its values replaced. */
function mutate(event: unknown, replacement: unknown, place: number): unknown {
  const values: unknown[] = [];
  JSON.stringify(event, (_, value) => {
    values.push(value);
    return value;
  });
  const target = values[place % values.length];
  let isReplaced = false;
  return JSON.parse(
    JSON.stringify(event, (_, value) => {
      if (isReplaced || value !== target) return value;
      isReplaced = true;
      return replacement;
    }) ?? 'null',
  );
}
