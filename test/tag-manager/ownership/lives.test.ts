/** Whose the present life of a name is: the same for the same events, in whatever order they were heard of. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type LifeEvent, winnerOf } from '../../../tag-manager/ownership/lives.ts';
import type { CreationEvent, NameEvent } from '../../../tag-manager/ownership/name-event.ts';
import { runs } from '../../helpers/runs.ts';
import { minutesLater } from '../creations.ts';
import { created, deleted } from './events.ts';

const idempotent = { creation: 'idempotent' } as const;
const upsert = { creation: 'upsert' } as const;
const unique = { naming: 'unique' } as const;
const indirect = { ...unique, isIndirect: true } as const;

/** By minute and creator; deletions by minute alone. */
const CASES: readonly (readonly [name: string, events: readonly NameEvent[], winner: string | undefined])[] =
  [
    ['nothing', [], undefined],
    ['one creation', [created(1, 'alice')], 'alice'],
    ['a creation that was deleted', [created(1, 'alice'), deleted(2)], undefined],
    ['a name that was created anew', [created(1, 'alice'), deleted(2), created(3, 'bob')], 'bob'],
    [
      'a name that was created anew, and of whose deletion nobody knows',
      [created(1, 'alice'), created(3, 'bob')],
      'bob',
    ],
    ['a repeat that made nothing', [created(1, 'alice', idempotent), created(2, 'bob', idempotent)], 'alice'],
    [
      'repeats in two lives',
      [1, 2]
        .map((minute) => created(minute, `a${minute}`, idempotent))
        .concat([4, 5].map((minute) => created(minute, `b${minute}`, idempotent)))
        .concat([])
        .flatMap((event, at): NameEvent[] => (at === 2 ? [deleted(3), event] : [event])),
      'b4',
    ],
    ['a deletion and a creation of one second', [created(2, 'bob'), deleted(2), created(1, 'alice')], 'bob'],
    [
      'an update that may have created, before a creation',
      [created(1, 'alice', upsert), created(2, 'bob')],
      'bob',
    ],
    ['updates alone', [created(1, 'alice', upsert), created(2, 'bob', upsert)], 'alice'],
    ['a repeat behind a proven creation', [created(1, 'alice'), created(2, 'bob', idempotent)], 'alice'],
    [
      'an id that a client token returned twice',
      [created(1, 'alice', unique), created(2, 'bob', unique)],
      'alice',
    ],
    ['what a call made on its way', [created(2, 'bob', indirect), created(1, 'alice', indirect)], 'alice'],
    [
      'what a call made on its way, and another by itself before',
      [created(1, 'alice', unique), created(2, 'bob', indirect)],
      'alice',
    ],
    [
      'what a call made on its way, and another by itself behind',
      [created(1, 'alice', indirect), created(2, 'bob', unique)],
      'bob',
    ],
    [
      'what was made by itself in a life before the last deletion',
      [created(1, 'alice'), deleted(2), created(3, 'bob', { isIndirect: true })],
      'bob',
    ],
  ];

const userOf = (event: CreationEvent | undefined) => event?.user;

test.each(CASES)('%s', (_, events, winner) => {
  const naming = events.find((event) => event.kind === 'creation')?.naming ?? 'reusable';
  expect(userOf(winnerOf(events, naming))).toBe(winner);
  expect(userOf(winnerOf(events.toReversed(), naming))).toBe(winner);
});

