/**
 * Events that expire: the table does not grow with calls that are repeated every minute, and whatever has expired, its tags
 * name whom they would name had all been kept. What DynamoDB deletes days after its time is deleted here by hand.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { winnerOf } from '../../../tag-manager/ownership/lives.ts';
import type { CreationEvent, NameEvent } from '../../../tag-manager/ownership/name-event.ts';
import { KEPT_DAYS, lastingOf } from '../../../tag-manager/store/lasting.ts';
import type { Events } from '../../../tag-manager/tag-manager.ts';
import { runs } from '../../helpers/runs.ts';
import { ACCOUNT, arnOf, creationOf, deletionOf, minutesLater } from '../creations.ts';
import { created, deleted } from '../ownership/events.ts';
import { NOW, ours, putResource, startTagging, type Tagging, UNENDING } from '../tagging.ts';
import { deleteExpiring, expiryOf, itemsOfPartition, openStore, putTable } from './stores.ts';

let tagging: Tagging;
let names = 0;

beforeAll(async () => {
  tagging = await startTagging();
  await putTable(tagging);
});
afterAll(() => tagging.close());

const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

/** By a function that knows nothing but the store. */
const tag = (events: Events) => tagging.manager({ ledger: openStore(tagging).ledger }).tag(events, UNENDING);

function newTopic() {
  const id = `lasting-${names++}`;
  const arn = putResource(tagging.sandbox, 'topic', id);
  const create = (minute: number, by: string) =>
    tag({ creations: [creationOf('topic', id, { at: minutesLater(minute), by })] });
  const remove = (minute: number) =>
    tag({ creations: [], deletions: [deletionOf('topic', id, minutesLater(minute))] });
  return { id, arn, create, remove, tags: () => tagging.sandbox.tagsOf(arn) };
}

/** What lasts of a name, by the time of the event. */
async function lastingItems(arn: string): Promise<readonly string[]> {
  const items = await itemsOfPartition(tagging, arn);
  return items.filter((item) => expiryOf(item) === undefined).map(({ Event, At }) => At?.S ?? Event?.S ?? '');
}

describe('a topic that an application creates every minute', () => {
  test('keeps its first creation for ever, and each repeat for 90 days', async () => {
    const { arn, create, tags } = newTopic();
    for (const minute of [3, 1, 2, 0, 4]) await create(minute, 'app');
    expect(await lastingItems(arn)).toEqual([minutesLater(0), `${ACCOUNT}#state`]);
    const expiries = (await itemsOfPartition(tagging, arn)).flatMap((item) => expiryOf(item) ?? []);
    expect(new Set(expiries)).toEqual(new Set([NOW / 1000 + KEPT_DAYS * 24 * 60 * 60]));
    await deleteExpiring(tagging, arn);
    await create(5, 'app');
    expect(tags()).toEqual(ours(user('app'), minutesLater(0)));
  });

  test('that was another’s before is the application’s when the deletion between arrives at last', async () => {
    const { arn, create, remove, tags } = newTopic();
    await create(0, 'alice');
    await create(20, 'bob');
    await create(21, 'bob');
    await remove(10);
    expect(tags()).toEqual(ours(user('bob'), minutesLater(20)));
    expect(await lastingItems(arn)).toEqual([minutesLater(10), minutesLater(20), `${ACCOUNT}#state`]);
  });

  test('keeps the first again that was brought again after it had expired', async () => {
    const { arn, create } = newTopic();
    await create(0, 'alice');
    await create(20, 'bob');
    await deleteExpiring(tagging, arn);
    await create(20, 'bob');
    await create(0, 'alice');
    expect(await lastingItems(arn)).toEqual([minutesLater(0), `${ACCOUNT}#state`]);
  });

  test('costs one write a repeat', async () => {
    const { create } = newTopic();
    await create(0, 'alice');
    const requests = await tagging.requestsOf(() => create(20, 'bob'));
    const writes = requests.filter(({ operation }) => ['UpdateItem', 'PutItem'].includes(operation));
    expect(writes).toHaveLength(1);
  });
});

test('a table that is deleted and made anew all day keeps the last deletion and the last creation', async () => {
  const id = `lasting-${names++}`;
  putResource(tagging.sandbox, 'table', id);
  const arn = arnOf('table', id);
  for (const minute of [0, 10, 20]) {
    await tag({ creations: [creationOf('table', id, { at: minutesLater(minute) })] });
    await tag({ creations: [], deletions: [deletionOf('table', id, minutesLater(minute + 5))] });
  }
  await tag({ creations: [creationOf('table', id, { at: minutesLater(30), by: 'bob' })] });
  expect(await lastingItems(arn)).toEqual([minutesLater(25), minutesLater(30), `${ACCOUNT}#state`]);
});

