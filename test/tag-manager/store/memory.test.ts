/** What a process remembers of names: bounded, and enough to tell whose they are. */
import { expect, test } from '@jest/globals';
import { winnerOf } from '../../../tag-manager/ownership/lives.ts';
import type { NameEvent } from '../../../tag-manager/ownership/name-event.ts';
import { createMemory } from '../../../tag-manager/store/memory.ts';
import { created, deleted } from '../ownership/events.ts';
import { UNENDING } from '../tagging.ts';

const NEWS = { account: '111122223333', arn: 'arn:aws:sns:eu-west-1:111122223333:news' };
const idempotent = { creation: 'idempotent' } as const;

test('events come back with those of later, each once, and not for another account', async () => {
  const memory = createMemory();
  const [first, second] = [created(1, 'alice', idempotent), created(2, 'bob', idempotent)];
  await memory.record(NEWS, [first], UNENDING);
  expect(await memory.record(NEWS, [second, first], UNENDING)).toEqual({ events: [first, second] });
  expect(await memory.record({ ...NEWS, account: '444455556666' }, [], UNENDING)).toEqual({ events: [] });
});

test('of very many lives those that are over are forgotten, but not that they are', async () => {
  const memory = createMemory();
  const lives = Array.from({ length: 40 }, (_, life) => [created(2 * life, 'alice'), deleted(2 * life + 1)]);
  expect((await memory.record(NEWS, lives.flat(), UNENDING)).events).toEqual([lives.at(-1)?.[1]]);
  const [again] = lives;
  expect((await memory.record(NEWS, again ?? [], UNENDING)).events).toContain(lives.at(-1)?.[1]);
});

test('of more names than it holds, those heard of the longest ago are forgotten', async () => {
  const memory = createMemory(2);
  const of = (name: string) => ({ ...NEWS, arn: name });
  for (const name of ['a', 'b', 'a', 'c']) await memory.record(of(name), [created(1, name)], UNENDING);
  const known = async (name: string) => (await memory.record(of(name), [], UNENDING)).events.length;
  expect([await known('b'), await known('a'), await known('c')]).toEqual([0, 2, 1]);
});

test('a call that is repeated a hundred thousand times takes no more room, nor time, than a few', async () => {
  const memory = createMemory();
  const first = created(0, 'alice', idempotent);
  let events: readonly NameEvent[] = [];
  for (let minute = 100_000; minute > 0; minute--) {
    ({ events } = await memory.record(
      NEWS,
      [
        {
          ...first,
          eventID: `repeat-${minute}`,
          user: 'app',
          eventTime: new Date(minute * 60_000 + Date.parse(first.eventTime)).toISOString(),
        },
      ],
      UNENDING,
    ));
  }
  ({ events } = await memory.record(NEWS, [first], UNENDING));
  expect(events.length).toBeLessThan(100);
  expect(winnerOf(events, 'reusable')).toBe(first);
});

test('among very many launches that claim a name, who made it by itself is not forgotten', async () => {
  const memory = createMemory();
  const launch = (minute: number) => created(minute, 'app', { naming: 'unique', isIndirect: true });
  const direct = created(100, 'alice', { naming: 'unique' });
  const launches = Array.from({ length: 200 }, (_, minute) => launch(minute));
  const { events } = await memory.record(NEWS, [...launches, direct], UNENDING);
  expect(events.length).toBeLessThan(100);
  expect(winnerOf(events, 'unique')).toBe(direct);
});
