/** Who owns the tags: the tags that are there, what the event claims, and what is decided. */
import { describe, expect, test } from '@jest/globals';
import { type Claim, decide } from '../../tag-manager/ownership/ownership.ts';
import { EVENT_TIME, minutesLater } from './creations.ts';
import { KEYS, NOW, ours } from './tagging.ts';

const EVENT = minutesLater(60);
const EARLIER = EVENT_TIME;
const LATER = minutesLater(120);
const FUTURE = '2027-01-01T00:00:00Z';

interface Case {
  readonly name: string;
  readonly existing: Readonly<Record<string, string>>;
  /** @default both */
  readonly naming?: Claim['naming'];
  /** @default log */
  readonly origin?: Claim['origin'];
  /** @default both */
  readonly mode?: Claim['onExisting'];
  /** By what the service says. */
  readonly createdAt?: string;
  readonly requestTags?: Readonly<Record<string, string>>;
  readonly expected: 'write' | 'unchanged' | 'kept';
  readonly reason?: string;
}

const foreign = (keys: string) => `${keys} is somebody else's`;
const SETTLED = 'it bears the tags of this event';
const REPEATED = 'an earlier call created it, and this one repeated it';
const BY_HAND = 'it bears our tags already';
const OTHER_LIFE = 'it bears our tags of another creation of this name';

const CASES: readonly Case[] = [
  { name: 'nothing', existing: {}, expected: 'write' },
  { name: 'tags under other keys', existing: { Team: 'blue', createdby: 'eve' }, expected: 'write' },

  // Rule 1: what is not ours stays.
  ...[
    { name: 'CreatedBy alone', existing: { CreatedBy: 'eve' }, keys: 'CreatedBy' },
    { name: 'an empty CreatedBy', existing: { CreatedBy: '' }, keys: 'CreatedBy' },
    { name: 'CreatedDate alone', existing: { CreatedDate: EVENT }, keys: 'CreatedDate' },
    { name: 'ManagedBy=terraform alone', existing: { ManagedBy: 'terraform' }, keys: 'ManagedBy' },
    { name: 'ManagedBy of ours alone', existing: { ManagedBy: 'auto-tagger' }, keys: 'ManagedBy' },
    {
      name: "another tool's three",
      existing: { ...ours('eve', EVENT), ManagedBy: 'terraform' },
      keys: 'CreatedBy, CreatedDate, ManagedBy',
    },
    {
      name: "another tool's three, in other letters",
      existing: { ...ours('eve', EVENT), ManagedBy: 'Auto-Tagger' },
      keys: 'CreatedBy, CreatedDate, ManagedBy',
    },
    {
      name: 'a CreatedDate that is no time',
      existing: ours('eve', 'yesterday'),
      keys: 'CreatedBy, CreatedDate, ManagedBy',
    },
    { name: 'an empty CreatedDate', existing: ours('eve', ''), keys: 'CreatedBy, CreatedDate, ManagedBy' },
    {
      name: 'no CreatedDate',
      existing: { CreatedBy: 'eve', ManagedBy: 'auto-tagger' },
      keys: 'CreatedBy, ManagedBy',
    },
    {
      name: 'a CreatedDate in the future',
      existing: ours('eve', FUTURE),
      keys: 'CreatedBy, CreatedDate, ManagedBy',
    },
  ].flatMap(({ name, existing, keys }): Case[] => [
    { name, existing, mode: 'keep', expected: 'kept', reason: foreign(keys) },
    { name, existing, mode: 'overwrite', expected: 'write' },
  ]),
  {
    name: "the request's own CreatedBy",
    existing: { CreatedBy: 'eve' },
    requestTags: { CreatedBy: 'eve' },
    mode: 'keep',
    expected: 'kept',
    reason: `${foreign('CreatedBy')}; the creating request itself set CreatedBy`,
  },
  {
    name: "the request's own CreatedBy, changed by somebody since",
    existing: { CreatedBy: 'eve' },
    requestTags: { CreatedBy: 'mallory' },
    mode: 'keep',
    expected: 'kept',
    reason: foreign('CreatedBy'),
  },
  {
    name: "the request's own ManagedBy beside another's CreatedBy",
    existing: { CreatedBy: 'eve', ManagedBy: 'terraform' },
    requestTags: { ManagedBy: 'terraform', Team: 'blue' },
    mode: 'keep',
    expected: 'kept',
    reason: `${foreign('CreatedBy, ManagedBy')}; the creating request itself set ManagedBy`,
  },

  // Rule 2 and what is common to all names: the event's own tags.
  { name: 'ours of this event', existing: ours('alice', EVENT), expected: 'unchanged', reason: SETTLED },
  {
    name: 'ours of this event, the time spelled otherwise',
    existing: ours('alice', EVENT.replace('Z', '.000+00:00')),
    expected: 'unchanged',
    reason: SETTLED,
  },
  {
    name: 'ours of this event, CreatedBy corrected by a person',
    existing: ours('bob', EVENT),
    mode: 'keep',
    expected: 'unchanged',
    reason: SETTLED,
  },
  {
    name: 'ours of this event, CreatedBy corrected by a person',
    existing: ours('bob', EVENT),
    mode: 'overwrite',
    expected: 'write',
  },
  {
    name: "ours to all appearance, forged by the request at the event's own second",
    existing: ours('eve', EVENT),
    requestTags: ours('eve', EVENT),
    mode: 'keep',
    expected: 'kept',
    reason:
      'it bears tags as ours would be; the creating request itself set CreatedBy, CreatedDate, ManagedBy',
  },

  // Rule 2: ids that are never used again.
  ...[
    { name: 'ours of an earlier time', existing: ours('bob', EARLIER) },
    { name: 'ours of a later time', existing: ours('bob', LATER) },
    {
      name: 'ours of an earlier time, the creation at the time of this event',
      existing: ours('bob', EARLIER),
      createdAt: EVENT,
    },
    {
      name: 'ours of a later time, the creation at the time of this event',
      existing: ours('bob', LATER),
      createdAt: EVENT,
    },
    {
      name: 'ours of a later time, which the creation time belongs to',
      existing: ours('bob', LATER),
      createdAt: LATER,
    },
    {
      name: 'ours of a later time, the creation long before',
      existing: ours('bob', LATER),
      createdAt: EARLIER,
    },
  ].map((row): Case => ({ ...row, naming: 'unique', expected: 'write' })),
  {
    name: 'ours of an earlier call, which the creation time belongs to',
    existing: ours('bob', EARLIER),
    createdAt: EARLIER,
    naming: 'unique',
    expected: 'unchanged',
    reason: REPEATED,
  },

  // Names that may be used again: until the rules about lives of a name, the first to write stays.
  ...[
    { name: 'ours of an earlier time', existing: ours('bob', EARLIER) },
    { name: 'ours of a later time', existing: ours('bob', LATER) },
    {
      name: 'ours of an earlier time, the creation at the time of this event',
      existing: ours('bob', EARLIER),
      createdAt: EVENT,
    },
  ].map((row): Case => ({ ...row, naming: 'reusable', expected: 'kept', reason: OTHER_LIFE })),

  // Named by hand: the time is not that of the creation, so it replaces nothing of ours, whatever the naming.
  ...[
    { name: 'ours of an earlier time, named by hand', existing: ours('bob', EARLIER) },
    { name: 'ours of a later time, named by hand', existing: ours('bob', LATER) },
  ].map((row): Case => ({ ...row, origin: 'by-hand', expected: 'kept', reason: BY_HAND })),
  { name: 'nothing, named by hand', origin: 'by-hand', existing: {}, expected: 'write' },
];

