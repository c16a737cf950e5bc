/**
 * How often a property is tried: a usual number of times in `npm test`, many times that in `npm run prove`, which sets
 * these two variables. Every property takes its numbers from here.
 */
import { jest } from '@jest/globals';

const { PROVE_TIMES = '1', PROVE_SEED } = process.env;

const TIMES = Number(PROVE_TIMES);

/** How much longer than usual a test may take. */
export function longer(milliseconds: number): number {
  return milliseconds * TIMES;
}

jest.setTimeout(longer(120_000)); // of every test in the file that imports this

/** For `fc.assert`. Without a seed fast-check draws one, and names it when a property fails. */
export function runs(usual: number): { readonly numRuns: number; readonly seed?: number } {
  return { numRuns: Math.ceil(usual * TIMES), ...(PROVE_SEED !== undefined && { seed: Number(PROVE_SEED) }) };
}

/** For inputs whose full size takes too long for every day: the usual one in `npm test`, the full one in `npm run prove`. */
export function size<Size>(usual: Size, full: Size): Size {
  return TIMES > 1 ? full : usual;
}
