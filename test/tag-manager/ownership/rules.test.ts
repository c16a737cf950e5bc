/** Who owns the tags: the tags that are there, the events that are known, and what is decided. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Claim } from '../../../tag-manager/ownership/claim.ts';
import type { CreationEvent, NameEvent } from '../../../tag-manager/ownership/name-event.ts';
import { decide } from '../../../tag-manager/ownership/rules.ts';
import { runs } from '../../helpers/runs.ts';
import { minutesLater } from '../creations.ts';
import { KEYS, NOW, ours } from '../tagging.ts';
import { created, deleted } from './events.ts';

const EVENT = minutesLater(60);
const EARLIER = minutesLater(0);
const LATER = minutesLater(120);
const FUTURE = '2027-01-01T00:00:00Z';

function claimOf(claim: Partial<Claim> & { readonly tags?: Readonly<Record<string, string>> }): Claim {
  const { tags = {}, ...rest } = claim;
  return {
    existing: new Map(Object.entries(tags)),
    events: [created(60, 'alice')],
    byHand: undefined,
    known: undefined,
    serviceTime: 'unknown',
    keys: KEYS,
    skipKey: undefined,
    onExisting: 'keep',
    now: NOW,
    ...rest,
  };
}

/** In few words: whose tags are written, whose stay, or why nothing is done. */
function decided(claim: Parameters<typeof claimOf>[0]): string {
  const decision = decide(claimOf(claim));
  switch (decision.action) {
    case 'write':
      return `write ${decision.event.user}`;
    case 'settled':
      return `settled ${'user' in decision.event ? decision.event.user : decision.event.eventTime}`;
    case 'keep':
      return `keep: ${decision.reason}`;
    case 'ask':
      return 'ask';
  }
}

describe('tags that are not ours', () => {
  const foreign = (keys: string) => `keep: ${keys} ${keys.includes(',') ? 'are' : 'is'} somebody else's`;
  test.each<[string, Record<string, string>, string]>([
    ['CreatedBy alone', { CreatedBy: 'eve' }, 'CreatedBy'],
    ['an empty CreatedBy', { CreatedBy: '' }, 'CreatedBy'],
    ['CreatedDate alone', { CreatedDate: EVENT }, 'CreatedDate'],
    [
      "another tool's three",
      { ...ours('eve', EVENT), ManagedBy: 'terraform' },
      'CreatedBy, CreatedDate, ManagedBy',
    ],
    [
      'a marker in other letters',
      { ...ours('eve', EVENT), ManagedBy: 'Auto-Tagger' },
      'CreatedBy, CreatedDate, ManagedBy',
    ],
    ['a date that is no time', ours('eve', 'yesterday'), 'CreatedBy, CreatedDate, ManagedBy'],
    ['no date', { CreatedBy: 'eve', ManagedBy: 'auto-tagger' }, 'CreatedBy, ManagedBy'],
    ['a date in the future', ours('eve', FUTURE), 'CreatedBy, CreatedDate, ManagedBy'],
    ['both markers taken', { ManagedBy: 'terraform', TaggedBy: 'me' }, 'ManagedBy, TaggedBy'],
  ])('are kept: %s', (_, tags, keys) => {
    expect(decided({ tags })).toBe(foreign(keys));
    expect(decided({ tags, onExisting: 'overwrite' })).toBe('write alice');
  });

  test.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['tags under other keys', { Team: 'blue', createdby: 'eve' }],
    ['a second marker of no meaning', { TaggedBy: 'me' }],
    ['our marker and nothing else', { ManagedBy: 'auto-tagger' }],
  ])('do not keep us off: %s', (_, tags) => {
    expect(decided({ tags })).toBe('write alice');
  });

  test("another tool's ManagedBy stays, and ours goes under the second key", () => {
    const tags = { ManagedBy: 'terraform', Team: 'blue' };
    const { ManagedBy: _, ...two } = ours('alice', EVENT);
    expect(decide(claimOf({ tags }))).toMatchObject({
      action: 'write',
      tags: new Map(Object.entries({ ...two, TaggedBy: 'auto-tagger' })),
      reason: "ManagedBy is somebody else's, so TaggedBy marks our tags",
    });
    const marked = { ...tags, ...two, TaggedBy: 'auto-tagger' };
    expect(decided({ tags: marked })).toBe('settled alice');
    expect(decided({ tags: { ...marked, CreatedDate: EARLIER } })).toBe('write alice');
  });

  test('are named as set by the creating request, where they were', () => {
    const event = (requestTags: Record<string, string>) => [created(60, 'alice', { requestTags })];
    const byRequest = '; the creating request itself set';
    expect(decided({ tags: { CreatedBy: 'eve' }, events: event({ CreatedBy: 'eve' }) })).toBe(
      `${foreign('CreatedBy')}${byRequest} CreatedBy`,
    );
    expect(decided({ tags: { CreatedBy: 'eve' }, events: event({ CreatedBy: 'mallory' }) })).toBe(
      foreign('CreatedBy'),
    );
    for (const date of [EARLIER, EVENT, LATER]) {
      const forged = ours('nobody', date);
      expect(decided({ tags: forged, events: event(forged) })).toBe(
        `${foreign('CreatedBy, CreatedDate, ManagedBy')}${byRequest} CreatedBy, CreatedDate, ManagedBy`,
      );
    }
  });

  test('keep off whoever is told so by a tag of their choice', () => {
    const tags = { 'no-tagger': '', ...ours('bob', EARLIER) };
    const reason = 'keep: it bears the tag no-tagger, by which its owner keeps us off';
    expect(decided({ tags, skipKey: 'no-tagger' })).toBe(reason);
    expect(decided({ tags, skipKey: 'no-tagger', onExisting: 'overwrite' })).toBe(reason);
    expect(decided({ tags })).toBe('write alice');
  });

  test('a date of this very moment is not in the future', () => {
    const tags = ours('bob', new Date(NOW).toISOString());
    expect(decided({ tags })).toMatch('settled');
    expect(decided({ tags, now: NOW - 1 })).toMatch('keep: ');
  });
});

