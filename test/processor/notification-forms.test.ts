import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FORMS } from '../../processor/notification/forms.ts';
import { formsTable } from '../../processor/notification/forms-table.ts';
import { readInvocation } from '../../processor/notification/read-invocation.ts';
import type { SkipReason, Task } from '../../processor/notification/task.ts';
import {
  BUCKET,
  file,
  fixture,
  inLambdaDestination,
  inSnsForLambda,
  inSnsForSqs,
  inSqs,
  LOG,
  LOG_OF_MEMBER,
} from './notification-fixtures.ts';

const LOG_OF_ORGANIZATION = LOG_OF_MEMBER.replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/');

const MESSAGE = (number: number) => `0000000${number}-5a1b-4c2d-8e3f-0123456789ab`;

function skip(reason: SkipReason) {
  return expect.objectContaining({ kind: 'skipped', reason });
}

type Expected = readonly (Task | ReturnType<typeof skip>)[];

const WHOLE = undefined;

/** What each fixture must become: who is answered, and the tasks by what they are answered for. */
const CASES: Readonly<Record<string, readonly [caller: string, ...units: [string | undefined, Expected][]]>> =
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
    'step-functions': ['step-functions', [WHOLE, [file(LOG, { size: 1551 })]]],
    key: ['manual', [WHOLE, [file('backfill/joined 100%+.json.gz')]]],
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
      [MESSAGE(1), [{ kind: 'retry', message: { autoTagger: { kind: 'resource', attempt: 2 } } }]],
    ],
  };

describe('as AWS sends it', () => {
  test.each(Object.entries(CASES))('%s becomes its tasks', (name, [caller, ...units]) => {
    const invocation = readInvocation(fixture(name));
    expect(invocation.caller).toBe(caller);
    expect(invocation.units).toEqual(units.map(([id, tasks]) => ({ id, tasks })));
  });

  test('every form has a fixture of its name, and every fixture a form', () => {
    const names = FORMS.map((form) => form.name).sort();
    const files = readdirSync(new URL('../../fixtures/notifications/', import.meta.url));
    expect(files.map((name) => name.replace('.json', '')).sort()).toEqual(names);
    expect(Object.keys(CASES).sort()).toEqual(names);
  });

  test('every form is recognised by its own row in its fixture', () => {
    for (const form of FORMS) {
      const found = JSON.stringify(fixture(form.name));
      const told = form.told instanceof RegExp || form.told === 'an array' ? [] : Object.keys(form.told);
      // Inside a message the quotes are escaped.
      for (const key of told) expect(found).toMatch(new RegExp(`"${key}\\\\*":`));
    }
  });

  test('Batch Operations are answered by the ids that they gave', () => {
    expect(readInvocation(fixture('batch-2.0')).batch).toEqual({
      invocationSchemaVersion: '2.0',
      invocationId: 'ZXhhbXBsZWludm9jYXRpb25pZAo',
    });
  });
});

describe('envelopes', () => {
  const bare = [
    's3',
    'eventbridge-object-created',
    'eventbridge-cloudtrail',
    'step-functions-batch',
    'keys',
    'prefix',
  ];
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
    const tasks = readInvocation(fixture(name)).units.flatMap((unit) => unit.tasks);
    const wrapped = readInvocation(wrap(fixture(name)));
    expect(wrapped.units.flatMap((unit) => unit.tasks)).toEqual(tasks);
  });

  test("CloudTrail's own message is the same work with raw delivery and without", () => {
    const message = { s3Bucket: BUCKET, s3ObjectKey: [LOG, `a+b/${LOG}`] };
    for (const body of [message, inSnsForSqs(message)]) {
      expect(readInvocation(inSqs(body)).units).toEqual([
        { id: 'message-0', tasks: [file(LOG), file(`a+b/${LOG}`)] },
      ]);
    }
  });

  test('an SQS message is answered for as a whole, whatever is in it', () => {
    const { units } = readInvocation(
      inSqs(inSqs({ bucket: BUCKET, key: LOG }, { bucket: BUCKET, key: LOG })),
    );
    expect(units).toEqual([{ id: 'message-0', tasks: [file(LOG), file(LOG)] }]);
  });

  test('a resource can be named only by who may invoke the function, not by who may send a message', () => {
    const resource = fixture('resource');
    expect(readInvocation([resource]).units[0]?.tasks[0]?.kind).toBe('resource');
    for (const event of [inSqs(resource), inSnsForLambda(resource), { Items: [resource] }]) {
      expect(readInvocation(event).units[0]?.tasks[0]?.kind).toBe('unreadable');
    }
  });

  test('Batch Operations cannot be inside anything, because the answer is theirs', () => {
    const [unit] = readInvocation(inSqs(fixture('batch-1.0'))).units;
    expect(unit?.tasks).toEqual([expect.objectContaining({ kind: 'unreadable' })]);
  });

  test('an item may spell its bucket in small letters, and its own counts before that of the batch', () => {
    const event = { BatchInput: { bucket: 'another-bucket' }, Items: [{ bucket: BUCKET, Key: LOG }] };
    expect(readInvocation(event).units).toEqual([{ id: undefined, tasks: [file(LOG)] }]);
  });

  test('items may be lists or text, and take the bucket of the batch input', () => {
    const event = { BatchInput: { Bucket: BUCKET }, Items: [[{ Key: LOG }], JSON.stringify({ Key: LOG })] };
    expect(readInvocation(event).units).toEqual([{ id: undefined, tasks: [file(LOG), file(LOG)] }]);
  });
});

test('the table in the documentation is the table that the code goes by', () => {
  // To update it: node processor/notification/forms-table.ts
  const docs = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
  expect(docs).toContain(`<!-- forms -->\n\n${formsTable()}\n\n<!-- /forms -->`);
});
