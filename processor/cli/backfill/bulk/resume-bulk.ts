/** `backfill resume` of a run in AWS: watches what goes on, fetches what was done, and begins jobs over what those before have left. */
import type { BulkEngine } from '../../../backfill/aws/bulk-engine.ts';
import { openJobList, readJobList } from '../../../backfill/aws/job-list.ts';
import { refuseUndone } from '../../../backfill/run/run-folder.ts';
import type { RunInfo } from '../../../backfill/run/run-info.ts';
import type { Scope } from '../../../backfill/scope/scope.ts';
import { listingOf } from '../../../file/log-reader.ts';
import type { OwnIdentity } from '../../../runtime/runtime.ts';
import type { CommandCall } from '../../command.ts';
import type { Ending } from '../../endings.ts';
import { branchesOf } from '../prepare-run.ts';
import { logsOf } from './begin-bulk.ts';
import { carryOutBulk } from './carry-out-bulk.ts';
import { openBulk } from './open-bulk.ts';

export interface BulkResumption {
  readonly folder: string;
  readonly info: RunInfo;
  readonly scope: Scope;
  readonly engine: BulkEngine;
  /** Throws where nothing is to be done with these credentials. */
  readonly check: (identity: OwnIdentity) => void;
}

/** Throws RunError, and what `beginBulk` throws. */
export async function resumeBulk(
  call: CommandCall,
  { folder, info, scope, engine, check }: BulkResumption,
): Promise<Ending> {
  const { terminal, signal } = call;
  await refuseUndone(folder);
  const known = await readJobList(folder, info.id);
  const place = known && { deployment: known.deployment, region: known.region };
  const opened = await openBulk(place ?? {}, signal, check);
  try {
    const { deployment } = opened;
    const { name, region } = deployment;
    const jobs = known ?? (await openJobList(folder, info.id, { deployment: name, region }));
    const logs = logsOf(opened, scope);
    const branches = await branchesOf(scope, listingOf(logs, scope.bucket), signal, terminal.complain);
    terminal.complain(`going on with run ${info.id}, carried out by ${engine.service} in ${region}`);
    return await carryOutBulk(call, { opened, engine, folder, info, scope, branches, logs, jobs });
  } finally {
    opened.destroy();
  }
}
