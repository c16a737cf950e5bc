/** Which creations the user's patterns leave out: by account, region, service, event and creator. */
import { describe, expect, test } from '@jest/globals';
import { compileFilter, FILTER_NAMES, type FilterName } from '../../../processor/file/filters.ts';
import { startCpuClock } from '../../helpers/cpu-clock.ts';
import { fixture, withValue } from '../../helpers/fixtures.ts';
import { creationOf } from '../../parser/event/verdicts.ts';

const MIA = creationOf(fixture('ec2-RunInstances'));
const FUNCTION = creationOf(fixture('lambda-CreateFunction20150331'));
const BUCKET = creationOf(fixture('s3-CreateBucket.EU'));
const SERVICE = creationOf(
  withValue(fixture('ec2-CreateVolume'), 'userIdentity', {
    type: 'AWSService',
    invokedBy: 'backup.amazonaws.com',
  }),
);

const include = (name: FilterName, ...patterns: string[]) =>
  compileFilter({ include: { [name]: patterns }, exclude: {} });
const exclude = (name: FilterName, ...patterns: string[]) =>
  compileFilter({ include: {}, exclude: { [name]: patterns } });

/** What each filter looks at, with patterns that do and do not match. */
const CASES: readonly (readonly [
  name: FilterName,
  pattern: string,
  creation: typeof MIA,
  matches: boolean,
])[] = [
  ['account', '111122223333', MIA, true],
  ['account', '1111*', MIA, true],
  ['account', '*3333', MIA, true],
  ['account', '11112222333', MIA, false],
  ['account', '444455556666', MIA, false],
  ['region', 'eu-west-1', MIA, true],
  ['region', 'eu-*', MIA, true],
  ['region', 'eu-west-?', MIA, false],
  ['region', 'eu.west.1', MIA, false],
  ['region', 'eu-west-1', BUCKET, true],
  ['region', 'us-east-1', BUCKET, false],
  ['service', 'ec2', MIA, true],
  ['service', 'EC2', MIA, true],
  ['service', 'ec', MIA, false],
  ['service', 'lambda', MIA, false],
  ['event', 'RunInstances', MIA, true],
  ['event', 'Run*', MIA, true],
  ['event', 'runinstances', MIA, true],
  ['event', 'RunInstance', MIA, false],
  ['event', 'CreateFunction', FUNCTION, true],
  ['event', 'CreateFunction20150331', FUNCTION, true],
  ['event', 'CreateFunction2014*', FUNCTION, false],
  ['creator', 'mia@example.com', MIA, true],
  ['creator', 'MIA@*', MIA, true],
  ['creator', '*AWSReservedSSO_Developer_*', MIA, true],
  ['creator', '*:assumed-role/*/mia@example.com', MIA, true],
  ['creator', 'mia', MIA, false],
  ['creator', '*@example.org', MIA, false],
  ['creator', 'GitHubActions', FUNCTION, true],
  ['creator', 'deploy', FUNCTION, true],
  ['creator', 'backup.amazonaws.com', SERVICE, true],
  ['creator', 'arn:*', SERVICE, false],
  ['creator', '*', SERVICE, true],
  ['creator', '**', SERVICE, true],
  ['creator', 'backup*backup.amazonaws.com', SERVICE, false],
  ['creator', 'backup*.amazonaws.com', SERVICE, true],
  ['creator', '*backup*amazonaws*', SERVICE, true],
  ['creator', '*amazonaws*backup*', SERVICE, false],
  ['creator', '*.com*.com', SERVICE, false],
  ['creator', 'backup.amazonaws.com*', SERVICE, true],
];

describe.each(CASES)('%s = %s', (name, pattern, creation, matches) => {
  test(`includes ${matches ? '' : 'nothing of '}it`, () => {
    expect(include(name, pattern)(creation)).toBe(matches ? undefined : `its ${name} is not included`);
  });

  test(`excludes ${matches ? '' : 'nothing of '}it`, () => {
    expect(exclude(name, pattern)(creation)).toBe(matches ? `its ${name} is excluded` : undefined);
  });
});

test('every filter has a case', () => {
  expect([...new Set(CASES.map(([name]) => name))].sort()).toEqual([...FILTER_NAMES].sort());
});

describe('several', () => {
  test('patterns of one filter: one that matches is enough', () => {
    expect(include('service', 'lambda', 'ec2')(MIA)).toBeUndefined();
    expect(exclude('service', 'lambda', 'ec2')(MIA)).toBe('its service is excluded');
  });

  test('filters to include: all must match', () => {
    const filter = compileFilter({ include: { service: ['ec2'], region: ['us-*'] }, exclude: {} });
    expect(filter(MIA)).toBe('its region is not included');
  });

  test('what is included and excluded is left out', () => {
    const filter = compileFilter({ include: { service: ['ec2'] }, exclude: { creator: ['mia*'] } });
    expect(filter(MIA)).toBe('its creator is excluded');
    expect(filter(SERVICE)).toBeUndefined();
  });

  test('none, or empty lists, leave nothing out', () => {
    expect(compileFilter({ include: {}, exclude: {} })(MIA)).toBeUndefined();
    expect(compileFilter({ include: { service: [] }, exclude: { creator: [] } })(MIA)).toBeUndefined();
  });
});

describe('creators choose their own session names, so', () => {
  const named = (name: string) =>
    creationOf(withValue(fixture('ec2-CreateVolume'), 'userIdentity', { type: 'Unknown', userName: name }));

  test('a line end in one does not get it past a pattern', () => {
    expect(exclude('creator', '*robot*')(named('a\nrobot\nb'))).toBe('its creator is excluded');
    expect(exclude('creator', '*')(named('a\u2028b'))).toBe('its creator is excluded');
  });

  test('one that looks like a pattern is text', () => {
    expect(exclude('creator', 'anna')(named('*'))).toBeUndefined();
    expect(exclude('creator', 'a.na')(named('anna'))).toBeUndefined();
  });

  test('a long one is answered at once', () => {
    const cpuMs = startCpuClock();
    expect(exclude('creator', '*a*b*c*d*!')(named('abcd'.repeat(50_000)))).toBeUndefined();
    expect(cpuMs()).toBeLessThan(30_000); // a pattern that tries all divisions never ends
  });
});
