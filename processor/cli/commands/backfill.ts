/** `backfill`: years of log files of a bucket tagged in one run, which can be stopped, gone on with and undone. */
import { ENGINE_NAMES, type EngineName, isEngine, loadEngine } from '../../backfill/engines.ts';
import { RUNS } from '../../backfill/run/run-id.ts';
import { createRun } from '../../backfill/run/run-writer.ts';
import { readScope, urlOf } from '../../backfill/scope/scope.ts';
import { ownRegion, readSettings, SettingsError } from '../../runtime/settings.ts';
import { carryOutRun, runOptions } from '../backfill/carry-out.ts';
import { estimateRun } from '../backfill/estimate-run.ts';
import { prepareRun } from '../backfill/prepare-run.ts';
import { keptSettings, newRunInfo } from '../backfill/run-settings.ts';
import { preparedLines } from '../backfill/run-words.ts';
import type { CommandCall } from '../command.ts';
import { isWanted, refuseUnasked } from '../consent.ts';
import type { Ending } from '../endings.ts';
import { environmentOf, withRegion } from '../environment.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const { args, options, terminal } = call;
  const { account, region, ...others } = options; // of the scope: they say which folders are read
  const scope = readScope(args[0] ?? '', options, Date.now());
  const name = engineNamed(options.engine);
  if (options.verifyDigests && name !== 'local') {
    throw new SettingsError(`--verify-digests: --engine local alone asks digests, and not ${name}`);
  }
  const env = await withRegion(environmentOf(others));
  if (options.estimate) return estimateRun(call, scope, env);
  const engine = await loadEngine(name);
  const command = commandOf(args, options);
  if (engine.kind === 'bulk') {
    const { beginBulk } = await import('../backfill/bulk/begin-bulk.ts');
    return beginBulk(call, { scope, engine, name, env, command });
  }
  if (options.deployment !== undefined)
    throw new SettingsError(
      '--deployment is about what carries a run out in AWS: it goes with --engine batch or map',
    );
  if (options.inventory !== undefined) throw new SettingsError('--inventory goes with --engine map');
  const { dryRun } = readSettings(env, 'command-line').tags;
  const asked = { doing: 'tag', isDry: dryRun };
  refuseUnasked(call, asked);
  const prepared = await prepareRun(call, scope, env);
  try {
    const info = newRunInfo({
      command,
      scope,
      ...keptSettings(env, ownRegion(env)),
      identity: prepared.identity,
      engine: name,
      dryRun: prepared.runtime.settings.tags.dryRun,
      ...(options.verifyDigests && { verifyDigests: true }),
    });
    if (prepared.branches.length === 0) {
      terminal.complain(`${urlOf(scope)}: no log files of CloudTrail in what is asked for`);
      return 'nothing';
    }
    for (const line of preparedLines(prepared, info)) terminal.complain(line);
    if (!(await isWanted(call, asked, prepared.signal))) return 'interrupted';
    const writer = await createRun(options.runs ?? RUNS, info, runOptions(call));
    terminal.complain(`run ${info.id} in ${writer.folder}`);
    return await carryOutRun(call, prepared, writer, engine);
  } finally {
    prepared.runtime.destroy();
  }
}

function engineNamed(name: string = 'local'): EngineName {
  if (isEngine(name)) return name;
  throw new SettingsError(`--engine ${JSON.stringify(name)}: expected ${ENGINE_NAMES.join(' or ')}`);
}

/** As it was typed, for people. */
function commandOf(args: readonly string[], options: CommandCall['options']): string {
  const given = Object.entries(options).map(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? flag : `${flag} ${value}`;
  });
  return ['auto-tagger backfill', ...args, ...given].join(' ');
}