test('what has expired just now leaves no stub behind that cannot be read', async () => {
  const { arn, create, remove } = newTopic();
  await create(0, 'alice');
  await create(20, 'bob');
  const bobs = (await itemsOfPartition(tagging, arn)).find(({ At }) => At?.S === minutesLater(20));
  // Between the read and the write that would keep it.
  let expired: Promise<void> | undefined;
  const forget = tagging.sandbox.faults.add({
    operation: 'UpdateItem',
    match: ({ input }) => {
      const isBobs = JSON.stringify(input.Key).includes(bobs?.Event?.S ?? '');
      if (isBobs) expired = deleteExpiring(tagging, arn);
      return isBobs;
    },
    effect: { delayMs: 100 },
  });
  await remove(10);
  forget();
  await expired;
  expect(expired).toBeDefined();
  const items = await itemsOfPartition(tagging, arn);
  expect(items.filter(({ Kind, Version }) => Kind === undefined && Version === undefined)).toEqual([]);
});

const event = fc
  .record({
    minute: fc.nat(8),
    kind: fc.constantFrom('deletion', 'strict', 'idempotent', 'upsert'),
    by: fc.nat(2),
  })
  .map(
    ({ minute, kind, by }): NameEvent =>
      kind === 'deletion'
        ? deleted(minute)
        : created(minute, `user-${by}`, { creation: kind as CreationEvent['creation'] }),
  );

test('of whatever events, those that last have the winner of all, and are few', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
      const lasting = [...lastingOf(events)];
      expect(lasting.length).toBeLessThanOrEqual(3);
      expect(winnerOf(lasting, 'reusable')).toBe(winnerOf(events, 'reusable'));
    }),
    runs(500),
  );
});

test('so have those that last with any creation that comes late', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 8 }), event, (events, late) => {
      fc.pre(late.kind === 'creation');
      const lasting = [...lastingOf(events)];
      expect(winnerOf([...lasting, late], 'reusable')).toBe(winnerOf([...events, late], 'reusable'));
    }),
    runs(500),
  );
});

test('of an id that is never used again the first event lasts, and has won', () => {
  const creations = event.filter(({ kind }) => kind === 'creation');
  const unique = creations.map((each): NameEvent => ({ ...(each as CreationEvent), naming: 'unique' }));
  fc.assert(
    fc.property(fc.array(unique, { minLength: 1, maxLength: 8 }), unique, (events, late) => {
      const lasting = [...lastingOf(events)];
      expect(lasting).toHaveLength(1);
      expect(winnerOf([...lasting, late], 'unique')).toBe(winnerOf([...events, late], 'unique'));
    }),
    runs(200),
  );
});

const history = fc.record({
  /** By minute; the last that happens to a name that is there is never its deletion. */
  what: fc.array(fc.constantFrom('create', 'create', 'delete'), { minLength: 1, maxLength: 6 }),
  order: fc.array(fc.nat(1000), { minLength: 7, maxLength: 7 }),
  repeats: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
});

test('once all has been delivered, what expires changes nothing, whatever is delivered again', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ what: drawn, order, repeats }) => {
      const what = [...drawn, 'create'];
      const { id, arn, tags } = newTopic();
      const events = what.map((each, minute) => {
        const at = minutesLater(minute);
        return each === 'create'
          ? { creations: [creationOf('topic', id, { at, by: `user-${minute}` })] }
          : { creations: [], deletions: [deletionOf('topic', id, at)] };
      });
      const queue = events
        .map((each, at) => ({ each, key: order[at] ?? 0 }))
        .toSorted((a, b) => a.key - b.key);
      for (const { each } of queue) await tag(each);
      const first = what.lastIndexOf('delete') + 1;
      const expected = ours(user(`user-${first}`), minutesLater(first));
      expect(tags()).toEqual(expected);
      for (const at of repeats) {
        await deleteExpiring(tagging, arn);
        await tag(events[at % events.length] ?? { creations: [] });
        expect(tags()).toEqual(expected);
      }
      expect((await lastingItems(arn)).length).toBeLessThanOrEqual(3);
    }),
    runs(12),
  );
});
