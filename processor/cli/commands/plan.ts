/** `plan`: what would be tagged, without asking AWS about it. */
import type { CommandCall } from '../command.ts';
import type { Ending } from '../endings.ts';
import { createPlanPool } from '../plan-threads.ts';

/** Threads that are needed load their code while this one loads its own. */
export async function run(call: CommandCall): Promise<Ending> {
  const pool = createPlanPool(call.args, call.signal);
  try {
    const { runPlan } = await import('../run-plan.ts');
    return await runPlan(call, pool);
  } finally {
    await pool.stop();
  }
}
