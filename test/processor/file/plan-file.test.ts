/** One file read to its end: what is to be tagged, why the rest is not, and sums that add up. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import type { Creation } from '../../../parser/event/creation.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import {
  laterEvents,
  MAX_HELD,
  type PassedOver,
  type PlanOptions,
  planFile,
} from '../../../processor/file/plan-file.ts';
import { EXPECTED_FIXTURES, fixture, withValue } from '../../helpers/fixtures.ts';
import { logFileOf } from '../../helpers/log-files.ts';
import { sumOf } from '../../helpers/reports.ts';
import { runs } from '../../helpers/runs.ts';
import { createChangeSet, createStack } from '../../helpers/stacks.ts';

const OPTIONS: PlanOptions = {
  bounds: DEFAULT_BOUNDS,
  source: { origin: 'log', account: undefined },
  refuse: () => undefined,
};

const VOLUME = fixture('ec2-CreateVolume');
const TOPIC = fixture('sns-CreateTopic');
const OTHER = { ...VOLUME, eventName: 'DescribeVolumes', requestParameters: { note: 'CreateVolume' } };

async function plan(records: readonly unknown[], options: Partial<PlanOptions> = {}) {
  const passedOver: PassedOver[] = [];
  const result = await planFile(logFileOf(records), {
    ...OPTIONS,
    onPassedOver: (record) => passedOver.push(record),
    ...options,
  });
  expect(sumOf(result.ignored) + result.creationCount + result.malformed).toBe(result.records);
  return { ...result, passedOver };
}

const BAD: Readonly<Record<string, CloudTrailRecord>> = {
  'failed-call': { ...VOLUME, errorCode: 'AccessDenied' },
  invalid: { ...VOLUME, awsRegion: 'us-iso-east-1' },
  'no-resource': { ...VOLUME, responseElements: null },
  'no-creator': { ...VOLUME, userIdentity: {} },
};

test('a creation keeps the place of its record in the file', async () => {
  const { creations } = await plan([OTHER, null, VOLUME, OTHER, TOPIC]);
  expect(creations.map(({ index, eventID }) => [index, eventID])).toEqual([
    [2, VOLUME.eventID],
    [4, TOPIC.eventID],
  ]);
});

test('every record ends in exactly one count', async () => {
  const { records, ignored, creationCount, malformed } = await plan([
    ...[VOLUME, OTHER, null, 7, 'text', [], {}],
    ...Object.values(BAD),
    BAD['failed-call'],
    TOPIC,
  ]);
  expect({ records, ignored, creationCount, malformed }).toEqual({
    records: 13,
    ignored: { 'not-in-catalogue': 2, 'failed-call': 2, invalid: 1, 'no-resource': 1, 'no-creator': 1 },
    creationCount: 2,
    malformed: 4,
  });
});

test('reasons that did not occur are not counted as 0', async () => {
  expect((await plan([VOLUME])).ignored).toEqual({});
  expect((await plan([])).ignored).toEqual({});
});

describe('a record of a catalogued event that is passed over', () => {
  test.each<[reason: string, detail: string]>([
    ['failed-call', '"AccessDenied"'],
    ['invalid', 'awsRegion is "us-iso-east-1", expected a region of aws, aws-cn, aws-us-gov'],
    ['no-resource', 'the record holds no id or ARN of a resource'],
    ['no-creator', 'userIdentity names nobody'],
  ])('is named with its reason: %s', async (reason, detail) => {
    const { passedOver } = await plan([OTHER, BAD[reason]]);
    expect(passedOver).toEqual([
      {
        index: 1,
        eventID: VOLUME.eventID,
        eventSource: 'ec2.amazonaws.com',
        eventName: 'CreateVolume',
        reason,
        detail,
      },
    ]);
  });

  test('has an empty event id where the record has none', async () => {
    const { passedOver } = await plan([withValue(VOLUME, 'eventID', 7)]);
    expect(passedOver).toMatchObject([{ eventID: '', reason: 'invalid' }]);
  });

  test('is named neither for other events nor for creations', async () => {
    expect((await plan([OTHER, VOLUME])).passedOver).toEqual([]);
  });
});

describe('a creation that is refused', () => {
  const refuse = ({ eventSource }: Creation) =>
    eventSource === 'sns.amazonaws.com'
      ? ({ reason: 'filtered-out', detail: 'not wanted' } as const)
      : undefined;

  test('is counted under the reason of the refusal, and named', async () => {
    const { creations, ignored, passedOver } = await plan([VOLUME, TOPIC, TOPIC], { refuse });
    expect(creations).toHaveLength(1);
    expect(ignored).toEqual({ 'filtered-out': 2 });
    expect(passedOver.map(({ index, reason, detail }) => [index, reason, detail])).toEqual([
      [1, 'filtered-out', 'not wanted'],
      [2, 'filtered-out', 'not wanted'],
    ]);
  });

  test('is asked about only where the record is a creation', async () => {
    const asked: string[] = [];
    await plan([...Object.values(BAD), OTHER, VOLUME], {
      refuse: (creation) => {
        asked.push(creation.eventID);
        return undefined;
      },
    });
    expect(asked).toEqual([VOLUME.eventID]);
  });
});

describe('many creations', () => {
  const count = 2 * MAX_HELD + 17;
  const { eventID, eventTime, eventSource, eventName, awsRegion, recipientAccountId } = VOLUME;
  const small = { eventID, eventTime, eventSource, eventName, awsRegion, recipientAccountId };
  const records = Array.from({ length: count }, (_, at) => ({
    ...small,
    userIdentity: { userName: 'anna' },
    responseElements: { volumeId: `vol-${at.toString(16).padStart(8, '0')}` },
  }));
  const body = gzipSync(JSON.stringify({ Records: records }), { level: 1 });
  const planned = planFile(body, OPTIONS);

  test('are counted, and only the first are held', async () => {
    const { creations, creationCount, ...plan } = await planned;
    expect([plan.records, creationCount, creations.length]).toEqual([count, count, MAX_HELD]);
  });

  test('come in rounds: every one once, in order', async () => {
    const rounds: number[] = [];
    const indexes = (await planned).creations.map(({ index }) => index);
    for await (const { creations } of laterEvents(body, OPTIONS)) {
      rounds.push(creations.length);
      indexes.push(...creations.map(({ index }) => index));
    }
    expect(rounds).toEqual([MAX_HELD, 17]);
    expect(indexes).toEqual(Array.from({ length: count }, (_, at) => at));
  });

  test('that are refused are in no round', async () => {
    const refuse = ({ index }: Creation) =>
      index % 2 === 0 ? ({ reason: 'filtered-out', detail: 'even' } as const) : undefined;
    const held = await planFile(body, { ...OPTIONS, refuse });
    let later = 0;
    for await (const round of laterEvents(body, { ...OPTIONS, refuse })) later += round.creations.length;
    expect(held.ignored).toEqual({ 'filtered-out': MAX_HELD + 9 });
    expect(held.creations.length + later).toBe(MAX_HELD + 8);
  });
});

describe('deletions', () => {
  const deletion = {
    ...fixture('sns-CreateTopic'),
    eventName: 'DeleteTopic',
    requestParameters: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:news' },
    responseElements: null,
  };

  test('are held beside creations, whatever filters say, and counted as what creates nothing', async () => {
    const planned = await plan([VOLUME, deletion, deletion, OTHER], {
      refuse: () => ({ reason: 'filtered-out', detail: 'not wanted' }),
    });
    expect(planned.deletions.map(({ index, names }) => [index, names])).toEqual([
      [1, ['arn:aws:sns:eu-west-1:111122223333:news']],
      [2, ['arn:aws:sns:eu-west-1:111122223333:news']],
    ]);
    expect(planned.ignored).toEqual({ 'filtered-out': 1, deletion: 2, 'not-in-catalogue': 1 });
    expect(planned.passedOver.map(({ reason }) => reason)).toEqual(['filtered-out', 'deletion', 'deletion']);
  });

  test.each<[string, object, Partial<PlanOptions>]>([
    ['that say nothing to us', {}, { ignores: () => true }],
    ['of another account than their own ARN', { recipientAccountId: '444455556666' }, {}],
    ['of services that are left out', {}, { services: (service) => service !== 'sns' }],
  ])('%s are counted, and not held', async (_, change, options) => {
    const planned = await plan([{ ...deletion, ...change }], options);
    expect(planned.deletions).toEqual([]);
    expect(planned.ignored).toEqual({ deletion: 1 });
  });

  test('behind the first come in rounds, creations with them', async () => {
    const many = Array.from({ length: MAX_HELD + 5 }, () => deletion);
    const body = gzipSync(JSON.stringify({ Records: [...many, VOLUME] }), { level: 1 });
    const planned = await planFile(body, OPTIONS);
    expect([planned.deletions.length, planned.deletionCount, planned.creations.length]).toEqual([
      MAX_HELD,
      MAX_HELD + 5,
      1,
    ]);
    const rounds = await Array.fromAsync(laterEvents(body, OPTIONS));
    expect(rounds.map(({ creations, deletions }) => [creations.length, deletions.length])).toEqual([[0, 5]]);
  });
});

describe('what made a stack', () => {
  const STACK = createStack('web');
  const kept = { keepsMakers: true };

  test('is counted as such, whether it is kept or not, and creates nothing', async () => {
    const planned = await plan([STACK, VOLUME]);
    expect(planned).toMatchObject({ ignored: { 'untagged-parent': 1 }, creationCount: 1, makers: [] });
    expect(planned.passedOver).toMatchObject([
      { reason: 'untagged-parent', detail: expect.stringContaining('stack') },
    ]);
    expect(await plan([STACK], kept)).toMatchObject({ ignored: { 'untagged-parent': 1 }, creationCount: 0 });
  });

  test('is kept where persons are asked for, with the account that it is of', async () => {
    const { makers, makerCount, creationsIn } = await plan([STACK, createChangeSet('app', 'UPDATE')], kept);
    expect(makers.map(({ eventID }) => eventID)).toEqual([STACK.eventID]);
    expect([makerCount, [...creationsIn]]).toEqual([1, [[STACK.recipientAccountId, 0]]]);
    expect((await plan([STACK])).creationsIn.size).toBe(0);
  });

  test('is told among what was created outside the catalogue, as ever', async () => {
    const { outside } = await plan([STACK, createChangeSet('app', 'UPDATE')], { looksOutside: true });
    expect(outside).toEqual({ 'cloudformation CreateStack': 1, 'cloudformation CreateChangeSet': 1 });
  });

  test('is not kept where a filter leaves it out', async () => {
    const refuse = () => ({ reason: 'filtered-out', detail: 'its account is excluded' }) as const;
    const planned = await plan([STACK], { ...kept, refuse });
    expect(planned).toMatchObject({ makers: [], ignored: { 'filtered-out': 1 } });
  });

  test('of very many some are held, and the others come in a later round', async () => {
    const body = gzipSync(JSON.stringify({ Records: Array.from({ length: MAX_HELD + 5 }, () => STACK) }), {
      level: 1,
    });
    const planned = await planFile(body, { ...OPTIONS, ...kept });
    expect([planned.makers.length, planned.makerCount]).toEqual([MAX_HELD, MAX_HELD + 5]);
    const rounds = await Array.fromAsync(laterEvents(body, { ...OPTIONS, ...kept }));
    expect(rounds.map(({ creations, makers }) => [creations.length, makers.length])).toEqual([[0, 5]]);
    expect(await Array.fromAsync(laterEvents(body, OPTIONS))).toEqual([]);
  });
});

test('a file that cannot be read to its end plans nothing', async () => {
  const whole = logFileOf([VOLUME, TOPIC]);
  await expect(planFile(whole.subarray(0, -9), OPTIONS)).rejects.toMatchObject({ name: 'LogFileError' });
});

test('records that come without a file are planned like those of one', async () => {
  const records = [VOLUME, OTHER, BAD.invalid ?? {}, TOPIC];
  const { compressedBytes: _, bytes: __, ...fromFile } = await planFile(logFileOf(records), OPTIONS);
  expect(await planFile(records, OPTIONS)).toMatchObject({ ...fromFile });
});

test('whatever the mixture of records, the sums add up and every creation is planned', async () => {
  const good = EXPECTED_FIXTURES.map(({ name }) => fixture(name));
  const element = fc.oneof(
    fc.constantFrom(...good).map((record) => ({ record, isCreation: true })),
    fc
      .constantFrom<unknown>(...Object.values(BAD), OTHER, null, 1, 'x')
      .map((record) => ({ record, isCreation: false })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(element, { maxLength: 30 }), async (elements) => {
      const { records, creationCount } = await plan(elements.map(({ record }) => record));
      expect(records).toBe(elements.length);
      expect(creationCount).toBe(elements.filter(({ isCreation }) => isCreation).length);
    }),
    runs(100),
  );
});
