/**
 * What one attempt at a file counts for the metrics. Its records are counted with the first attempt that does not bring the
 * whole file again; its resources when they are dealt with, but for those behind where the file is to be gone on with.
 */
import { servicePrefix } from '../../parser/catalogue/row.ts';
import { readLogKey } from '../../parser/log-key.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { FileReport } from '../file/file-report.ts';
import type { LogLocation } from '../file/log-file.ts';
import { countOf } from '../file/warnings.ts';
import { type Counts, joined, NO_TALLY, type OutcomeCount, type Tally } from '../metrics/tally.ts';
import type { CallerRow } from '../notification/callers.ts';

/** What is brought: a log file, its rest, a record without a file, or resources of a record that was counted before. */
export type Brought = 'file' | 'rest' | 'record' | 'resources';

/** Collects the outcomes of one attempt. */
export function collectOutcomes() {
  const found: { readonly index: number; readonly service: string; readonly outcome: string }[] = [];
  return {
    add(outcomes: readonly Outcome[]): void {
      for (const { creation, resource, outcome } of outcomes) {
        found.push({ index: creation.index, service: servicePrefix(resource.row), outcome });
      }
    },
    /** Those of records from `restIndex` on come again, but for the deferred: these are counted at each attempt. */
    before(restIndex: number): readonly OutcomeCount[] {
      const counted = found.filter(({ index, outcome }) => index < restIndex || outcome === 'deferred');
      return joined(counted.map(({ service, outcome }) => ({ service, outcome, count: 1 })));
    },
  };
}

/** Of an attempt of which not all comes again. */
export function tallyFile(
  report: FileReport,
  brought: Brought,
  outcomes: readonly OutcomeCount[],
  caller: CallerRow,
): Tally {
  const { location, error } = report;
  const isFile = brought === 'file' || brought === 'rest';
  const counts: Counts = {
    ...(isFile && error?.class === 'denied' && { LogAccessDenied: 1 }),
    ...(isFile && error !== undefined && { [error.class === 'final' ? 'FilesFailed' : 'FilesDeferred']: 1 }),
    ...besideResources(report),
    ...((brought === 'file' || brought === 'record') && recordsOf(report)),
    ...(brought === 'file' && error === undefined && { Files: 1, Bytes: report.bytes }),
  };
  const ages = brought === 'file' && error === undefined ? agesOf(location, caller) : [];
  return { ...NO_TALLY, counts, outcomes, ages };
}

/** What is told beside the outcomes of resources. */
export function besideResources({
  itemsPassedOver = 0,
  undoneDeletions = 0,
  namedAnew = 0,
  undoneNames = 0,
}: FileReport): Counts {
  return {
    ...(undoneDeletions > 0 && { DeletionsUndone: undoneDeletions }),
    ...(namedAnew > 0 && { NamedAnew: namedAnew }),
    ...(undoneNames > 0 && { NamesUndone: undoneNames }),
    ...(itemsPassedOver > 0 && { StoreItemsPassedOver: itemsPassedOver }),
  };
}

function recordsOf({ records, creations, malformed, warnings }: FileReport): Counts {
  return {
    Records: records,
    RecordsIgnored: records - creations - malformed,
    RecordsMalformed: malformed,
    Creations: creations,
    CreationsPassedOver: countOf(warnings),
  };
}

/** Amazon SQS Developer Guide, "Amazon SQS message quotas": no queue keeps a message for longer, so older ones are a backfill's. */
const MAX_AGE_SECONDS = 14 * 24 * 60 * 60;

/** Whoever names keys by hand, or in bulk, names old ones. */
function agesOf(location: LogLocation | undefined, { answer }: CallerRow): readonly number[] {
  if (location?.kind !== 's3' || answer === 'remaining' || answer === 'result-codes') return [];
  const key = readLogKey(location.key);
  if (key.kind !== 'log') return [];
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(key.deliveredAt)) / 1000));
  return seconds <= MAX_AGE_SECONDS ? [seconds] : [];
}
