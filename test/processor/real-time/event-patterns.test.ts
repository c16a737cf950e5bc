/** The event patterns, evaluated by a matcher that nobody on this project wrote: what they match, how much beyond that, how long they are. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import {
  CATALOGUED_EVENTS,
  catalogue,
  DATED_SOURCES,
  deletions,
} from '../../../parser/catalogue/catalogue.ts';
import { type EventRow, servicePrefix } from '../../../parser/catalogue/row.ts';
import { type CloudTrailRecord, isWanted } from '../../../parser/record.ts';
import { COMMON_SERVICES, readServices } from '../../../processor/file/services.ts';
import {
  charactersOf,
  eventPatterns,
  MAX_PATTERN_CHARACTERS,
} from '../../../processor/real-time/event-patterns.ts';
import { envelopeOf, isMatched } from '../../helpers/event-bridge.ts';

/** What is chosen, and how many rules that may take; a region has room for 300 on its bus, which are not ours alone. */
const CHOSEN = [
  { name: 'one service', text: 'sns', most: 1 },
  { name: 'the first eight', text: COMMON_SERVICES.join(), most: 4 },
  { name: 'all', text: 'all', most: 40 },
  { name: 'all and those that must be named', text: 'all,cassandra,iam,organizations,sso', most: 40 },
].map((each) => ({ ...each, services: readServices(each.text) }));

/** As records of Lambda and of CloudFront have them. */
const DATES = ['20141111', '20150331', '20150331v2', '2020_05_31'];

/** A record of each name and source that the row is found under. */
function recordsOf(row: EventRow): readonly CloudTrailRecord[] {
  const { record } = recordOfRow(row);
  const sources = [row.eventSource, ...(row.otherSources ?? [])];
  const names = [row.eventName, ...(row.otherNames ?? [])];
  return sources.flatMap((eventSource) => {
    const dated = DATED_SOURCES.has(eventSource)
      ? names.flatMap((name) => DATES.map((date) => name + date))
      : [];
    return [...names, ...dated].map((eventName) => ({ ...record, eventSource, eventName }));
  });
}

const creating = catalogue().flatMap((row) => recordsOf(row).map((record) => ({ row, record })));
const deleting = deletions().flatMap((row) => recordsOf(row).map((record) => ({ row, record })));
const shown = ({ eventSource, eventName }: CloudTrailRecord) => `${eventSource} ${eventName}`;

describe.each(CHOSEN)('patterns of $name', ({ services, most }) => {
  const patterns = eventPatterns({ services, deletions: true });
  const ours = [...creating, ...deleting].filter(({ row }) => services(servicePrefix(row)));

  test('match a record of every event that creates or deletes something of these services', () => {
    const missed = ours.filter(({ record }) => !isMatched(patterns, envelopeOf(record)));
    expect(missed.map(({ record }) => shown(record))).toEqual([]);
    expect(ours.length).toBeGreaterThan(most);
  });

  test('are no longer than EventBridge takes, however they are written, and few', () => {
    expect(patterns.length).toBeLessThanOrEqual(most);
    for (const pattern of patterns) {
      expect(charactersOf(pattern)).toBeLessThanOrEqual(MAX_PATTERN_CHARACTERS);
      expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
    }
  });

  test('match no call that failed, and nothing that is not of AWS', () => {
    const [{ record } = { record: {} }] = ours;
    expect(isMatched(patterns, envelopeOf(record))).toBe(true);
    expect(isMatched(patterns, envelopeOf(record, { detailType: 'AWS Service Event via CloudTrail' }))).toBe(
      true,
    );
    expect(isMatched(patterns, envelopeOf({ ...record, errorCode: 'AccessDenied' }))).toBe(false);
    expect(isMatched(patterns, envelopeOf(record, { source: 'our.app' }))).toBe(false);
    expect(isMatched(patterns, envelopeOf(record, { detailType: 'Order created' }))).toBe(false);
  });
});

test('without a store, deletions are left out', () => {
  const [, { services } = { services: () => true }] = CHOSEN;
  const patterns = eventPatterns({ services, deletions: false });
  const missed = creating.filter(
    ({ row, record }) => services(servicePrefix(row)) && !isMatched(patterns, envelopeOf(record)),
  );
  expect(missed).toEqual([]);
  const topic = deleting.find(({ record }) => record.eventName === 'DeleteTopic');
  expect(isMatched(patterns, envelopeOf(topic?.record ?? {}))).toBe(false);
});

test('are the same whenever they are computed, in whatever order the services are named', () => {
  const patternsOf = (text: string) => eventPatterns({ services: readServices(text), deletions: true });
  expect(JSON.stringify(patternsOf('sqs, sns,LAMBDA'))).toBe(JSON.stringify(patternsOf('lambda,sns,sqs')));
});

const REAL_LOGS = fileURLToPath(new URL('../../../../shared/real-logs/', import.meta.url));

describe('records of real accounts', () => {
  if (!existsSync(REAL_LOGS)) {
    console.warn('Skipped: event patterns on real records, because ../shared/real-logs is not there.');
    test.skip('are matched rarely (skipped: ../shared/real-logs is not there)', () => {});
    return;
  }
  const records = globSync('**/*.json.gz', { cwd: REAL_LOGS }).flatMap((file): CloudTrailRecord[] => {
    const { Records } = JSON.parse(gunzipSync(readFileSync(join(REAL_LOGS, file))).toString());
    return Records;
  });
  const isRoutine = (record: CloudTrailRecord) =>
    record.errorCode !== undefined || !isWanted(record, CATALOGUED_EVENTS);
  const routine = records.filter(isRoutine);

  test.each(CHOSEN)('of which at most one in fifty creates nothing and is matched: $name', ({ services }) => {
    const patterns = eventPatterns({ services, deletions: true });
    const matched = routine.filter((record) => isMatched(patterns, envelopeOf(record)));
    expect(routine.length).toBeGreaterThan(2_500);
    expect(matched.length).toBeLessThanOrEqual(routine.length / 50);
  });

  test('are matched where they created something', () => {
    const patterns = eventPatterns({
      services: readServices('all,cassandra,iam,organizations,sso'),
      deletions: true,
    });
    const missed = records.filter((record) => !isRoutine(record) && !isMatched(patterns, envelopeOf(record)));
    expect(missed.map(shown)).toEqual([]);
  });
});
