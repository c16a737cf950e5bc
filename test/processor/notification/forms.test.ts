/** Every form of notification, alone and nested, becomes the tasks that it asks for; the documentation shows the rows. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FORMS } from '../../../processor/notification/forms.ts';
import { formsTable } from '../../../processor/notification/forms-table.ts';
import { readInvocation } from '../../../processor/notification/read-invocation.ts';
import type { SkipReason, Task } from '../../../processor/notification/task.ts';
import {
  BUCKET,
  EVENT_QUEUE,
  file,
  fixture,
  inLambdaDestination,
  inQueue,
  inSnsForLambda,
  inSnsForSqs,
  inSqs,
  LOG,
  LOG_OF_MEMBER,
  OWN_QUEUE,
  QUEUES,
  tasksById,
} from './fixtures.ts';

const LOG_OF_ORGANIZATION = LOG_OF_MEMBER.replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/');

const MESSAGE = (number: number) => `0000000${number}-5a1b-4c2d-8e3f-0123456789ab`;

function skip(reason: SkipReason) {
  return expect.objectContaining({ kind: 'skipped', reason });
}

type Expected = readonly (Task | ReturnType<typeof skip>)[];

const WHOLE = undefined;

/** What each fixture must become: who is answered, and the tasks by what they are answered for. */
const CASES: Readonly<Record<string, readonly [caller: string, ...items: [string | undefined, Expected][]]>> =
  {
    s3: [
      's3',
      [
        WHOLE,
        [
          file(`team a/${LOG}`, { versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko', size: 1551 }),
          file(LOG_OF_MEMBER, { size: 1551 }),
          skip('digest'),
          skip('config'),
          skip('not-created'),
        ],
      ],
    ],
    's3-test': ['manual', [WHOLE, [skip('test-message')]]],
    records: ['s3', [WHOLE, [file(LOG, { size: 1551 }), file(LOG_OF_MEMBER, { size: 1551 })]]],
    list: [
      'sqs',
      [MESSAGE(1), [file(LOG, { size: 1551 })]],
      [MESSAGE(2), [file(LOG_OF_MEMBER, { size: 1551 })]],
    ],
    sqs: [
      'sqs',
      [MESSAGE(1), [file(LOG, { size: 1551 }), file(LOG_OF_MEMBER, { size: 1551 })]],
      [MESSAGE(2), [skip('test-message')]],
      [
        MESSAGE(3),
        [{ kind: 'unreadable', message: 'expected JSON, got the text "this is no notification"' }],
      ],
    ],
    sns: ['sns', [WHOLE, [file(LOG, { size: 1551 })]]],
    'sns-in-sqs': ['sqs', [MESSAGE(1), [file(LOG, { size: 1551 })]]],
    'sns-subscription': ['sqs', [MESSAGE(1), [skip('subscription')]]],
    'lambda-destination': ['lambda', [WHOLE, [file(LOG, { size: 1551 })]]],
    'eventbridge-object-created': [
      'eventbridge',
      [
        WHOLE,
        [
          file(`team%20a/${LOG}`, {
            versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
            size: 1551,
            otherKey: `team a/${LOG}`,
          }),
        ],
      ],
    ],
    'eventbridge-object-other': ['eventbridge', [WHOLE, [skip('not-created')]]],
    'eventbridge-cloudtrail': [
      'eventbridge',
      [
        WHOLE,
        [
          {
            kind: 'record',
            record: expect.objectContaining({ eventName: 'CreateVolume' }) as never,
            envelopeAccount: '111122223333',
          },
        ],
      ],
    ],
    cloudtrail: ['sns', [WHOLE, [file(LOG), file(LOG_OF_ORGANIZATION), skip('digest')]]],
    'cloudtrail-test': ['sns', [WHOLE, [skip('test-message')]]],
    'batch-1.0': [
      'batch',
      ['dGFza2lkZ29lc2hlcmUK', [file(`team a/${LOG}`)]],
      ['dGFza2lkdHdvCg', [file(LOG_OF_MEMBER, { versionId: '1QW9g1Z99LUNbvaaYVpW9xDlOLU.qxgF' })]],
    ],
    'batch-2.0': ['batch', ['dGFza2lkZ29lc2hlcmUK', [file(`team+a/${LOG}`)]]],
    'step-functions-batch': [
      'step-functions',
      [WHOLE, [skip('folder'), file(`team+a/${LOG}`, { size: 1551 }), skip('digest'), skip('empty')]],
    ],
    'step-functions-inventory': [
      'step-functions',
      [
        WHOLE,
        [
          file(`team%20a/${LOG}`, { size: 1551, otherKey: `team a/${LOG}` }),
          file(LOG_OF_MEMBER, { size: 3727 }),
        ],
      ],
    ],
    'step-functions-manifest': ['step-functions', [WHOLE, [file(`team+a/${LOG}`), skip('digest')]]],
    'step-functions': ['step-functions', [WHOLE, [file(LOG, { size: 1551 })]]],
    key: ['manual', [WHOLE, [file('AWSLogs/111122223333/CloudTrail/joined 100%+.json.gz')]]],
    keys: ['manual', [WHOLE, [file(LOG), file(LOG_OF_ORGANIZATION), skip('other')]]],
    prefix: [
      'manual',
      [
        WHOLE,
        [
          {
            kind: 'prefix',
            bucket: BUCKET,
            prefix: 'AWSLogs/111122223333/CloudTrail/',
            from: '2026-03-01T00:00:00.000Z',
            to: '2026-03-18T00:00:00.000Z',
          },
        ],
      ],
    ],
    resource: [
      'manual',
      [
        WHOLE,
        [
          {
            kind: 'resource',
            arn: 'arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0',
            user: 'alice',
          },
        ],
      ],
    ],
    'own-message': [
      'sqs',
      [MESSAGE(1), [{ kind: 'own-message', message: { autoTagger: { kind: 'resource', attempt: 2 } } }]],
    ],
  };

describe('as AWS sends it', () => {
  test.each(Object.entries(CASES))('%s becomes its tasks', (name, [caller, ...items]) => {
    const invocation = readInvocation(fixture(name), 'auto', QUEUES);
    expect(invocation.caller).toBe(caller);
    expect(tasksById(invocation.items)).toEqual(items.map(([id, tasks]) => ({ id, tasks })));
  });

  test('every form has a fixture of its name, and every fixture a form', () => {
    const names = FORMS.map((form) => form.name).sort();
    const files = readdirSync(new URL('../../../fixtures/notifications/', import.meta.url));
    expect(files.map((name) => name.replace('.json', '')).sort()).toEqual(names);
    expect(Object.keys(CASES).sort()).toEqual(names);
  });

  test('every form is recognised by its own row in its fixture', () => {
    for (const form of FORMS) {
      const found = JSON.stringify(fixture(form.name));
      const keys =
        form.pattern instanceof RegExp || form.pattern === 'an array' ? [] : Object.keys(form.pattern);
      // Inside a message the quotes are escaped.
      for (const key of keys) expect(found).toMatch(new RegExp(`"${key}\\\\*":`));
    }
  });

  test('Batch Operations are answered by the ids that they gave', () => {
    expect(readInvocation(fixture('batch-2.0')).batch).toEqual({
      invocationSchemaVersion: '2.0',
      invocationId: 'ZXhhbXBsZWludm9jYXRpb25pZAo',
    });
  });
});

describe('the run of a backfill', () => {
  const RUN = '2026-11-26T143012Z-ab12cd';
  const ofBatch = { ...(fixture('batch-2.0') as object), job: { id: 'j', userArguments: { run: RUN } } };
  const ofMap = fixture('step-functions-manifest');

  test.each([
    ['user arguments of Batch Operations', ofBatch],
    ['the input of a batch of a map', ofMap],
  ])('is named by %s', (_, event) => {
    expect(readInvocation(event).run).toBe(RUN);
  });

  test.each([
    ['an event that names none', fixture('batch-2.0')],
    ['schema 1.0, which cannot carry one', { ...ofBatch, invocationSchemaVersion: '1.0' }],
  ])('is absent of %s', (_, event) => {
    expect(readInvocation(event)).not.toHaveProperty('run');
  });

  test.each([7, null, {}, ['2026-11-26T143012Z-ab12cd']])(
    'that is %j is shown, and will be refused',
    (run) => {
      expect(readInvocation({ BatchInput: { run }, Items: [] }).run).not.toBe(RUN);
    },
  );

  test('is not believed of what lies in a message', () => {
    const { items, run } = readInvocation(inSqs(ofMap));
    expect(run).toBeUndefined();
    expect(items[0]?.tasks).toEqual([
      { kind: 'unreadable', message: 'the run of a backfill is believed only of the whole event' },
    ]);
  });
});

describe('envelopes', () => {
  const bare = ['s3', 'eventbridge-object-created', 'step-functions-batch', 'keys', 'prefix'];
  const envelopes = {
    'SNS to Lambda': inSnsForLambda,
    SQS: inSqs,
    'SNS to SQS': (event: unknown) => inSqs(inSnsForSqs(event)),
    'a failed invocation to SQS': (event: unknown) => inSqs(inLambdaDestination(event)),
    'a failed SNS invocation to SNS to SQS': (event: unknown) =>
      inSqs(inSnsForSqs(inLambdaDestination(inSnsForLambda(event)))),
    'JSON text': (event: unknown) => JSON.stringify(event),
  };
  const cases = bare.flatMap((name) => Object.entries(envelopes).map(([way, wrap]) => ({ name, way, wrap })));
  test.each(cases)('$name is the same work through $way', ({ name, wrap }) => {
    const tasks = readInvocation(fixture(name)).items.flatMap((item) => item.tasks);
    const wrapped = readInvocation(wrap(fixture(name)));
    expect(wrapped.items.flatMap((item) => item.tasks)).toEqual(tasks);
  });

  test("CloudTrail's own message is the same work with raw delivery and without", () => {
    const message = { s3Bucket: BUCKET, s3ObjectKey: [LOG, `a+b/${LOG}`] };
    for (const body of [message, inSnsForSqs(message)]) {
      expect(tasksById(readInvocation(inSqs(body)).items)).toEqual([
        { id: 'message-0', tasks: [file(LOG), file(`a+b/${LOG}`)] },
      ]);
    }
  });

  test('an SQS message is answered for as a whole, whatever is in it', () => {
    const { items } = readInvocation(
      inSqs(inSqs({ bucket: BUCKET, key: LOG }, { bucket: BUCKET, key: LOG })),
    );
    expect(tasksById(items)).toEqual([{ id: 'message-0', tasks: [file(LOG), file(LOG)] }]);
  });

  test('a resource can be named only by who may invoke the function, not by who may send a message', () => {
    const resource = fixture('resource');
    expect(readInvocation([resource]).items[0]?.tasks[0]?.kind).toBe('resource');
    for (const event of [inSqs(resource), inSnsForLambda(resource), { Items: [resource] }]) {
      expect(readInvocation(event).items[0]?.tasks[0]?.kind).toBe('unreadable');
    }
  });

  describe('what is believed only of some', () => {
    const own = { autoTagger: { kind: 'file' } };
    const call = fixture('eventbridge-cloudtrail');
    const kindOf = (event: unknown) => readInvocation(event, 'auto', QUEUES).items[0]?.tasks[0]?.kind;

    test.each([
      ['a message of ours', 'by hand', 'own-message', own],
      ['a message of ours', 'in a list by hand', 'own-message', [own]],
      ['a message of ours', 'in a queue of ours', 'own-message', inQueue(OWN_QUEUE, own)],
      ['a message of ours', 'in the queue of events', 'unreadable', inQueue(EVENT_QUEUE, own)],
      ['a message of ours', 'in another queue', 'unreadable', inQueue(`${OWN_QUEUE}-2`, own)],
      ['a message of ours', 'in a queue that nobody names', 'unreadable', inSqs(own)],
      ['a message of ours', 'through SNS', 'unreadable', inSnsForLambda(own)],
      [
        'a message of ours',
        'through SNS in a queue of ours',
        'unreadable',
        inQueue(OWN_QUEUE, inSnsForSqs(own)),
      ],
      ['a message of ours', 'in a failed invocation', 'unreadable', inLambdaDestination(own)],
      [
        'a message of ours',
        'in a message that claims to be from a queue of ours',
        'unreadable',
        inSqs(inQueue(OWN_QUEUE, own)),
      ],
      ['a CloudTrail event', 'from EventBridge', 'record', call],
      ['a CloudTrail event', 'in a queue of events', 'record', inQueue(EVENT_QUEUE, call)],
      ['a CloudTrail event', 'in a queue of ours', 'unreadable', inQueue(OWN_QUEUE, call)],
      ['a CloudTrail event', 'in any other queue', 'unreadable', inSqs(call)],
      ['a CloudTrail event', 'through SNS', 'unreadable', inSnsForLambda(call)],
      ['a CloudTrail event', 'in a failed invocation', 'unreadable', inLambdaDestination(call)],
      ['a CloudTrail event', 'in a step of Step Functions', 'unreadable', { Items: [call] }],
      [
        'a CloudTrail event',
        'whose source is not of AWS',
        'unreadable',
        {
          Records: [
            { ...(call as object), source: 'my.app' },
            { bucket: BUCKET, key: LOG },
          ],
        },
      ],
    ])('%s %s is taken for: %s', (_, __, kind, event) => {
      expect(kindOf(event)).toBe(kind);
    });

    test('is refused with a word on who may send it', () => {
      const [item] = readInvocation(inSqs(own)).items;
      expect(item?.tasks).toEqual([
        {
          kind: 'unreadable',
          message:
            'own-message is believed only from whoever invokes the function, and the queues of RETRY_QUEUE_URL and FAILURE_QUEUE_URL',
        },
      ]);
    });
  });

  test('a message is kept with all that the answer cannot say', () => {
    const [record] = inQueue(OWN_QUEUE, { bucket: BUCKET, key: LOG }).Records;
    const received = { ...record, receiptHandle: 'handle', attributes: { ApproximateReceiveCount: '7' } };
    const [item] = readInvocation({ Records: [received] }).items;
    expect(item?.message).toEqual({
      body: record?.body,
      receiptHandle: 'handle',
      receiveCount: 7,
      queueArn: OWN_QUEUE,
    });
  });

  test('Batch Operations cannot be inside anything, because the answer is theirs', () => {
    const [item] = readInvocation(inSqs(fixture('batch-1.0'))).items;
    expect(item?.tasks).toEqual([expect.objectContaining({ kind: 'unreadable' })]);
  });

  test('an item may spell its bucket in small letters, and its own counts before that of the batch', () => {
    const event = { BatchInput: { bucket: 'another-bucket' }, Items: [{ bucket: BUCKET, Key: LOG }] };
    expect(tasksById(readInvocation(event).items)).toEqual([{ id: undefined, tasks: [file(LOG)] }]);
  });

  test('items may be lists or text, and take the bucket of the batch input', () => {
    const event = { BatchInput: { Bucket: BUCKET }, Items: [[{ Key: LOG }], JSON.stringify({ Key: LOG })] };
    expect(tasksById(readInvocation(event).items)).toEqual([
      { id: undefined, tasks: [file(LOG), file(LOG)] },
    ]);
  });
});

test('the table in the documentation is the table that the code goes by', () => {
  // To update it: node processor/notification/forms-table.ts
  const docs = readFileSync(new URL('../../../docs/notifications.md', import.meta.url), 'utf8');
  expect(docs).toContain(`<!-- forms -->\n\n${formsTable()}\n\n<!-- /forms -->`);
});
