/** The settings that a run is begun with, as its folder keeps them, and the environment that they give when it is gone on with. */
import { RunError } from '../../backfill/run/run-error.ts';
import { newRunId } from '../../backfill/run/run-id.ts';
import { RUN_VERSION, type RunInfo } from '../../backfill/run/run-info.ts';
import { type Scope, scopeOf } from '../../backfill/scope/scope.ts';
import { VARIABLE_NAMES } from '../../runtime/settings.ts';
import { VERSION } from '../version.ts';

/** Some take it for a secret: it is looked for in the environment again. */
const NOT_KEPT: ReadonlySet<string> = new Set(['MEMBER_ROLE_EXTERNAL_ID']);

/** How fast a run goes changes nothing of what it does. */
const OF_PACE: ReadonlySet<string> = new Set(['CONCURRENCY', 'OPEN_FILES', 'RATE_SHARE', 'RATE_FACTOR']);

/** Where the table of the metadata store is, too. */
const REGION = 'AWS_REGION';

const KEPT: readonly string[] = [...VARIABLE_NAMES.filter((name) => !NOT_KEPT.has(name)), REGION];

const isFilter = (name: string) => /^(INCLUDE|EXCLUDE)_/.test(name);

export function keptSettings(env: NodeJS.ProcessEnv, region: string): Pick<RunInfo, 'filters' | 'settings'> {
  const given = Object.entries({ ...env, [REGION]: region }).flatMap(([name, text = '']) =>
    KEPT.includes(name) && text !== '' ? [[name, text] as const] : [],
  );
  return {
    filters: Object.fromEntries(given.filter(([name]) => isFilter(name))),
    settings: Object.fromEntries(given.filter(([name]) => !isFilter(name))),
  };
}

/** What is set here, and decided by the settings of the function where that carries a run out. */
export function decidedByFunction(env: NodeJS.ProcessEnv): readonly string[] {
  const isHere = (name: string) =>
    name === REGION || name === 'DRY_RUN' || isFilter(name) || OF_PACE.has(name);
  return KEPT.filter((name) => !isHere(name) && env[name]);
}

export interface RunEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** Variables that say something else now than when the run was begun: they are passed over. */
  readonly passedOver: readonly string[];
}

/** The run's own settings hold, whatever the environment says now, but for those of the pace. */
export function environmentOfRun(
  { filters, settings, dryRun }: Pick<RunInfo, 'filters' | 'settings' | 'dryRun'>,
  env: NodeJS.ProcessEnv,
): RunEnvironment {
  const own: Readonly<Record<string, string>> = {
    ...filters,
    ...settings,
    ...(dryRun && { DRY_RUN: 'true' }),
  };
  const holds = KEPT.filter((name) => !(OF_PACE.has(name) && env[name]));
  const others = Object.fromEntries(Object.entries(env).filter(([name]) => !holds.includes(name)));
  return {
    env: { ...own, ...others },
    passedOver: holds.filter((name) => name !== REGION && env[name] && env[name] !== own[name]),
  };
}

/** What a run that begins now is about. */
export function newRunInfo(
  about: Omit<RunInfo, 'version' | 'id' | 'createdAt' | 'program' | 'scope'> & { readonly scope: Scope },
): RunInfo {
  const now = Date.now();
  return {
    version: RUN_VERSION,
    id: newRunId(now),
    createdAt: new Date(now).toISOString(),
    ...about,
    scope: { ...about.scope },
    program: VERSION,
  };
}

/** The scope of the run in that folder. Throws RunError. */
export function scopeOfRun(folder: string, { scope: kept }: Pick<RunInfo, 'scope'>): Scope {
  const scope = scopeOf(kept);
  if (scope === undefined) throw new RunError(`${folder}: its scope is not as auto-tagger writes it`);
  return scope;
}
