/** Random histories under chaos end with the tags that the oracle wants; see run.ts. */
import { describe, expect, test } from '@jest/globals';
import { longer, size } from '../helpers/runs.ts';
import { runChaos } from './command.ts';

/** Each proof has a seed of its own; whoever changes something else wants the same histories as yesterday. */
const { PROVE_SEED = '20260101' } = process.env;

const HISTORIES = size(200, 2000);

const TIMEOUT = longer(240_000);

describe(`${HISTORIES} histories of seed ${PROVE_SEED}`, () => {
  test.concurrent.each([
    ['with the store', '--store'],
    ['without it, as far as the law promises', '--no-store'],
  ])(
    '%s, every tag is right at the end',
    async (_, flag) => {
      const args = ['--histories', String(HISTORIES), '--seed', PROVE_SEED, flag];
      const { exitCode, report, stderr } = await runChaos(args, { timeout: TIMEOUT });
      expect({ stderr, report, exitCode }).toMatchObject({
        stderr: '',
        report: { histories: HISTORIES, wrong: 0, lost: 0, foreignTagsLost: 0, deadLettersUnexplained: 0 },
        exitCode: 0,
      });
    },
    TIMEOUT,
  );
});