describe('tags of this event', () => {
  test.each([
    ['as they are', ours('alice', EVENT)],
    ['with the time spelled otherwise', ours('alice', EVENT.replace('Z', '.000+00:00'))],
    ['with a CreatedBy that a person corrected', ours('bob', EVENT)],
  ])('stay, %s', (_, tags) => {
    expect(decided({ tags })).toBe('settled alice');
    expect(decided({ tags, events: [created(60, 'alice', { naming: 'unique' })] })).toBe('settled alice');
  });

  test('are written again over a correction where the user wants it', () => {
    expect(decided({ tags: ours('bob', EVENT), onExisting: 'overwrite' })).toBe('write alice');
  });
});

describe('ids that are never used again', () => {
  const unique = (facts: Partial<CreationEvent> = {}) => [
    created(60, 'alice', { naming: 'unique', ...facts }),
  ];
  const copy = (createdAt?: string) =>
    unique({ copiesTags: true, createdAt: createdAt === undefined ? undefined : Date.parse(createdAt) });

  test.each<[string, Record<string, string>, NameEvent[], string]>([
    ['ours of a later call: it repeated this one', ours('bob', LATER), unique(), 'write alice'],
    ['ours of an earlier call: this one repeated it', ours('bob', EARLIER), unique(), `settled ${EARLIER}`],
    ['earlier ours on a copy: they came with it', ours('bob', EARLIER), copy(), 'write alice'],
    [
      'earlier ours on a copy that was made at the time of this event',
      ours('bob', EARLIER),
      copy(EVENT),
      'write alice',
    ],
    ['earlier ours on a copy that was made then', ours('bob', EARLIER), copy(EARLIER), `settled ${EARLIER}`],
    ['later ours on a copy: a repeat wrote them', ours('bob', LATER), copy(), 'write alice'],
  ])('%s', (_, tags, events, expected) => {
    expect(decided({ tags, events })).toBe(expected);
    expect(decided({ tags, events, onExisting: 'overwrite' })).toBe(expected);
  });

  test('a copy whose earlier call is known was made by it', () => {
    const events = [created(0, 'bob', { naming: 'unique', copiesTags: true }), ...copy()];
    expect(decided({ tags: ours('bob', EARLIER), events })).toBe('settled bob');
  });

  test('what is replaced on a copy is told', () => {
    const decision = decide(claimOf({ tags: ours('bob', EARLIER), events: copy() }));
    expect(decision).toMatchObject({ reason: 'it bore our tags of another creation, as copies do' });
  });
});

