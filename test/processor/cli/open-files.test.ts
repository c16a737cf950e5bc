/** How many files are open at once: against sources of given latency and capacity, by a clock of our own. */
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createRandom } from '../../../fixtures/generated/random.ts';
import { createOpenFiles, type OpenFiles } from '../../../processor/cli/open-files.ts';

const MOST = 256;

interface Source {
  /** Of an answer that waits for no other. */
  readonly latencyMs: () => number;
  readonly perSecond: number;
}

/** It answers one after the other. */
const source = (latencyMs: number, perSecond: number): Source => ({ latencyMs: () => latencyMs, perSecond });

/** What the files take, and how many were open in the second half. */
async function read(files: number, { latencyMs, perSecond }: Source, openFiles: OpenFiles) {
  let now = 0;
  let freeAt = 0;
  let open = 0;
  const opened: number[] = [];
  const answers: { readonly at: number; readonly asked: number }[] = [];
  const begin = async () => {
    for (let file = 0; file < files; file++) {
      await openFiles.enter(1_000);
      freeAt = Math.max(freeAt, now) + 1_000 / perSecond;
      answers.push({ at: freeAt + latencyMs(), asked: now });
      opened.push(++open);
    }
  };
  const beginning = begin();
  for (let answered = 0; answered < files; answered++) {
    if (answers.length < openFiles.places) await turn();
    const next = answers.reduce((one, other) => (other.at < one.at ? other : one));
    answers.splice(answers.indexOf(next), 1);
    now = next.at;
    open--;
    openFiles.answered(now - next.asked);
    openFiles.leave(1_000);
  }
  await beginning;
  const late = opened.slice(files / 2);
  return { perSecond: (files * 1_000) / now, open: late.reduce((sum, each) => sum + each) / late.length };
}

describe('files are opened', () => {
  test.each([
    [25, 1_000],
    [25, 4_000],
    [100, 300],
    [100, 1_000],
    [10, 100],
    [200, 1_000],
  ])(
    '%i ms away, from a source that gives %i a second, as many as keep it busy, and not many more',
    async (latencyMs, perSecond) => {
      const run = await read(6_000, source(latencyMs, perSecond), createOpenFiles({ most: MOST }));
      const needed = (perSecond * latencyMs) / 1_000;
      expect(run.perSecond).toBeGreaterThan(0.85 * perSecond);
      expect(run.open).toBeLessThan(Math.max(16, 3 * needed));
    },
  );

  test('as many as may be where the source gives ever more, however much single answers differ', async () => {
    const random = createRandom(7);
    const latencyMs = () => 20 / (1 - 0.99 * random.next()); // a tenth takes ten times as long as the shortest
    const openFiles = createOpenFiles({ most: MOST });
    const run = await read(6_000, { latencyMs, perSecond: 1e6 }, openFiles);
    expect(run.open).toBeGreaterThan(0.8 * MOST);
  });

  test('never more than may be', async () => {
    const run = await read(500, source(50, 1e6), createOpenFiles({ most: 3 }));
    expect(run.open).toBeLessThanOrEqual(3);
    expect(run.open).toBeGreaterThan(2.9);
  });

  test('more when the source gives more, or is further away, and less again when it gives less', async () => {
    const openFiles = createOpenFiles({ most: MOST });
    const places: number[] = [];
    for (const each of [source(25, 400), source(25, 4_000), source(100, 1_500), source(25, 400)]) {
      await read(8_000, each, openFiles);
      places.push(openFiles.places);
    }
    const [few = 0, more = 0, far = 0, fewAgain = 0] = places;
    expect(few).toBeLessThan(40);
    expect(more).toBeGreaterThan(90);
    expect(far).toBeGreaterThan(140);
    expect(fewAgain).toBeLessThan(60);
  });
});

describe('when S3 asks to slow down', () => {
  test('half the places are closed, once for all that were asked before, and come back slowly', async () => {
    const openFiles = createOpenFiles({ most: MOST });
    await read(4_000, source(50, 1e6), openFiles);
    expect(openFiles.places).toBe(MOST);
    for (let refused = 0; refused < 50; refused++) openFiles.slowedDown();
    expect(openFiles.places).toBe(MOST / 2);
    await read(MOST, source(50, 1e6), openFiles);
    expect(openFiles.places).toBeLessThan(0.7 * MOST);
    await read(6_000, source(50, 1e6), openFiles);
    expect(openFiles.places).toBe(MOST);
  });

  test('again and again, a few are open all the same', () => {
    const openFiles = createOpenFiles({ most: MOST });
    for (let round = 0; round < 20; round++) {
      openFiles.slowedDown();
      for (let answer = 0; answer < openFiles.places - 1; answer++) openFiles.answered(50);
    }
    expect(openFiles.places).toBe(4);
  });
});

test('large files are opened as far as their bytes may be under way, and one of any size', async () => {
  const openFiles = createOpenFiles({ most: MOST, mostBytes: 8_000_000 });
  const opened: number[] = [];
  const sizes = [50_000_000, 3_000_000, 3_000_000, undefined, 3_000_000];
  const opening = sizes.map((size, at) => openFiles.enter(size).then(() => opened.push(at)));
  await turn();
  expect(opened).toEqual([0, 1]); // of a stream no more than a part is held
  openFiles.leave(50_000_000);
  await turn();
  expect(opened).toEqual([0, 1, 2]);
  openFiles.leave(3_000_000);
  openFiles.leave(3_000_000);
  await Promise.all(opening);
  expect(opened).toEqual([0, 1, 2, 3, 4]);
});
