/**
 * What one log file of a bulk run came to in the end, whatever it took: an invocation may write tags and die before it tells of
 * them, and the next one finds them there. Such a resource was tagged by the run, and counts so, as it does where a run of this
 * machine is gone on with.
 */

import { mayBeWritten, type WriteIntent } from '../../../tag-manager/journal.ts';
import type { Outcome } from '../../../tag-manager/outcome.ts';
import type { ResourceRow } from '../../file/resource-row.ts';
import type { SummedReport } from '../bulk/file-sums.ts';
import type { JournalLine } from '../run/journal-file.ts';

/** What a write is known by. Its tags are in the journal. */
export type KeptIntent = Omit<WriteIntent, 'before' | 'after' | 'removed'>;

/** What the chunks hold of one log file. */
export interface FileLines {
  readonly rows: readonly { readonly attempt: string; readonly row: ResourceRow }[];
  readonly failures: readonly { readonly attempt: string; readonly message: object }[];
  readonly intents: readonly { readonly attempt: string; readonly intent: KeptIntent }[];
  /** By id of the intent. */
  readonly results: ReadonlyMap<string, Extract<JournalLine, { kind: 'result' }>>;
}

export interface SettledFile {
  readonly report: SummedReport;
  readonly rows: readonly ResourceRow[];
  readonly failures: readonly object[];
  /** Ids of intents whose end nobody has told, and that were carried out. */
  readonly confirmed: readonly string[];
}

/** `attempt` is the one that has answered with the report. */
export function settleFile(
  file: string,
  report: SummedReport,
  attempt: string,
  { rows, failures, intents, results }: FileLines,
): SettledFile {
  // A file may tell of a resource twice, and has a row for each then.
  const settled = rows.filter((each) => each.attempt === attempt).map(({ row }) => row);
  const first = new Map(settled.map((row, at) => [keyOf(row), at] as const).toReversed());
  const tagged = new Map(
    rows.flatMap(({ row }) => (row.outcome === 'tagged' ? [[keyOf(row), row] as const] : [])),
  );
  const counts: Record<string, number> = { ...report.outcomes };
  const confirmed: string[] = [];
  for (const [key, write] of writesBefore(attempt, intents, results)) {
    const at = first.get(key) ?? settled.length;
    const found = settled[at];
    const outcome = found?.outcome ?? 'unchanged';
    if (!IS_OVER.has(outcome) || !(write.isSure || outcome === 'unchanged')) continue;
    if ((counts[outcome] ?? 0) === 0) continue; // the file tells of it no more
    counts[outcome] = (counts[outcome] ?? 0) - 1;
    counts.tagged = (counts.tagged ?? 0) + 1;
    if (!write.isSure) confirmed.push(write.intent.id);
    const told = found ?? tagged.get(key) ?? rowOfIntent(file, write.intent);
    const { reason = '' } = write.intent;
    settled[at] = { ...told, outcome: 'tagged', reason };
  }
  const outcomes = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  return {
    report: { ...report, outcomes },
    rows: settled.filter(({ outcome }) => outcome !== 'unchanged'),
    failures: failures.filter((each) => each.attempt === attempt).map(({ message }) => message),
    confirmed,
  };
}

/** Nothing is left to do. */
const IS_OVER: ReadonlySet<Outcome['outcome']> = new Set(['unchanged', 'kept', 'gone']);

interface Write {
  readonly intent: KeptIntent;
  /** The journal knows that it was carried out. */
  readonly isSure: boolean;
}

/** Of earlier attempts, by resource and event: the last that was carried out, or may have been. */
function writesBefore(
  attempt: string,
  intents: FileLines['intents'],
  results: FileLines['results'],
): ReadonlyMap<string, Write> {
  const writes = new Map<string, Write>();
  const again = new Set<string>();
  for (const { attempt: by, intent } of intents) {
    const key = keyOf({ ...intent, eventID: intent.event.id });
    if (by === attempt) {
      again.add(key); // its tags were not there: what an earlier attempt had intended was not carried out
      continue;
    }
    const result = results.get(intent.id);
    if (result?.failure !== undefined && !mayBeWritten(result.failure)) continue;
    const isSure = result !== undefined && result.failure === undefined;
    if (isSure || !writes.get(key)?.isSure) writes.set(key, { intent, isSure });
  }
  for (const key of again) writes.delete(key);
  return writes;
}

function keyOf({ account, arn, eventID }: Pick<ResourceRow, 'account' | 'arn' | 'eventID'>): string {
  return `${account} ${arn} ${eventID}`;
}

/** Of a resource that no attempt has told of: what the intent does not know of its creator stays open. */
function rowOfIntent(file: string, { arn, type, account, region, event, creator }: KeptIntent): ResourceRow {
  return {
    arn,
    type,
    service: type.split(':')[0] ?? '',
    account,
    region,
    outcome: 'tagged',
    reason: '',
    creator,
    creatorKind: 'unknown',
    person: creator,
    eventName: event.name,
    eventTime: event.time,
    eventID: event.id,
    file,
  };
}
