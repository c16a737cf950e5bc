/** What can carry out a run, a row each. What only one engine needs is loaded by that engine. */
import type { Engine } from './engine.ts';
import type { RunInfo } from './run/run-info.ts';

interface EngineRow {
  /** For people. */
  readonly description: string;
  readonly load: () => Promise<Engine>;
}

export const ENGINES = {
  local: {
    description: 'this process reads and tags',
    load: async () => (await import('./local/local-engine.ts')).LOCAL_ENGINE,
  },
  batch: {
    description: 'S3 Batch Operations invokes the deployed function',
    load: async () => (await import('./aws/batch/batch-engine.ts')).BATCH_ENGINE,
  },
  map: {
    description: 'a state machine of Step Functions invokes the deployed function',
    load: async () => (await import('./aws/map/map-engine.ts')).MAP_ENGINE,
  },
} satisfies Readonly<Partial<Record<RunInfo['engine'], EngineRow>>>;

export type EngineName = keyof typeof ENGINES;

export const ENGINE_NAMES = Object.keys(ENGINES) as readonly EngineName[];

export function isEngine(name: string): name is EngineName {
  return Object.hasOwn(ENGINES, name);
}

export async function loadEngine(name: EngineName): Promise<Engine> {
  return ENGINES[name].load();
}
