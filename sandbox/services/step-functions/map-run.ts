/**
 * A run of a distributed map: items are read once and handed in batches to child workflows, some at once; failures are tolerated up to
 * a threshold; in the end the results are written. Who goes on with it runs again what did not succeed (Developer Guide, "Redriving
 * Map Runs").
 */
import { randomUUID } from 'node:crypto';
import type { World } from '../../world.ts';
import type { Child } from './child.ts';
import type { MapState } from './definition.ts';
import { type FlowWorld, fits, run, startOf } from './flow.ts';
import { type Place, readItems } from './item-reader.ts';
import { filled } from './paths.ts';
import { writeResults } from './result-writer.ts';
import { StatesError } from './states-error.ts';

export interface MapRun {
  readonly arn: string;
  readonly executionArn: string;
  readonly state: MapState;
  readonly startDate: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  stopDate?: number;
  redriveCount: number;
  redriveDate?: number;
  /** Absent until they have been read. */
  children?: readonly Child[];
  resultsWritten: number;
}

export function newMapRun(executionArn: string, name: string, state: MapState, now: number): MapRun {
  // arn:aws:states:region:account:mapRun:machine/label:uuid
  const [partition, , region, account, , machine] = executionArn.split(':').slice(1);
  const arn = `arn:${partition}:states:${region}:${account}:mapRun:${machine}/${state.Label ?? name}:${randomUUID()}`;
  return { arn, executionArn, state, startDate: now, status: 'RUNNING', redriveCount: 0, resultsWritten: 0 };
}

/** From its beginning, or on with what did not succeed. Throws StatesError, or the signal's reason. */
export async function carryOut(
  mapRun: MapRun,
  input: unknown,
  { world, place, flow }: { world: World; place: Place; flow: FlowWorld },
): Promise<unknown> {
  const { state } = mapRun;
  if (mapRun.status !== 'RUNNING') {
    mapRun.status = 'RUNNING';
    mapRun.redriveCount++;
    mapRun.redriveDate = world.clock.now();
    delete mapRun.stopDate;
  }
  try {
    mapRun.children ??= childrenOf(mapRun, input, world, place);
    const failure = await runAll(mapRun, mapRun.children, flow);
    const written = writeResults(state, { mapRunArn: mapRun.arn, children: mapRun.children, input }, world);
    mapRun.resultsWritten = mapRun.children.length;
    flow.signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    mapRun.status = 'SUCCEEDED';
    return { MapRunArn: mapRun.arn, ResultWriterDetails: written };
  } catch (error) {
    mapRun.status = flow.signal.aborted ? 'ABORTED' : 'FAILED';
    throw error;
  } finally {
    mapRun.stopDate = world.clock.now();
  }
}

function childrenOf(mapRun: MapRun, input: unknown, world: World, place: Place): readonly Child[] {
  const { ItemReader, ItemSelector, ItemBatcher = {}, ItemProcessor } = mapRun.state;
  const items = readItems(ItemReader, input, world, place).map((Value, Index) =>
    ItemSelector === undefined
      ? Value
      : filled(ItemSelector, { input, context: { Map: { Item: { Index, Value } } } }),
  );
  const BatchInput = filled(ItemBatcher.BatchInput, { input });
  return batches(items, BatchInput, ItemBatcher).map((batch) => {
    const name = randomUUID();
    return {
      arn: `${mapRun.arn.replace(':mapRun:', ':execution:').replace(/:[^:]*$/, '')}:${name}`,
      name,
      input: batch,
      items: batch.Items.length,
      cursor: startOf(ItemProcessor, batch),
      status: 'PENDING',
      redriveCount: 0,
    };
  });
}

interface Batch {
  readonly BatchInput: unknown;
  readonly Items: readonly unknown[];
}