describe('where the service tells when it made the resource', () => {
  const at = (minute: number) => ({ at: Date.parse(minutesLater(minute)), toleranceMs: 30_000 });
  const queues = [
    created(1, 'alice', idempotent),
    created(5, 'bob', idempotent),
    created(9, 'carol', idempotent),
  ];

  test.each([
    [1, 'alice'],
    [5, 'bob'],
    [9, 'carol'],
  ])('at %i minutes, that life is of the creation near it', (minute, winner) => {
    expect(userOf(winnerOf(queues, 'reusable', at(minute)))).toBe(winner);
  });

  test('of several calls near it, the earliest made it, where a repeat succeeds', () => {
    const near = [created(5, 'bob', { ...idempotent, eventTime: '2026-11-20T10:05:10Z' }), ...queues];
    expect(userOf(winnerOf(near, 'reusable', at(5)))).toBe('bob');
    expect(winnerOf(near, 'reusable', at(5))?.eventTime).toBe(minutesLater(5));
  });

  test('and the latest not after it, where a repeat fails, as far before as it may take to be made', () => {
    const tables = [created(1, 'alice'), created(5, 'bob'), created(9, 'carol')];
    const hour = { toleranceMs: 3_600_000 };
    expect(userOf(winnerOf(tables, 'reusable', { ...at(7), ...hour }))).toBe('bob');
    expect(userOf(winnerOf(tables, 'reusable', { ...at(69), ...hour }))).toBe('carol');
    expect(winnerOf(tables, 'reusable', { ...at(70), ...hour })).toBeUndefined();
  });

  test('clocks may differ by a minute, whatever it may take to be made', () => {
    const tables = [created(1, 'alice'), created(5, 'bob')];
    const hour = { toleranceMs: 3_600_000 };
    expect(userOf(winnerOf(tables, 'reusable', { ...at(4), ...hour }))).toBe('bob');
    expect(userOf(winnerOf(tables, 'reusable', { ...at(3.9), ...hour }))).toBe('alice');
    expect(winnerOf(tables, 'reusable', { ...at(-0.1), ...hour })).toBeUndefined();
  });

  test('a database that was deleted and made anew within the tolerance is of who made it anew', () => {
    const databases = [created(0, 'alice'), created(12, 'bob')];
    const hour = { toleranceMs: 3_600_000, at: Date.parse(minutesLater(21)) };
    expect(userOf(winnerOf(databases, 'reusable', hour))).toBe('bob');
  });

  test.each([-5, 3, 60])('where no event is near it (at %i minutes), none of them made it', (minute) => {
    expect(winnerOf(queues, 'reusable', at(minute))).toBeUndefined();
  });

  test('it says nothing of ids that are never used again', () => {
    const repeats = [created(1, 'alice', unique), created(5, 'bob', unique)];
    expect(userOf(winnerOf(repeats, 'unique', at(5)))).toBe('alice');
  });
});

test('the order in which events were heard of, and how often, changes nothing', () => {
  const event = fc
    .record({
      minute: fc.nat(6),
      kind: fc.constantFrom('deletion', 'strict', 'idempotent', 'upsert'),
      isIndirect: fc.boolean(),
      id: fc.nat(3),
    })
    .map(({ minute, kind, isIndirect, id }): LifeEvent & { kind: 'creation' | 'deletion' } => {
      const facts = { eventID: `event-${id}-${kind}`, eventTime: minutesLater(minute) };
      return kind === 'deletion'
        ? { kind, eventName: 'DeleteTopic', ...facts }
        : {
            kind: 'creation',
            creation: kind as CreationEvent['creation'],
            ...(isIndirect && { isIndirect }),
            ...facts,
          };
    });
  const service = fc.option(
    fc.record({
      at: fc.nat(6).map((minute) => Date.parse(minutesLater(minute))),
      toleranceMs: fc.constantFrom(30_000, 3_600_000),
    }),
    { nil: undefined },
  );
  const heard = fc.uniqueArray(event, {
    minLength: 1,
    maxLength: 7,
    selector: ({ eventID, eventTime }) => eventID + eventTime,
  });
  fc.assert(
    fc.property(
      heard,
      fc.array(fc.nat(100), { minLength: 7, maxLength: 7 }),
      service,
      (events, keys, time) => {
        const shuffled = events
          .map((each, at) => ({ each, key: keys[at] ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const again = [...shuffled, ...events.slice(0, 2)];
        const winner = winnerOf(events, 'reusable', time);
        expect(winnerOf(shuffled, 'reusable', time)).toEqual(winner);
        expect(winnerOf(again, 'reusable', time)).toEqual(winner);
      },
    ),
    runs(300),
  );
});
