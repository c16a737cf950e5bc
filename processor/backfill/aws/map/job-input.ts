/** What a job of the map engine is kept as in `engine.json`: an execution that is begun, or one that is redriven. */
import * as z from 'zod';
import { asKept } from '../job-list.ts';

const SOURCE = z.discriminatedUnion('from', [
  z.object({ from: z.literal('listing'), prefix: z.string() }),
  z.object({ from: z.literal('manifest'), key: z.string() }),
  z.object({ from: z.literal('inventory'), key: z.string() }),
]);

const INPUT = z.union([
  z.object({
    /** Log files in all manifests; absent where AWS reads them from elsewhere. */
    files: z.optional(z.int()),
    sources: z.array(SOURCE).min(1),
  }),
  z.object({
    /** ARN of the execution. */
    redrive: z.string(),
    /** How often it had been redriven before. */
    redriveCount: z.int(),
  }),
]);

export type MapJobInput = Readonly<z.infer<typeof INPUT>>;

/** Throws BulkError where it is not as it was written. */
export function readMapJobInput(input: unknown): MapJobInput {
  return asKept(INPUT, input);
}