describe('names that can be used again', () => {
  const idempotent = [created(60, 'alice', { creation: 'idempotent' })];

  test.each<[string, Record<string, string>, NameEvent[], string]>([
    ['an earlier life: this one takes over', ours('bob', EARLIER), [created(60, 'alice')], 'write alice'],
    [
      'a later life: replaying an old log changes nothing',
      ours('bob', LATER),
      [created(60, 'alice')],
      `settled ${LATER}`,
    ],
    ['an earlier call, where a repeat makes nothing', ours('bob', EARLIER), idempotent, `settled ${EARLIER}`],
    ['a later call, where a repeat makes nothing', ours('bob', LATER), idempotent, 'write alice'],
    ['a life that was deleted', ours('bob', EARLIER), [deleted(30), ...idempotent], 'write alice'],
  ])('ours of %s', (_, tags, events, expected) => {
    expect(decided({ tags, events })).toBe(expected);
    expect(decided({ tags, events, onExisting: 'overwrite' })).toBe(expected);
  });

  test('what was deleted since is not tagged', () => {
    expect(decided({ events: [created(60, 'alice'), deleted(90)] })).toBe('keep: it was deleted since');
  });

  test('a deletion brings forward the creation behind it, though another call is at hand', () => {
    const events = [...idempotent, deleted(70), created(80, 'carol', { creation: 'idempotent' })];
    expect(decided({ tags: ours('alice', EVENT), events })).toBe('write carol');
  });

  const MINUTES = 60_000;
  const askable = { serviceTime: 'askable', now: Date.parse(EVENT) + 10 * MINUTES } as const;

  test('the service is asked where there are several creations to choose from', () => {
    expect(decided(askable)).toBe('write alice');
    expect(decided({ ...askable, tags: ours('bob', EVENT) })).toBe('settled alice');
    expect(decided({ ...askable, tags: { CreatedBy: 'eve' } })).toMatch('keep');
    expect(decided({ ...askable, tags: ours('bob', EARLIER) })).toBe('ask');
    expect(
      decided({ ...askable, tags: ours('bob', EARLIER), events: [deleted(30), created(60, 'alice')] }),
    ).toBe('write alice');
    expect(decided({ ...askable, events: [created(60, 'alice'), created(90, 'bob')] })).toBe('ask');
    expect(
      decided({
        ...askable,
        tags: ours('bob', EARLIER),
        events: [created(60, 'alice', { naming: 'unique' })],
      }),
    ).toMatch('settled');
  });

  test.each<[string, string, Partial<Claim>]>([
    ['a repeat may have made nothing', 'ask', { events: idempotent }],
    ['an update may have made nothing', 'ask', { events: [created(60, 'alice', { creation: 'upsert' })] }],
    [
      'an old creation may have been deleted since, in a log that we have not seen',
      'ask',
      { now: Date.parse(EVENT) + 61 * MINUTES },
    ],
    ['of a young one we shall hear', 'write alice', { now: Date.parse(EVENT) + 59 * MINUTES }],
  ])('and about a single one: %s', (_, expected, claim) => {
    expect(decided({ ...askable, ...claim })).toBe(expected);
  });

  test('nor is it asked of a single one whose tags are there, or that was deleted since', () => {
    const long = { ...askable, now: NOW };
    expect(decided({ ...long, tags: ours('alice', EVENT), events: idempotent })).toBe('settled alice');
    expect(decided({ ...long, events: [...idempotent, deleted(90)] })).toBe('keep: it was deleted since');
  });

  test.each<[string, NameEvent[]]>([
    ['a single repeat', idempotent],
    ['a single creation', [created(60, 'alice')]],
    [
      'several of either',
      [...idempotent, created(90, 'bob', { creation: 'idempotent' }), created(120, 'carol')],
    ],
  ])('what it made at no time of theirs stays as it is: %s', (_, events) => {
    const serviceTime = { at: Date.parse('2021-05-06T07:08:09.123Z'), toleranceMs: 30_000 };
    const reason = 'keep: the service made it at 2021-05-06T07:08:09Z, and not by any call that we know of';
    expect(decided({ events, serviceTime })).toBe(reason);
    expect(decided({ events, serviceTime, onExisting: 'overwrite' })).toBe(reason);
    expect(decided({ events, serviceTime, tags: ours('bob', EARLIER) })).toBe(reason);
  });

  test('what it answers decides', () => {
    const at = (text: string) => ({ serviceTime: { at: Date.parse(text), toleranceMs: 30_000 } });
    const tags = ours('bob', EARLIER);
    expect(decided({ tags, events: idempotent, ...at(EARLIER) })).toBe(`settled ${EARLIER}`);
    expect(decided({ tags, events: idempotent, ...at(EVENT) })).toBe('write alice');
    expect(decided({ tags: ours('bob', LATER), ...at(EVENT) })).toBe('write alice');
  });
});

