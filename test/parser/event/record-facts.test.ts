/** What a record says of itself is read the same whatever its event version, and whatever tool has rewritten it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readEvent } from '../../../parser/event/event.ts';
import type { RecordSource } from '../../../parser/event/record-facts.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import { ACCOUNT, EXPECTED_FIXTURES, fixture, withValue, withValues } from '../../helpers/fixtures.ts';
import { runs } from '../../helpers/runs.ts';
import { readers } from '../reading/reading.ts';
import { creationOf, refusalOf } from './verdicts.ts';

const OTHER = '444455556666';
const VOLUME = fixture('ec2-CreateVolume');
const NAMES = EXPECTED_FIXTURES.map(({ name }) => name);
const without = (record: CloudTrailRecord, ...fields: readonly string[]) =>
  withValues(record, Object.fromEntries(fields.map((field) => [field, undefined])));

const inFolderOf = (account: string): RecordSource => ({ origin: 'log', account });

/** All of the creation but what is changed on purpose. */
function comparable(record: CloudTrailRecord, source?: RecordSource) {
  const { record: _, eventID: __, ...rest } = creationOf(record, source);
  return rest;
}

describe('the time', () => {
  test.each([
    ['2025-03-04T10:17:05Z', '2025-03-04T10:17:05Z'],
    ['2025-03-04 10:17:05', '2025-03-04T10:17:05Z'],
    ['2025-03-04 10:17:05.000000000', '2025-03-04T10:17:05Z'],
    ['2025-03-04T10:17:05.999Z', '2025-03-04T10:17:05Z'],
    ['2025-03-04T10:17:05.9', '2025-03-04T10:17:05Z'],
    ['2025-03-04 10:17:05 UTC', '2025-03-04T10:17:05Z'],
    ['2025-03-04 10:17:05.000 UTC', '2025-03-04T10:17:05Z'],
    ['2025-03-04T10:17:05+00:00', '2025-03-04T10:17:05Z'],
    ['2025-03-04T10:17:05-0000', '2025-03-04T10:17:05Z'],
    ['2025-03-04T11:17:05.5+0100', '2025-03-04T10:17:05Z'],
    ['2025-03-04T02:17:05-08:00', '2025-03-04T10:17:05Z'],
    ['2025-03-01T04:30:00+05:30', '2025-02-28T23:00:00Z'],
    ['2024-02-29T23:30:00-01:00', '2024-03-01T00:30:00Z'],
  ])('%s is %s', (written, time) => {
    expect(creationOf(withValue(VOLUME, 'eventTime', written)).eventTime).toBe(time);
  });

  test('in whatever spelling, is the same moment', () => {
    const moment = fc.date({ min: new Date('2013-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    const zone = fc.integer({ min: -14 * 60 - 59, max: 14 * 60 + 59 });
    fc.assert(
      fc.property(moment, zone, fc.constantFrom('T', ' '), fc.nat(9), (time, offset, between, digits) => {
        const local = new Date(time.getTime() + offset * 60_000).toISOString().slice(0, 19);
        const fraction = digits === 0 ? '' : `.${'9'.repeat(digits)}`;
        const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const written = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
        const spelling = `${local.replace('T', between)}${fraction}${offset < 0 ? '-' : '+'}${written}`;
        const { eventTime } = creationOf(withValue(VOLUME, 'eventTime', spelling));
        expect(eventTime).toBe(`${time.toISOString().slice(0, 19)}Z`);
      }),
      runs(100),
    );
  });
});

describe('an id that the record lacks', () => {
  const OLD = without(VOLUME, 'eventID');

  test('is made of its bytes, in a form that CloudTrail gives to none', () => {
    const { eventID } = creationOf(OLD);
    expect(eventID).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(creationOf(withValue(VOLUME, 'eventID', null)).eventID).toMatch(/^sha256:/);
    expect(refusalOf(withValue(VOLUME, 'eventID', eventID))[0]).toBe('invalid');
  });

  test('is another for another record', () => {
    const ids = NAMES.map((name) => creationOf(without(fixture(name), 'eventID')).eventID);
    expect(new Set(ids).size).toBe(NAMES.length);
  });

  test('is the same after any number of ways through JSON, spaced or not', () => {
    const { eventID } = creationOf(OLD);
    const odd = { ...OLD, a: -0, b: 1e21, c: 0.1, 2: 'two', 1: 'one', ünïcode: '\u2028\ud83d\ude00' };
    for (const indent of [undefined, 1, '\t']) {
      expect(creationOf(JSON.parse(JSON.stringify(OLD, null, indent))).eventID).toBe(eventID);
      const again = JSON.parse(JSON.stringify(JSON.parse(JSON.stringify(odd, null, indent))));
      expect(creationOf(again).eventID).toBe(creationOf(odd).eventID);
    }
  });

  test('is the same by both readers, whatever else the record holds', async () => {
    const base = without(fixture('sqs-CreateQueue'), 'eventID');
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 3, noUnicodeString: false }), async (more) => {
        const record = `${JSON.stringify(base).slice(0, -1)},"more":${more}}`;
        const document = Buffer.from(`{"Records":[${record}]}`);
        const { eventID } = creationOf(JSON.parse(record));
        for (const reading of [readers.general(document), readers.both(document)]) {
          const outcome = await reading;
          const [found] = 'found' in outcome ? outcome.found : [];
          expect(found && creationOf(found.record).eventID).toBe(eventID);
        }
      }),
      runs(50),
    );
  });
});

