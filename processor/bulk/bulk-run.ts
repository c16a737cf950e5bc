/**
 * A run of a backfill that AWS carries out, as the function knows it: what is to be read, by the `run.json` that lies in the bucket, and
 * a runtime of its own. Who can write to the bucket can narrow what the function does, and nothing else: which tags, in which
 * accounts, by which role and of which buckets are the function's own settings.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Journal } from '../../tag-manager/journal.ts';
import { intentChunkLines, resultChunkLines } from '../backfill/bulk/chunk-lines.ts';
import { inScope } from '../backfill/in-scope.ts';
import { RunError } from '../backfill/run/run-error.ts';
import { isRunId } from '../backfill/run/run-id.ts';
import { type RunInfo, runInfoOf } from '../backfill/run/run-info.ts';
import { scopeTest } from '../backfill/scope/key-in-scope.ts';
import { type Scope, scopeOf } from '../backfill/scope/scope.ts';
import { compileEventFilter, type EventFilter } from '../file/filter-events.ts';
import type { PatternFilter } from '../file/filters.ts';
import { describe } from '../notification/show.ts';
import type { TaggingRuntime } from '../runtime/runtime.ts';
import { TextError } from '../runtime/text-value.ts';
import { type BackfillBucket, backfillBucket, RunRefusedError } from './backfill-bucket.ts';
import type { ChunkWriter } from './chunk-writer.ts';
import { readRunFilter } from './run-filter.ts';

export interface BulkRun {
  readonly id: string;
  readonly bucket: BackfillBucket;
  readonly scope: Scope;
  readonly runtime: TaggingRuntime;
  /** Whether a log file may hold what the run is about, by its key. */
  readonly mayHold: (key: string) => boolean;
  /** Does work on a log file, all of whose writes are told to the chunks. */
  readonly journalled: <Value>(of: JournalledFile, work: () => Promise<Value>) => Promise<Value>;
}

export interface JournalledFile {
  /** `s3://bucket/key` */
  readonly file: string;
  readonly chunks: ChunkWriter;
}

interface KeptRun {
  readonly id: string;
  readonly run: Promise<BulkRun>;
}

/** The last run of each runtime: an environment of Lambda is mostly asked for one. */
const kept = new WeakMap<TaggingRuntime, KeptRun>();

/**
 * Read once, as long as the same run is asked for. Throws RunRefusedError, or a CallError where trying again can help. `id` is what
 * the event has named.
 */
export async function openBulkRun(id: string, own: TaggingRuntime, signal: AbortSignal): Promise<BulkRun> {
  const known = kept.get(own);
  if (known?.id === id) return known.run;
  const run = readBulkRun(id, own, signal);
  kept.set(own, { id, run });
  known?.run.then(({ runtime }) => runtime.destroy()).catch(() => {});
  try {
    return await run;
  } catch (error) {
    if (kept.get(own)?.run === run) kept.delete(own);
    throw error;
  }
}

async function readBulkRun(id: string, own: TaggingRuntime, signal: AbortSignal): Promise<BulkRun> {
  if (!isRunId(id)) throw new RunRefusedError(`expected the id of a run, got ${describe(id)}`);
  const { settings, calls, resources, logs } = own;
  if (settings.backfillBucket === undefined) {
    throw new RunRefusedError(
      'BACKFILL_BUCKET is not set: runs are carried out by the function that is deployed for them',
    );
  }
  const { ownAccount, ownRegion: region } = resources;
  const bucket = backfillBucket(settings.backfillBucket, { calls, region, ownAccount });
  const { info, scope, filter } = runOf(await bucket.readRun(id, signal), id);
  const refusal = logs.refusal(scope.bucket);
  if (refusal !== undefined) throw new RunRefusedError(refusal);

  const files = new AsyncLocalStorage<JournalledFile>();
  const ofFilter = compileEventFilter({ filter, planning: settings.planning });
  const ofRun = {
    ...settings,
    filter: inScope(scope, (creation) => settings.filter(creation) ?? filter(creation)),
    eventFilter: (...known: Parameters<EventFilter>) => settings.eventFilter(...known) && ofFilter(...known),
    tags: { ...settings.tags, dryRun: settings.tags.dryRun || info.dryRun },
  };
  const runtime = own.forRun(ofRun, { journal: journalOf(files), tagsUndone: true, tellsOfFiles: false });
  const isOfScope = scopeTest(scope);
  return {
    id,
    bucket,
    scope,
    runtime,
    mayHold: (key) => key.startsWith(scope.prefix) && isOfScope(key),
    journalled: (of, work) => files.run(of, work),
  };
}

interface ReadRun {
  readonly info: RunInfo;
  readonly scope: Scope;
  readonly filter: PatternFilter;
}

/** Throws RunRefusedError. */
function runOf(found: unknown, id: string): ReadRun {
  try {
    const info = runInfoOf(found, 'run.json');
    if (info.id !== id) throw new RunRefusedError(`run.json is that of another run, ${info.id}`);
    const scope = scopeOf(info.scope);
    if (info.verifyDigests) {
      throw new RunRefusedError('the run verifies digests, which only the engine local does');
    }
    if (scope === undefined) throw new RunRefusedError('run.json: scope is not as auto-tagger writes it');
    return { info, scope, filter: readRunFilter(info.filters) };
  } catch (error) {
    if (!(error instanceof RunError || error instanceof TextError)) throw error;
    throw new RunRefusedError(`run ${id}: ${error.message}`, { cause: error });
  }
}

/** Each write is told to the chunks of the invocation that it belongs to, with the file that tells of the creation. */
function journalOf(files: AsyncLocalStorage<JournalledFile>): Journal {
  return {
    async intend(intents) {
      const of = files.getStore();
      if (of === undefined) throw new Error('nobody keeps a journal of this write');
      await of.chunks.keep(intentChunkLines(of.file, intents, Date.now()));
    },
    async end(results) {
      files.getStore()?.chunks.add(resultChunkLines(results));
    },
  };
}