describe('with a store, which knows what we wrote', () => {
  const known = [new Map(Object.entries(ours('alice', EVENT)))];
  const corrected = 'keep: it bears tags like ours that we did not write: somebody corrected or forged them';

  test.each([
    ['another creator', ours('carol', EVENT)],
    ['another time', ours('alice', EARLIER)],
  ])('a correction stays: %s', (_, tags) => {
    expect(decided({ known, tags })).toBe(corrected);
    expect(decided({ known, tags, events: [created(60, 'alice'), created(90, 'bob')] })).toBe(corrected);
  });

  test('what an event of the name wrote is ours', () => {
    expect(
      decided({ known, tags: ours('alice', EVENT), events: [created(60, 'alice'), created(90, 'bob')] }),
    ).toBe('write bob');
  });

  test('what came with a copy is no correction', () => {
    const events = [created(60, 'alice', { copiesTags: true, naming: 'unique' })];
    expect(decided({ known, tags: ours('bob', EARLIER), events })).toBe('write alice');
  });

  test('nor is what came with a copy of a name that another copy had before', () => {
    const events = [
      created(0, 'dora', { copiesTags: true }),
      deleted(20),
      created(60, 'alice', { copiesTags: true }),
    ];
    const betweenTheLives = ours('bob', minutesLater(30));
    expect(decided({ known, tags: betweenTheLives, events })).toBe('write alice');
  });

  test('tags like ours that we did not write are for somebody to look at', () => {
    const decision = decide(claimOf({ known, tags: ours('eve', EARLIER) }));
    expect(decision).toMatchObject({ action: 'keep', isRemarkable: true });
  });
});

describe('named by hand', () => {
  const byHand = created(100, 'admin', { eventID: 'by-hand' });

  test.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'write admin'],
    ['ours of an earlier time', ours('bob', EARLIER), 'keep: it bears our tags already'],
    ['ours of a later time', ours('bob', LATER), 'keep: it bears our tags already'],
    ["somebody else's", { CreatedBy: 'eve' }, "keep: CreatedBy is somebody else's"],
  ])('%s', (_, tags, expected) => {
    for (const events of [[], [created(60, 'alice')], [created(60, 'alice'), deleted(90)]]) {
      expect(decided({ tags, events, byHand })).toBe(expected);
    }
  });
});

describe("tags of the user's own", () => {
  const wanted = new Map([...Object.entries(ours('alice', EVENT)), ['Environment', 'test']]);
  const event = (facts: Partial<CreationEvent> = {}) => [created(60, 'alice', { tags: wanted, ...facts })];
  const written = (
    tags: Record<string, string>,
    events: NameEvent[],
    onExisting: Claim['onExisting'] = 'keep',
    known?: Claim['known'],
  ) => {
    const decision = decide(claimOf({ tags, events, onExisting, known }));
    return decision.action === 'write' ? decision.tags.get('Environment') : decision.action;
  };

  test('are written where their key is free, and not over what others wrote', () => {
    expect(written({}, event())).toBe('test');
    expect(written({ Environment: 'production' }, event())).toBeUndefined();
    expect(written({ Environment: 'production' }, event(), 'overwrite')).toBe('test');
  });

  test('replace those of an earlier life, but not what the request set', () => {
    const tags = { ...ours('bob', EARLIER), Environment: 'production' };
    expect(written(tags, event())).toBe('test');
    expect(written(tags, event({ requestTags: { Environment: 'production' } }))).toBeUndefined();
  });

  test('leave what somebody wrote beside ours, as far as it is known what we wrote', () => {
    const ofBob = new Map([...Object.entries(ours('bob', EARLIER)), ['Environment', 'staging']]);
    const events = [created(0, 'bob', { tags: ofBob }), ...event()];
    const tags = { ...ours('bob', EARLIER), Environment: 'production' };
    expect(written(tags, events)).toBeUndefined();
    expect(written({ ...tags, Environment: 'staging' }, events)).toBe('test');
    expect(written(tags, event(), 'keep', [new Map(Object.entries(ours('bob', EARLIER)))])).toBeUndefined();
    expect(written(tags, event(), 'keep', [new Map(Object.entries(tags))])).toBe('test');
  });
});