describe('the account', () => {
  test("is the recipient's, not the caller's", () => {
    const record = withValue(VOLUME, 'userIdentity', {
      type: 'AWSAccount',
      principalId: 'AIDAEXAMPLEOTHERACCT1',
      accountId: OTHER,
    });
    expect(creationOf(record)).toMatchObject({
      account: ACCOUNT,
      creator: { arn: undefined, name: `aws-account-${OTHER}` },
    });
  });

  test("is the caller's where the record is older than recipients", () => {
    for (const nothing of [undefined, null]) {
      const old = withValue(VOLUME, 'recipientAccountId', nothing);
      expect(creationOf(old).account).toBe(ACCOUNT);
      expect(creationOf(old, inFolderOf(ACCOUNT)).account).toBe(ACCOUNT);
    }
  });

  test.each([
    ['a service', { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' }],
    ['an anonymous caller', { type: 'AWSAccount', principalId: '', accountId: 'anonymous' }],
    ['a masked caller', { type: 'IAMUser', userName: 'anna', accountId: 'HIDDEN_DUE_TO_SECURITY_REASONS' }],
  ])('is that of the folder or the envelope where %s has none', (_, userIdentity) => {
    const record = withValues(VOLUME, { userIdentity, recipientAccountId: undefined });
    expect(creationOf(record, inFolderOf(ACCOUNT)).account).toBe(ACCOUNT);
    expect(creationOf(record, { origin: 'event', account: OTHER }).account).toBe(OTHER);
    expect(refusalOf(record)[0]).toBe('invalid');
  });

  test('is that of an EventBridge envelope in a file, where neither record nor folder names one', async () => {
    const service = { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' };
    const detail = withValues(fixture('ec2-RunInstances'), {
      userIdentity: service,
      recipientAccountId: undefined,
    });
    const event = { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', account: OTHER, detail };
    for (const document of [event, [event]]) {
      const outcome = await readers.general(Buffer.from(JSON.stringify(document)));
      const [found] = 'found' in outcome ? outcome.found : [];
      expect(found).toMatchObject({ record: detail, envelopeAccount: OTHER });
      const accountIn = (source: RecordSource) => {
        const verdict = found && readEvent(found, source);
        return verdict?.kind === 'creation' ? verdict.creation.account : verdict;
      };
      expect(accountIn({ origin: 'log', account: undefined })).toBe(OTHER);
      expect(accountIn(inFolderOf(ACCOUNT))).toBe(ACCOUNT);
    }
    const masked = await readers.general(Buffer.from(JSON.stringify({ ...event, account: '****' })));
    expect('found' in masked && masked.found[0]).not.toHaveProperty('envelopeAccount');
  });

  test('is never taken from the folder where the record names one', () => {
    expect(creationOf(VOLUME, inFolderOf(OTHER)).account).toBe(ACCOUNT);
    expect(refusalOf(withValue(VOLUME, 'recipientAccountId', '****'), inFolderOf(OTHER))[0]).toBe('invalid');
  });
});

test('a creation says what brought it', () => {
  for (const origin of ['log', 'event'] as const)
    expect(creationOf(VOLUME, { origin, account: ACCOUNT }).origin).toBe(origin);
});

/** What a record of an older version lacks, and what tools make of one. */
const GAPS: readonly (readonly [title: string, gap: (record: CloudTrailRecord) => CloudTrailRecord])[] = [
  ['without an id (1.0)', (record) => without(record, 'eventID')],
  [
    'without a recipient (before 1.02)',
    (record) => without(record, 'recipientAccountId', 'eventType', 'apiVersion'),
  ],
  ['without what 1.04 to 1.08 added', (record) => without(record, 'managementEvent', 'eventCategory')],
  ['with a space in its time', (record) => ({ ...record, eventTime: spaced(record) })],
  ['with fractions', (record) => ({ ...record, eventTime: `${spaced(record)}.000000000` })],
  ['with an offset', (record) => ({ ...record, eventTime: `${spaced(record)}+00:00` })],
  [
    'with all of them',
    (record) => without({ ...record, eventTime: spaced(record) }, 'eventID', 'recipientAccountId'),
  ],
  ['with its keys sorted', (record) => Object.fromEntries(Object.entries(record).toSorted())],
];

const spaced = ({ eventTime }: CloudTrailRecord) => String(eventTime).replace('T', ' ').replace('Z', '');

describe.each(GAPS)('every row of the catalogue: a record %s', (_, gap) => {
  test.each(NAMES)('%s creates what the full one creates', (name) => {
    const full = fixture(name);
    const source = inFolderOf(ACCOUNT);
    expect(comparable(gap(full), source)).toEqual(comparable(full, source));
    const { eventID } = gap(full);
    expect(creationOf(gap(full), source).eventID).toEqual(eventID ?? expect.stringMatching(/^sha256:/));
  });
});
