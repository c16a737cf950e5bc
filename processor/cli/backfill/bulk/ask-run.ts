/** A run in AWS, asked from elsewhere than who watches it: how far its jobs are, and that they be stopped. */
import type { BulkEngine, BulkWork } from '../../../backfill/aws/bulk-engine.ts';
import { readJobList } from '../../../backfill/aws/job-list.ts';
import { isEngine, loadEngine } from '../../../backfill/engines.ts';
import type { RunInfo } from '../../../backfill/run/run-info.ts';
import { scopeOfRun } from '../run-settings.ts';
import { workOf } from './carry-out-bulk.ts';
import { openBulk } from './open-bulk.ts';

/**
 * `undefined` where the run is none in AWS, or nothing of it was begun. Throws RunError, what is wrong with the credentials, and what
 * `ask` throws.
 */
export async function askRun<Answer>(
  folder: string,
  info: RunInfo,
  signal: AbortSignal,
  ask: (engine: BulkEngine, work: BulkWork) => Promise<Answer>,
): Promise<Answer | undefined> {
  const engine = isEngine(info.engine) ? await loadEngine(info.engine) : undefined;
  const jobs = await readJobList(folder, info.id);
  if (engine?.kind !== 'bulk' || jobs === undefined || jobs.jobs.length === 0) return undefined;
  const scope = scopeOfRun(folder, info);
  const opened = await openBulk({ deployment: jobs.deployment, region: jobs.region }, signal);
  try {
    return await ask(engine, workOf({ opened, info, scope, jobs }, signal));
  } finally {
    opened.destroy();
  }
}
