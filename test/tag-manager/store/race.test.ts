/**
 * Two real processes race for one name, over and over, each with an event that the other does not know. Whoever is slower,
 * afterwards the tags are the winner's.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { longer, size } from '../../helpers/runs.ts';
import { ACCOUNT, arnOf, KINDS, type KindName, minutesLater } from '../creations.ts';
import { ours, putResource, startTagging, type Tagging, taggerOf } from '../tagging.ts';
import type { RaceEvent } from './racer.ts';
import { putTable } from './stores.ts';

let tagging: Tagging;
const children: ChildProcess[] = [];

beforeAll(async () => {
  tagging = await startTagging();
  await putTable(tagging);
});
afterAll(async () => {
  for (const child of children) child.kill();
  await tagging.close();
});

const RACES = size(60, 1_000);

/** Alice's call comes first. A second call of `CreateTopic` makes nothing; one of `CreateTable` can only have made it anew. */
const WINNER: readonly (readonly [KindName, 'alice' | 'bob'])[] = [
  ['topic', 'alice'],
  ['table', 'bob'],
];

async function startRacer(): Promise<ChildProcess> {
  const env = { ...process.env, AWS_ENDPOINT_URL: tagging.sandbox.endpoint };
  const child = fork(new URL('racer.ts', import.meta.url), { env, execArgv: ['--no-warnings'] });
  children.push(child);
  child.send(tagging.sandbox.credentials(taggerOf(ACCOUNT)));
  await once(child, 'message'); // it is ready
  return child;
}

async function run(child: ChildProcess, events: readonly RaceEvent[]): Promise<readonly string[]> {
  child.send(events);
  const [outcomes] = (await once(child, 'message')) as [readonly string[]];
  return outcomes;
}

/** Slow now and then, so that the two overtake each other at every step. */
function stumble() {
  let calls = 0;
  for (const operation of [
    'UpdateItem',
    'Query',
    'PutItem',
    'TagResource',
    'ListTagsForResource',
    'ListTagsOfResource',
  ]) {
    tagging.sandbox.faults.add({
      operation,
      match: () => (calls++ * 7919) % 5 < 2,
      effect: { delayMs: 4 },
    });
  }
}

test(
  'the tags are the winner’s',
  async () => {
    const races = Array.from({ length: RACES }, (_, at) => {
      const [kind, winner] = WINNER[at % WINNER.length] ?? ['topic', 'alice'];
      const id = KINDS[kind].id(at);
      putResource(tagging.sandbox, kind, id);
      return { kind, id, winner };
    });
    const eventsOf = (by: 'alice' | 'bob') =>
      races.map(({ kind, id }) => ({ kind, id, by, at: minutesLater(by === 'alice' ? 0 : 1) }));
    stumble();
    const racers = await Promise.all([startRacer(), startRacer()]);
    const [one, other] = racers;
    if (one === undefined || other === undefined) throw new Error('there are not two racers');
    const outcomes = await Promise.all([run(one, eventsOf('alice')), run(other, eventsOf('bob'))]);

    const wrong = races.flatMap(({ kind, id, winner }) => {
      const at = minutesLater(winner === 'alice' ? 0 : 1);
      const expected = ours(`arn:aws:iam::${ACCOUNT}:user/${winner}`, at);
      const tags = tagging.sandbox.tagsOf(arnOf(kind, id));
      return JSON.stringify(tags) === JSON.stringify(expected) ? [] : [{ id, tags }];
    });
    expect(wrong).toEqual([]);
    expect(new Set(outcomes.flat())).not.toContain('deferred');
    // Had they not met, nothing would have been shown.
    const refused = tagging.sandbox.requests.filter(
      ({ errorCode }) => errorCode === 'ConditionalCheckFailedException',
    );
    expect(refused.length).toBeGreaterThan(RACES / 10);
  },
  longer(30_000),
);
