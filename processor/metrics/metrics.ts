/**
 * The function's metrics, a row each: the code writes them, alarms and the dashboard read them, and docs/monitoring.md shows
 * them, all by this table.
 */

export interface Metric {
  readonly unit: 'Count' | 'Bytes' | 'Seconds';
  /**
   * `settled`: counted once, by the attempt after which nothing of it comes again. `attempt`: each time, whatever becomes of it.
   */
  readonly when: 'settled' | 'attempt';
  readonly meaning: string;
}

export const METRICS = {
  Files: { unit: 'Count', when: 'settled', meaning: 'log files that were read to their end' },
  FilesFailed: {
    unit: 'Count',
    when: 'settled',
    meaning: 'log files that never can be read, or were given up',
  },
  FilesDeferred: { unit: 'Count', when: 'attempt', meaning: 'log files that were left for another time' },
  Bytes: { unit: 'Bytes', when: 'settled', meaning: 'how much those that were read hold, decompressed' },
  FileAge: {
    unit: 'Seconds',
    when: 'settled',
    meaning: 'how old a file was when it was done, by the time in its name: how far behind we are',
  },
  Records: {
    unit: 'Count',
    when: 'settled',
    meaning: 'records: those that are ignored, the creations and the malformed',
  },
  RecordsIgnored: { unit: 'Count', when: 'settled', meaning: 'records that create nothing for us' },
  RecordsMalformed: { unit: 'Count', when: 'settled', meaning: 'records that cannot be read' },
  Creations: { unit: 'Count', when: 'settled', meaning: 'records that create something' },
  CreationsPassedOver: {
    unit: 'Count',
    when: 'settled',
    meaning: 'of the ignored: creations that could not be understood, so that what they made stays untagged',
  },
  Resources: { unit: 'Count', when: 'settled', meaning: 'resources, whatever their outcome' },
  ResourcesFailed: { unit: 'Count', when: 'settled', meaning: 'of these: resources that cannot be tagged' },
  ResourcesDeferred: { unit: 'Count', when: 'attempt', meaning: 'resources that were left for another time' },
  ResourceOutcomes: {
    unit: 'Count',
    when: 'settled',
    meaning: 'the same resources by service and outcome, and how many were `deferred`',
  },
  DeletionsUndone: {
    unit: 'Count',
    when: 'attempt',
    meaning: 'deletions after which tags should have changed, and could not yet',
  },
  NamedAnew: {
    unit: 'Count',
    when: 'settled',
    meaning: 'resources that got other tags, because more came to be known of who is behind them',
  },
  NamesUndone: {
    unit: 'Count',
    when: 'attempt',
    meaning: 'resources that were to be judged again for that, and could not be yet, or never can',
  },
  LogAccessDenied: {
    unit: 'Count',
    when: 'attempt',
    meaning: 'log files that AWS does not let us read for want of a permission',
  },
  AccountsRefused: { unit: 'Count', when: 'attempt', meaning: 'accounts whose role cannot be assumed' },
  OwnFaults: {
    unit: 'Count',
    when: 'attempt',
    meaning: 'messages that could not be dealt with for a fault of auto-tagger, and come again',
  },
  StoreCalls: { unit: 'Count', when: 'attempt', meaning: 'calls that were made to the metadata store' },
  StoreItemsPassedOver: {
    unit: 'Count',
    when: 'attempt',
    meaning: 'items of the metadata store that auto-tagger cannot have written',
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

/** What only `ResourceOutcomes` has: each combination that occurs is billed as a metric of its own. */
export const OUTCOME_DIMENSIONS = ['service', 'outcome'] as const;

/** What all others have, with `OWN_SERVICE` for its value. */
export const OWN_DIMENSION = 'service';
export const OWN_SERVICE = 'auto-tagger';

/** Services are named up to this number. */
export const MAX_NAMED_SERVICES = 20;

/** What the others are counted as. */
export const OTHER_SERVICES = 'other';

/** Where the function is not named: outside of Lambda. In Lambda its name is the namespace, so that two are kept apart. */
export const DEFAULT_NAMESPACE = 'auto-tagger';

/** The table as docs/monitoring.md shows it. */
export function metricsTable(): string {
  const rows = Object.entries<Metric>(METRICS).map(
    ([name, { unit, when, meaning }]) => `| \`${name}\` | ${unit} | ${when} | ${meaning} |`,
  );
  return ['| metric | unit | counted | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

if (import.meta.main) console.log(metricsTable());