function batches(
  items: readonly unknown[],
  BatchInput: unknown,
  {
    MaxItemsPerBatch = Number.POSITIVE_INFINITY,
    MaxInputBytesPerBatch = 262_144,
  }: NonNullable<MapState['ItemBatcher']>,
): readonly Batch[] {
  const all: { BatchInput: unknown; Items: unknown[] }[] = [];
  const bare = Buffer.byteLength(JSON.stringify({ BatchInput, Items: [] }));
  let bytes = 0;
  for (const item of items) {
    const more = Buffer.byteLength(JSON.stringify(item)) + 1;
    const last = all.at(-1);
    if (last !== undefined && last.Items.length < MaxItemsPerBatch && bytes + more <= MaxInputBytesPerBatch) {
      last.Items.push(item);
      bytes += more;
    } else {
      all.push({ BatchInput, Items: [item] });
      bytes = bare + more;
    }
  }
  return all;
}

/** Gives the failure of the whole where more failed than is tolerated; then no more are begun, and those under way are ended. */
async function runAll(
  mapRun: MapRun,
  children: readonly Child[],
  flow: FlowWorld,
): Promise<StatesError | undefined> {
  const { MaxConcurrency = 0, ItemProcessor } = mapRun.state;
  const waiting = children.filter(({ status }) => status !== 'SUCCEEDED');
  for (const child of waiting) {
    if (child.status !== 'PENDING') child.redriveCount++;
    child.status = 'PENDING';
    child.failure = undefined;
    child.cursor.tries = [];
  }
  const tooMany = new AbortController();
  const signal = AbortSignal.any([flow.signal, tooMany.signal]);
  const worker = async () => {
    for (let child = waiting.shift(); child !== undefined && !signal.aborted; child = waiting.shift()) {
      child.status = 'RUNNING';
      try {
        child.output = fits(await run(ItemProcessor, child.cursor, { ...flow, signal }));
        child.status = 'SUCCEEDED';
      } catch (error) {
        child.status = signal.aborted ? 'ABORTED' : 'FAILED';
        if (error instanceof StatesError) child.failure = error;
        if (isTooMuch(mapRun.state, children)) tooMany.abort(new Error('too many failed'));
      }
    }
  };
  const atOnce = MaxConcurrency === 0 ? 10_000 : MaxConcurrency; // the most of a map run (Developer Guide, "Service quotas")
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, worker));
  if (!tooMany.signal.aborted) return undefined;
  return new StatesError(
    'States.ExceedToleratedFailureThreshold',
    'The specified tolerated failure threshold was exceeded',
  );
}

/** Developer Guide, "Setting failure thresholds for Distributed Map states": of items, both where both are given. */
function isTooMuch(state: MapState, children: readonly Child[]): boolean {
  const { ToleratedFailurePercentage, ToleratedFailureCount } = state;
  const all = itemsOf(children);
  const failed = itemsOf(children.filter(({ status }) => status === 'FAILED'));
  const byPercentage =
    (failed / all) * 100 > (ToleratedFailurePercentage ?? (ToleratedFailureCount === undefined ? 0 : 100));
  return byPercentage || failed > (ToleratedFailureCount ?? Number.POSITIVE_INFINITY);
}

function itemsOf(children: readonly Child[]): number {
  return children.reduce((sum, { items }) => sum + items, 0);
}

/** As DescribeMapRun counts: child workflows, or the items in them. */
export function countsOf({ children = [], resultsWritten }: MapRun, of: (child: Child) => number) {
  const count = (status: Child['status']) =>
    children.reduce((sum, child) => sum + (child.status === status ? of(child) : 0), 0);
  return {
    pending: count('PENDING'),
    running: count('RUNNING'),
    succeeded: count('SUCCEEDED'),
    failed: count('FAILED'),
    timedOut: count('TIMED_OUT'),
    aborted: count('ABORTED'),
    total: children.reduce((sum, child) => sum + of(child), 0),
    resultsWritten: resultsWritten === 0 ? 0 : children.reduce((sum, child) => sum + of(child), 0),
    failuresNotRedrivable: 0,
    pendingRedrive: 0,
  };
}
