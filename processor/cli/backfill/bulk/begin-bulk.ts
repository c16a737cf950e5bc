/** `backfill --engine batch|map`: says what a run in AWS is about, asks, makes its folder, and has it carried out. */
import type { BulkEngine } from '../../../backfill/aws/bulk-engine.ts';
import { openJobList } from '../../../backfill/aws/job-list.ts';
import { createRunFolder } from '../../../backfill/run/run-folder.ts';
import { RUNS } from '../../../backfill/run/run-id.ts';
import type { RunInfo } from '../../../backfill/run/run-info.ts';
import { type Scope, urlOf } from '../../../backfill/scope/scope.ts';
import { createLogReader, listingOf } from '../../../file/log-reader.ts';
import { readSettings, SettingsError } from '../../../runtime/settings.ts';
import type { CommandCall } from '../../command.ts';
import { isWanted, refuseUnasked } from '../../consent.ts';
import type { Ending } from '../../endings.ts';
import { branchesOf } from '../prepare-run.ts';
import { keptSettings, newRunInfo } from '../run-settings.ts';
import { planLines } from '../run-words.ts';
import { accountsOf } from './accounts-of.ts';
import { carryOutBulk } from './carry-out-bulk.ts';
import { type OpenedBulk, openBulk } from './open-bulk.ts';
import { refuseOptions, refuseSettings } from './refusals.ts';

export interface BulkBeginning {
  readonly scope: Scope;
  readonly engine: BulkEngine;
  readonly name: RunInfo['engine'];
  /** With what the options say. */
  readonly env: NodeJS.ProcessEnv;
  /** As it was typed. */
  readonly command: string;
}

/** Throws what is wrong with settings, credentials or the deployment. */
export async function beginBulk(call: CommandCall, beginning: BulkBeginning): Promise<Ending> {
  const { scope, engine, name, env, command } = beginning;
  const { options, terminal, signal } = call;
  refuseOptions(name, options);
  const asked = { doing: 'tag', isDry: readSettings(env, 'command-line').tags.dryRun };
  refuseUnasked(call, asked);
  const opened = await openBulk({ deployment: options.deployment }, signal);
  try {
    const { deployment, settings } = opened;
    refuseSettings(name, env, deployment.settings);
    const inventory = await inventoryOf(call, beginning, opened);
    const logs = logsOf(opened, scope);
    const branches = await branchesOf(scope, listingOf(logs, scope.bucket), signal, terminal.complain);
    if (branches.length === 0) {
      terminal.complain(`${urlOf(scope)}: no log files of CloudTrail in what is asked for`);
      return 'nothing';
    }
    const info = newRunInfo({
      command,
      scope,
      filters: keptSettings(env, opened.region).filters,
      settings: keptSettings(deployment.settings, opened.region).settings,
      identity: opened.identity,
      engine: name,
      dryRun: asked.isDry || settings.tags.dryRun,
    });
    const accounts = accountsOf(branches, opened);
    const keys = [...settings.tags.templates.keys()];
    for (const line of planLines({
      ...info,
      verifyDigests: false,
      scope,
      branches,
      accounts,
      keys,
      identity: taggingIdentity(opened),
    }))
      terminal.complain(line);
    terminal.complain(
      `by the function of the deployment ${deployment.name} in ${deployment.region}, invoked by ${engine.service}; the run is kept in s3://${deployment.bucket}/runs/${info.id}/`,
    );
    if (!(await isWanted(call, { ...asked, isDry: info.dryRun }, signal))) return 'interrupted';
    const folder = await createRunFolder(options.runs ?? RUNS, info);
    terminal.complain(`run ${info.id} in ${folder}`);
    const jobs = await openJobList(folder, info.id, {
      deployment: deployment.name,
      region: deployment.region,
    });
    return await carryOutBulk(call, {
      opened,
      engine,
      folder,
      info,
      scope,
      branches,
      logs,
      jobs,
      inventory,
    });
  } finally {
    opened.destroy();
  }
}

/** Throws SettingsError where the engine reads none, else what is wrong with the inventory. */
async function inventoryOf(
  { options, signal }: CommandCall,
  { engine, scope }: BulkBeginning,
  { calls, deployment }: OpenedBulk,
): Promise<string | undefined> {
  const { inventory: url } = options;
  if (url === undefined) return undefined;
  if (engine.readInventory === undefined) throw new SettingsError('--inventory goes with --engine map');
  return engine.readInventory(url, { calls, deployment, scope, signal });
}

/** Logs are listed with the credentials of the user, from where the function takes them. Throws SettingsError where it takes none from there. */
export function logsOf({ calls, region, settings, identity }: OpenedBulk, { bucket }: Scope) {
  const logs = createLogReader({ calls, region, buckets: settings.logBuckets, ownAccount: identity.account });
  const refusal = logs.refusal(bucket);
  if (refusal === undefined) return logs;
  throw new SettingsError(`the deployed function does not read ${bucket}: ${refusal}`);
}

/** It is the function that tags, and not who begins the run. */
export function taggingIdentity({ deployment: { account, roleArn } }: OpenedBulk) {
  return { account, arn: roleArn };
}