const WANTED = new Map(Object.entries(ours('alice', EVENT)));

function claimOf(row: Case, naming: Claim['naming'], onExisting: Claim['onExisting']): Claim {
  return {
    existing: new Map(Object.entries(row.existing)),
    wanted: WANTED,
    keys: KEYS,
    naming,
    origin: row.origin ?? 'log',
    createdAt: row.createdAt === undefined ? undefined : Date.parse(row.createdAt),
    requestTags: row.requestTags ?? {},
    onExisting,
    now: NOW,
  };
}

const rows = CASES.flatMap((row) =>
  (row.naming ? [row.naming] : (['unique', 'reusable'] as const)).flatMap((naming) =>
    (row.mode ? [row.mode] : (['keep', 'overwrite'] as const)).map((mode) => ({ ...row, naming, mode })),
  ),
);

test.each(rows)('$naming name, $mode: $name → $expected', (row) => {
  const decision = decide(claimOf(row, row.naming, row.mode));
  expect(decision).toEqual(
    row.expected === 'write'
      ? { action: 'write', tags: WANTED }
      : { action: 'leave', outcome: row.expected, reason: row.reason },
  );
});

test('a CreatedDate of this very moment is not in the future', () => {
  const now = new Date(NOW).toISOString();
  const claim = claimOf({ name: '', existing: ours('bob', now), expected: 'kept' }, 'reusable', 'keep');
  expect(decide(claim)).toMatchObject({ reason: OTHER_LIFE });
  expect(decide({ ...claim, now: NOW - 1 })).toMatchObject({
    reason: foreign('CreatedBy, CreatedDate, ManagedBy'),
  });
});

describe("a tag of the user's own", () => {
  const wanted = new Map([...WANTED, ['Environment', 'test']]);
  const claim = { ...claimOf({ name: '', existing: {}, expected: 'write' }, 'unique', 'keep'), wanted };

  test('is written where its key is free', () => {
    expect(decide(claim)).toEqual({ action: 'write', tags: wanted });
  });

  test('is not written over the tag of somebody else', () => {
    const existing = new Map([['Environment', 'production']]);
    expect(decide({ ...claim, existing })).toEqual({ action: 'write', tags: WANTED });
  });

  test('is written over it with ON_EXISTING=overwrite', () => {
    const existing = new Map([['Environment', 'production']]);
    expect(decide({ ...claim, existing, onExisting: 'overwrite' })).toEqual({
      action: 'write',
      tags: wanted,
    });
  });

  test('is not written over what the request set, also beside tags of ours that were copied', () => {
    const existing = new Map([...Object.entries(ours('bob', EARLIER)), ['Environment', 'production']]);
    const copied = { ...claim, existing, requestTags: { Environment: 'production' } };
    expect(decide(copied)).toEqual({ action: 'write', tags: WANTED });
  });

  test('is written over one that was copied with ours', () => {
    const existing = new Map([...Object.entries(ours('bob', EARLIER)), ['Environment', 'of the source']]);
    expect(decide({ ...claim, existing })).toEqual({ action: 'write', tags: wanted });
  });
});

test('a request that forges all three of ours for a reusable name is named in the reason', () => {
  const existing = new Map(Object.entries(ours('nobody', EARLIER)));
  const claim = claimOf({ name: '', existing: {}, expected: 'kept' }, 'reusable', 'keep');
  expect(decide({ ...claim, existing, requestTags: ours('nobody', EARLIER) })).toEqual({
    action: 'leave',
    outcome: 'kept',
    reason: `${OTHER_LIFE}; the creating request itself set CreatedBy, CreatedDate, ManagedBy`,
  });
});
