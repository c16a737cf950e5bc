/** One file may hold as many events of one name as its maker likes: the work must grow with them, not with their square. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCpuClock } from '../helpers/cpu-clock.ts';
import { ACCOUNT, creationOf, deletionOf, minutesLater } from './creations.ts';
import { openStore, putTable } from './store/stores.ts';
import { ours, putResource, startTagging, type Tagging, UNENDING } from './tagging.ts';

const LIVES = 8_000;

let tagging: Tagging;
beforeAll(async () => {
  tagging = await startTagging();
});
afterAll(() => tagging.close());

test('thousands of lives of one name are told apart within seconds', async () => {
  const arn = putResource(tagging.sandbox, 'topic', 'restless');
  const [creation, deletion] = [
    creationOf('topic', 'restless'),
    deletionOf('topic', 'restless', minutesLater(0)),
  ];
  const at = (minute: number) => ({ eventTime: minutesLater(minute - 2 * LIVES) });
  const lives = Array.from({ length: LIVES }, (_, life) => life);
  const creations = lives.map((life) => ({ ...creation, ...at(2 * life + 1), eventID: `created-${life}` }));
  const deletions = lives.map((life) => ({ ...deletion, ...at(2 * life), eventID: `deleted-${life}` }));
  const cpuMs = startCpuClock();
  const { outcomes } = await tagging.manager().tag({ creations, deletions }, UNENDING);
  expect(cpuMs()).toBeLessThan(30_000);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([
    ...Array.from({ length: LIVES - 1 }, () => 'kept'),
    'tagged',
  ]);
  expect(tagging.sandbox.tagsOf(arn)).toEqual(
    ours(`arn:aws:iam::${ACCOUNT}:user/alice`, creations.at(-1)?.eventTime ?? ''),
  );
});

test('with the store, of hundreds of repeats in one file the first is tagged, and the others are not', async () => {
  await putTable(tagging);
  const arn = putResource(tagging.sandbox, 'topic', 'popular');
  const [first, ...others] = Array.from({ length: 500 }, (_, minute) =>
    creationOf('topic', 'popular', { at: minutesLater(minute - 1000), by: `user-${minute}` }),
  );
  if (first === undefined) throw new Error('there is no first');
  const manager = tagging.manager({ ledger: openStore(tagging).ledger });
  const requests = await tagging.requestsOf(async () => {
    const { outcomes } = await manager.tag({ creations: [...others, first] }, UNENDING);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([...others.map(() => 'unchanged'), 'tagged']);
  });
  // Nothing came between, so nothing was decided twice.
  expect(requests.filter(({ operation }) => operation === 'ListTagsForResource')).toHaveLength(1);
  expect(tagging.sandbox.tagsOf(arn)).toEqual(ours(`arn:aws:iam::${ACCOUNT}:user/user-0`, first.eventTime));
});
