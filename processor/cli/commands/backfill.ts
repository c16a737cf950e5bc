/** `backfill`: years of log files of a bucket tagged in one run, which can be stopped, gone on with and undone. */
import { ENGINE_NAMES, type EngineName, isEngine, loadEngine } from '../../backfill/engines.ts';
import { newRunId, RUNS } from '../../backfill/run/run-id.ts';
import { RUN_VERSION, type RunInfo } from '../../backfill/run/run-info.ts';
import { createRun } from '../../backfill/run/run-writer.ts';
import { readScope, type Scope, urlOf } from '../../backfill/scope/scope.ts';
import { ownRegion, readSettings, SettingsError } from '../../runtime/settings.ts';
import { beginBulk } from '../backfill/bulk/begin-bulk.ts';
import { carryOutRun, runOptions } from '../backfill/carry-out.ts';
import { estimateRun } from '../backfill/estimate-run.ts';
import { type PreparedRun, prepareRun } from '../backfill/prepare-run.ts';
import { keptSettings } from '../backfill/run-settings.ts';
import { planLines } from '../backfill/run-words.ts';
import type { CommandCall } from '../command.ts';
import { isWanted, refuseUnasked } from '../consent.ts';
import type { Ending } from '../endings.ts';
import { environmentOf } from '../environment.ts';
import { VERSION } from '../version.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const { args, options, terminal } = call;
  const { account, region, ...others } = options; // of the scope: they say which folders are read
  const scope = readScope(args[0] ?? '', options, Date.now());
  const name = engineNamed(options.engine);
  if (options.verifyDigests && name !== 'local') {
    throw new SettingsError(`--verify-digests: --engine local alone asks digests, and not ${name}`);
  }
  const env = environmentOf(others);
  if (options.estimate) return estimateRun(call, scope, env);
  const engine = await loadEngine(name);
  const command = commandOf(args, options);
  if (engine.kind === 'bulk' && name !== 'local')
    return beginBulk(call, { scope, engine, name, env, command });
  if (engine.kind === 'bulk') throw new TypeError('the engine local is none of AWS');
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
    const info = {
      ...infoOf(prepared, env, name),
      command,
      ...(options.verifyDigests && { verifyDigests: true }),
    };
    if (prepared.branches.length === 0) {
      terminal.complain(`${urlOf(scope)}: no log files of CloudTrail in what is asked for`);
      return 'nothing';
    }
    for (const line of linesOf(prepared, info)) terminal.complain(line);
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

function linesOf(
  prepared: PreparedRun,
  { filters, dryRun, verifyDigests = false }: Pick<RunInfo, 'filters' | 'dryRun' | 'verifyDigests'>,
): readonly string[] {
  const { templates } = prepared.runtime.settings.tags;
  return planLines({ ...prepared, filters, dryRun, verifyDigests, keys: [...templates.keys()] });
}

function infoOf(
  { identity, runtime, scope }: PreparedRun,
  env: NodeJS.ProcessEnv,
  engine: EngineName,
): Omit<RunInfo, 'command'> {
  const now = Date.now();
  return {
    version: RUN_VERSION,
    id: newRunId(now),
    createdAt: new Date(now).toISOString(),
    scope: { ...scope } satisfies Scope,
    ...keptSettings(env, ownRegion(env)),
    identity,
    program: VERSION,
    engine,
    dryRun: runtime.settings.tags.dryRun,
  };
}

/** As it was typed, for people. */
function commandOf(args: readonly string[], options: CommandCall['options']): string {
  const given = Object.entries(options).map(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? flag : `${flag} ${value}`;
  });
  return ['auto-tagger backfill', ...args, ...given].join(' ');
}
