/**
 * How often a property is tried: a usual number of times in `npm test`, many times that in `npm run prove`, which sets
 * these two variables. Every property takes its numbers from here.
 */
import { jest } from '@jest/globals';

const { PROVE_TIMES = '1', PROVE_SEED } = process.env;

const TIMES = Number(PROVE_TIMES);

/** For a test that sets a limit of its own: enough for all of its runs. */
export const LONG_ENOUGH_MS = 60_000 * TIMES;

jest.setTimeout(LONG_ENOUGH_MS);

/** For `fc.assert`. Without a seed fast-check draws one, and names it when a property fails. */
export function runs(usual: number): { readonly numRuns: number; readonly seed?: number } {
  return { numRuns: Math.ceil(usual * TIMES), ...(PROVE_SEED !== undefined && { seed: Number(PROVE_SEED) }) };
}