describe('what a call made on its way', () => {
  const unique = { naming: 'unique' } as const;
  const launch = created(60, 'launcher', { ...unique, isIndirect: true });
  const tagsOf = ({ tags }: CreationEvent) => Object.fromEntries(tags);
  const asLaunched = tagsOf(launch);

  test('gets our tags where it has none', () => {
    expect(decided({ events: [launch] })).toBe('write launcher');
  });

  test.each([
    ['earlier', EARLIER],
    ['later', LATER],
  ])('keeps tags of ours of an %s time, whatever creation they name', (_, time) => {
    expect(decided({ events: [launch], tags: ours('alice', time) })).toBe(`settled ${time}`);
    expect(decided({ events: [launch], tags: ours('alice', time), onExisting: 'overwrite' })).toBe(
      `settled ${time}`,
    );
  });

  test.each([
    ['before', created(0, 'alice', unique)],
    ['behind', created(61, 'alice', unique)],
    ['in the same second', created(60, 'alice', unique)],
  ])('is of who made it by itself, %s', (_, direct) => {
    for (const events of [
      [launch, direct],
      [direct, launch],
    ]) {
      expect(decided({ events })).toBe('write alice');
      expect(decided({ events, tags: asLaunched })).toBe('write alice');
      expect(decided({ events, tags: tagsOf(direct) })).toBe('settled alice');
      expect(decided({ events, tags: asLaunched, known: [launch.tags, direct.tags] })).toBe('write alice');
    }
  });

  test('is taken over from the launch by who made it before, who does not know of the launch', () => {
    expect(decided({ events: [created(0, 'alice', unique)], tags: asLaunched })).toBe('write alice');
  });
});

/** A resource, and how it gets to know of its events: in one process, or each by itself with nothing but the tags. */
test('whoever made it by itself is named at last, in whatever order that and claims of launches come', () => {
  const history = fc.record({
    /** By minute. */
    direct: fc.option(fc.nat(12), { nil: undefined }),
    launches: fc.uniqueArray(fc.integer({ min: 4, max: 8 }), { minLength: 1, maxLength: 3 }),
    order: fc.array(fc.nat(100), { minLength: 1, maxLength: 8 }),
    again: fc.array(fc.nat(100), { maxLength: 4 }),
    remembers: fc.boolean(),
    before: fc.constantFrom({}, { CreatedBy: 'eve' }, { Team: 'blue' }),
  });
  fc.assert(
    fc.property(history, ({ direct, launches, order, again, remembers, before }) => {
      // Tags alone tell of no launch: without memory they lose to what was made by itself before them.
      const minute = remembers ? direct : direct && direct % 4;
      const own = minute === undefined ? [] : [created(minute, 'alice', { naming: 'unique' })];
      // Without memory only the first launch to come could name itself: so there is one.
      const claims = (remembers ? launches : launches.slice(0, 1)).map((minute) =>
        created(minute, `launch-${minute}`, { naming: 'unique', isIndirect: true }),
      );
      const events = [...own, ...claims];
      const queue = [...events, ...again.flatMap((at) => events[at % events.length] ?? [])]
        .map((event, at) => ({ event, key: order[at % order.length] ?? 0 }))
        .toSorted((a, b) => a.key - b.key);
      let tags: Readonly<Record<string, string>> = before;
      let known: readonly CreationEvent[] = [];
      for (const { event } of queue) {
        known = remembers ? [...new Set([...known, event])] : [event];
        const decision = decide(claimOf({ events: known, tags }));
        if (decision.action === 'write') tags = { ...tags, ...Object.fromEntries(decision.tags) };
      }
      const [winner] = own.length > 0 ? own : claims.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
      const isTaken = 'CreatedBy' in before;
      expect(tags).toEqual(isTaken ? before : { ...before, ...Object.fromEntries(winner?.tags ?? []) });
    }),
    runs(300),
  );
});
