/** Environment variables: their defaults, what they may hold, and exactly what is said of those that may not. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../parser/bounds.ts';
import { TRIGGER_MODES } from '../../processor/notification/trigger-mode.ts';
import { readSettings, SettingsError } from '../../processor/runtime/settings.ts';
import { tagsFor } from '../../tag-manager/tags/tag-settings.ts';
import { ACCOUNT, fixture } from '../helpers/fixtures.ts';
import { creationOf } from '../parser/verdicts.ts';

const QUEUE_URL = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/retries`;

const CREATION = creationOf(fixture('ec2-RunInstances'));

/** The tags that a creation would get with these settings. */
function tagsWith(env: NodeJS.ProcessEnv): Record<string, string> {
  const [resource] = CREATION.resources;
  if (resource === undefined) throw new Error('expected a resource');
  return Object.fromEntries(tagsFor(CREATION, resource, readSettings(env).tags));
}

function messageOf(failing: () => unknown): string {
  try {
    failing();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected it to throw');
}

const DEFAULT_TAGS = {
  CreatedBy: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Developer_4f1d2c3b5a697887/mia@example.com`,
  CreatedDate: '2025-03-04T10:15:30Z',
  ManagedBy: 'auto-tagger',
};

describe('without any variable', () => {
  test('the settings are the defaults', () => {
    expect(readSettings({})).toMatchObject({
      tags: { onExisting: 'keep', dryRun: false },
      bounds: DEFAULT_BOUNDS,
      concurrency: 16,
    });
    expect(tagsWith({})).toEqual(DEFAULT_TAGS);
    expect(readSettings({}).filter(CREATION)).toBeUndefined();
  });

  test('an empty variable is an absent one', () => {
    const names = [
      'CREATED_BY',
      'CREATED_BY_KEY',
      'TAGS',
      'ON_EXISTING',
      'DRY_RUN',
      'CONCURRENCY',
      'MAX_FILE_BYTES',
    ];
    const env = Object.fromEntries(
      [...names, 'INCLUDE_REGIONS', 'EXCLUDE_CREATORS'].map((name) => [name, '']),
    );
    expect(tagsWith(env)).toEqual(DEFAULT_TAGS);
    expect(readSettings(env).filter(CREATION)).toBeUndefined();
  });

  test('variables of others do not matter', () => {
    expect(tagsWith({ PATH: '/bin', AWS_REGION: 'nowhere', created_by: 'nobody' })).toEqual(DEFAULT_TAGS);
  });
});

describe('a variable that can be used', () => {
  test.each<[env: NodeJS.ProcessEnv, tags: Record<string, string>]>([
    [{ CREATED_BY: 'arn' }, DEFAULT_TAGS],
    [{ CREATED_BY: 'name' }, { ...DEFAULT_TAGS, CreatedBy: 'mia@example.com' }],
    [{ CREATED_BY: 'person' }, { ...DEFAULT_TAGS, CreatedBy: 'mia@example.com' }],
    [
      { CREATED_BY_KEY: 'owner', CREATED_DATE_KEY: 'born', MANAGED_BY_KEY: 'by', CREATED_BY: 'name' },
      { owner: 'mia@example.com', born: '2025-03-04T10:15:30Z', by: 'auto-tagger' },
    ],
    [{ TAGS: '{}' }, DEFAULT_TAGS],
    [
      { TAGS: '{"Environment":"{env.STAGE}","AccountId":"{account}"}', STAGE: 'test' },
      { ...DEFAULT_TAGS, Environment: 'test', AccountId: ACCOUNT },
    ],
    [{ TAGS: '{"Empty":"{creator.invokedBy}"}' }, DEFAULT_TAGS],
  ])('%j gives the tags that it says', (env, tags) => {
    expect(tagsWith(env)).toEqual(tags);
  });

  test.each<[env: NodeJS.ProcessEnv, settings: object]>([
    [{ ON_EXISTING: 'overwrite' }, { tags: { onExisting: 'overwrite' } }],
    [{ ON_EXISTING: 'keep' }, { tags: { onExisting: 'keep' } }],
    [{ DRY_RUN: 'true' }, { tags: { dryRun: true } }],
    [{ DRY_RUN: 'false' }, { tags: { dryRun: false } }],
    [{ TRIGGER_MODE: 'auto' }, { triggerMode: 'auto' }],
    [{ RETRY_QUEUE_URL: QUEUE_URL }, { retryQueueUrl: QUEUE_URL, failureQueueUrl: undefined }],
    [{ FAILURE_QUEUE_URL: QUEUE_URL }, { retryQueueUrl: undefined, failureQueueUrl: QUEUE_URL }],
    [{ CONCURRENCY: '1' }, { concurrency: 1 }],
    [{ CONCURRENCY: '64' }, { concurrency: 64 }],
    [{ MAX_FILE_BYTES: '1000000' }, { bounds: { ...DEFAULT_BOUNDS, maxFileBytes: 1_000_000 } }],
  ])('%j is read', (env, settings) => {
    expect(readSettings(env)).toMatchObject(settings);
  });

  test.each([
    ['ACCOUNTS', '111122223333', 'account'],
    ['REGIONS', 'eu-*', 'region'],
    ['SERVICES', 'ec2', 'service'],
    ['EVENTS', 'Run*', 'event'],
    ['CREATORS', '*@example.com', 'creator'],
  ])('INCLUDE_%s and EXCLUDE_%s filter', (name, pattern, subject) => {
    expect(readSettings({ [`INCLUDE_${name}`]: pattern }).filter(CREATION)).toBeUndefined();
    expect(readSettings({ [`INCLUDE_${name}`]: 'other' }).filter(CREATION)).toBe(
      `its ${subject} is not included`,
    );
    expect(readSettings({ [`EXCLUDE_${name}`]: pattern }).filter(CREATION)).toBe(
      `its ${subject} is excluded`,
    );
    expect(readSettings({ [`EXCLUDE_${name}`]: 'other' }).filter(CREATION)).toBeUndefined();
  });

  test('patterns stand between commas, with spaces or nothing around them', () => {
    const { filter } = readSettings({ INCLUDE_SERVICES: ' lambda , ec2,,' });
    expect(filter(CREATION)).toBeUndefined();
    expect(readSettings({ EXCLUDE_SERVICES: ' , ,' }).filter(CREATION)).toBeUndefined();
  });
});

describe('a variable that cannot be used is named', () => {
  const fields =
    'known are creator, creator.arn, creator.name, creator.person, creator.invokedBy, eventID, eventTime, ' +
    'eventSource, eventName, account, partition, sourceIP, region, resourceType, arn, id, env.NAME';
  test.each<[env: NodeJS.ProcessEnv, problem: string]>([
    [{ CREATED_BY: 'ARN' }, 'CREATED_BY: Invalid option: expected one of "arn"|"name"|"person"'],
    [{ ON_EXISTING: 'replace' }, 'ON_EXISTING: Invalid option: expected one of "keep"|"overwrite"'],
    [{ DRY_RUN: 'yes' }, 'DRY_RUN: Invalid option: expected one of "true"|"false"'],
    [{ DRY_RUN: 'TRUE' }, 'DRY_RUN: Invalid option: expected one of "true"|"false"'],
    [{ CONCURRENCY: '0' }, 'CONCURRENCY: expected a whole number from 1'],
    [{ CONCURRENCY: '-1' }, 'CONCURRENCY: expected a whole number from 1'],
    [{ CONCURRENCY: '1.5' }, 'CONCURRENCY: expected a whole number from 1'],
    [{ CONCURRENCY: '1e3' }, 'CONCURRENCY: expected a whole number from 1'],
    [{ CONCURRENCY: 'many' }, 'CONCURRENCY: expected a whole number from 1'],
    [{ RETRY_QUEUE_URL: 'retries' }, 'RETRY_QUEUE_URL: expected the URL of a queue'],
    [{ FAILURE_QUEUE_URL: 'file:///etc/passwd' }, 'FAILURE_QUEUE_URL: expected the URL of a queue'],
    [
      { TRIGGER_MODE: 'cron' },
      `TRIGGER_MODE: Invalid option: expected one of ${TRIGGER_MODES.map((mode) => `"${mode}"`).join('|')}`,
    ],
    [{ MAX_FILE_BYTES: '2 GiB' }, 'MAX_FILE_BYTES: expected a whole number from 1'],
    [{ TAGS: '[]' }, 'TAGS: expected a JSON object of key and template'],
    [{ TAGS: '"text"' }, 'TAGS: expected a JSON object of key and template'],
    [{ TAGS: 'null' }, 'TAGS: expected a JSON object of key and template'],
    [{ TAGS: '{"Team":7}' }, 'TAGS.Team: Invalid input: expected string, received number'],
    [{ TAGS: '{"Team":"{squad}"}' }, `unknown field {squad} in the template "{squad}"; ${fields}`],
    [{ TAGS: '{"Team":"{toString}"}' }, `unknown field {toString} in the template "{toString}"; ${fields}`],
    [{ TAGS: '{"Team":"{creator"}' }, 'unpaired brace in the template "{creator"'],
    [
      { TAGS: '{"Stage":"{env.STAGE}"}' },
      'the template "{env.STAGE}" names the environment variable STAGE, which is not set',
    ],
    [{ TAGS: '{"CreatedBy":"me"}' }, 'the tag key "CreatedBy" cannot be used: it stands there twice'],
    [{ CREATED_BY_KEY: 'ManagedBy' }, 'the tag key "ManagedBy" cannot be used: it stands there twice'],
    [
      { CREATED_BY_KEY: 'aws:createdBy' },
      'the tag key "aws:createdBy" cannot be used: it begins with "aws:" or "rds:", which AWS keeps for itself',
    ],
    [
      { TAGS: '{"a*b":"x"}' },
      'the tag key "a*b" cannot be used: it may hold only letters, digits, spaces and _ . : / = + - @',
    ],
    [{ TAGS: '{"":"x"}' }, 'the tag key "" cannot be used: it is empty'],
    [
      { CREATED_DATE_KEY: 'k'.repeat(128) },
      `the tag key "${'k'.repeat(128)}" cannot be used: it is longer than 127 characters`,
    ],
    [
      { CREATED_BY: 'me', CONCURRENCY: 'x' },
      'CREATED_BY: Invalid option: expected one of "arn"|"name"|"person"; CONCURRENCY: expected a whole number from 1',
    ],
  ])('%j', (env, problem) => {
    const read = () => readSettings(env);
    expect(read).toThrow(SettingsError);
    expect(messageOf(read)).toBe(`settings that cannot be used: ${problem}`);
  });

  test('JSON that does not parse is said to be none, with what the parser says', () => {
    expect(() => readSettings({ TAGS: '{"Team":' })).toThrow(
      /^settings that cannot be used: TAGS: expected a JSON object of key and template: .+JSON/,
    );
  });
});
