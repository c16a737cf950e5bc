/**
 * Reads one log file to its end and says what in it is to be tagged, and why the rest is not. No AWS call is
 * made but those that the body needs to be read.
 */
import type { Bounds } from '../../parser/bounds.ts';
import { CATALOGUED_EVENTS, CREATING_EVENTS } from '../../parser/catalogue/catalogue.ts';
import type { Creation, CreationOptions } from '../../parser/event/creation.ts';
import type { Deletion } from '../../parser/event/deletion.ts';
import { readEvent, type Verdict } from '../../parser/event/event.ts';
import { IGNORED_REASONS, type Ignored, type IgnoredReason } from '../../parser/event/ignored-reason.ts';
import { nameOf, type RecordFacts, type RecordSource } from '../../parser/event/record-facts.ts';
import { readRecordsWhole, type WholeFile } from '../../parser/reading/fast-reader.ts';
import type { LogBody } from '../../parser/reading/log-body.ts';
import { readRecords } from '../../parser/reading/read-records.ts';
import type { CloudTrailRecord, IndexedRecord, ReadTotals, WantedEvents } from '../../parser/record.ts';
import { countOutside, type OutsideCounts, outsideName } from './outside.ts';
import { countWarnings, type Warning } from './warnings.ts';

/** A log file's bytes, or records that came by themselves. */
export type Records = LogBody | readonly CloudTrailRecord[];

/** A record of a catalogued event that was passed over, for `--explain`. */
export interface PassedOver {
  readonly index: number;
  /** Empty where the record claims an id that none can be. */
  readonly eventID: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly reason: Exclude<IgnoredReason, 'not-in-catalogue'>;
  readonly detail: string;
}

export interface Plan extends ReadTotals, HeldEvents {
  /** How many creations there are. */
  readonly creationCount: number;
  /** How many of them in each account; none where there are only deletions or makers. */
  readonly creationsIn: ReadonlyMap<string, number>;
  /** How many deletions and makers there are; they are counted among the ignored. */
  readonly deletionCount: number;
  readonly makerCount: number;
  /** Only reasons that occurred. `records` is the sum of these, the creations and the malformed. */
  readonly ignored: Readonly<Partial<Record<IgnoredReason, number>>>;
  /** Of what is filtered out: what is of services that are not to be tagged, by IAM prefix. */
  readonly servicesLeftOut: Readonly<Record<string, number>>;
  /** What was created outside the catalogue; empty unless that was asked for. */
  readonly outside: OutsideCounts;
  /** By type: how many creations made something of it that no record names; empty unless that was asked for. */
  readonly unnamed: Readonly<Record<string, number>>;
  /** Those of the ignored that somebody should know of. */
  readonly warnings: readonly Warning[];
}

/** The first events of a file, or a later round of them; a plan has all unless there are more than `MAX_HELD` of a kind. */
export interface HeldEvents {
  readonly creations: readonly Creation[];
  readonly deletions: readonly Deletion[];
  /** Of what bears no tags of ours, and others are made for; none unless they are asked for. */
  readonly makers: readonly Creation[];
}

export interface PlanOptions extends CreationOptions {
  readonly bounds: Bounds;
  readonly source: RecordSource;
  /** Ends the reading, with its reason for an error. */
  readonly signal?: AbortSignal | undefined;
  /** Why a creation is not for us, if it is not. */
  readonly refuse: (creation: Creation) => Refusal | undefined;
  /** Whether a deletion says nothing to us. @default never */
  readonly ignores?: (deletion: Deletion) => boolean;
  readonly onPassedOver?: (record: PassedOver) => void;
  /** Whether to give makers, which are passed over all the same. @default false */
  readonly keepsMakers?: boolean;
  /** Whether to look for what is not shown: created outside the catalogue, or named by no record. @default false */
  readonly looksOutside?: boolean;
}

export interface Refusal {
  readonly reason: Exclude<IgnoredReason, 'not-in-catalogue'>;
  readonly detail: string;
}

/** Creations, and as many deletions and makers. One takes about 2 KB; a file of CloudTrail's own has a few. */
export const MAX_HELD = 20_000;

/** Throws what `readRecords` throws: then nothing of the file may be tagged. */
export async function planFile(body: Records, options: PlanOptions): Promise<Plan> {
  const plan = startPlan(options);
  if (isList(body)) return plan.whole(listed(body));
  const reading = readRecords(body, wantedBy(options), options.bounds, options.signal);
  for (;;) {
    const { done, value } = await reading.next();
    if (done) return plan.end(value);
    plan.take(value);
  }
}

/**
 * The same at once, of what is in hand: most files are small, and waiting costs more than planning them. `undefined`
 * where `planFile` must do it, or say what is wrong.
 */
export function planAtOnce(body: Records, options: PlanOptions): Plan | undefined {
  if (typeof body === 'function' || options.signal?.aborted) return undefined;
  const whole = isList(body) ? listed(body) : readRecordsWhole(body, wantedBy(options), options.bounds);
  return whole && startPlan(options).whole(whole);
}

/** What is planned of one file, record by record. */
function startPlan(options: PlanOptions) {
  const creations: Creation[] = [];
  const deletions: Deletion[] = [];
  const makers: Creation[] = [];
  const ignored: Partial<Record<IgnoredReason, number>> = {};
  const servicesLeftOut: Record<string, number> = {};
  const outside: Record<string, number> = {};
  const unnamed: Record<string, number> = {};
  const warnings = countWarnings();
  const creationsIn = new Map<string, number>();
  const count = ({ account }: RecordFacts, creations: 0 | 1) =>
    creationsIn.set(account, (creationsIn.get(account) ?? 0) + creations);
  let creationCount = 0;
  let deletionCount = 0;
  let makerCount = 0;
  let passedOver = 0;

  function passOver(record: IndexedRecord, { reason, detail, serviceLeftOut: service }: Ignored): void {
    if (isOutside(reason)) {
      const name = options.looksOutside ? outsideName(record.record) : undefined;
      if (name !== undefined) countOutside(outside, name);
    }
    if (reason === 'not-in-catalogue') return;
    passedOver++;
    ignored[reason] = (ignored[reason] ?? 0) + 1;
    if (service !== undefined) servicesLeftOut[service] = (servicesLeftOut[service] ?? 0) + 1;
    const { isWarning } = IGNORED_REASONS[reason];
    if (!isWarning && options.onPassedOver === undefined) return;
    const described = describe(record, reason, detail);
    if (isWarning) warnings.add(warningOf(described));
    options.onPassedOver?.(described);
  }

  const plan = {
    take(record: IndexedRecord): void {
      const verdict = judge(record, options);
      switch (verdict.kind) {
        case 'creation':
          creationCount++;
          count(verdict.creation, 1);
          if (options.looksOutside) {
            for (const { row } of verdict.creation.unnamed ?? []) {
              unnamed[row.resourceType] = (unnamed[row.resourceType] ?? 0) + 1;
            }
          }
          if (creations.length < MAX_HELD) creations.push(verdict.creation);
          break;
        case 'deletion':
          deletionCount++;
          count(verdict.deletion, 0);
          if (deletions.length < MAX_HELD) deletions.push(verdict.deletion);
          passOver(record, DELETED);
          break;
        default: {
          const maker = makerOf(verdict, options);
          if (maker !== undefined) {
            makerCount++;
            count(maker, 0);
            if (makers.length < MAX_HELD) makers.push(maker);
          }
          passOver(record, verdict);
        }
      }
    },
    end(totals: ReadTotals): Plan {
      const notInCatalogue = totals.records - totals.malformed - creationCount - passedOver;
      if (notInCatalogue > 0) ignored['not-in-catalogue'] = notInCatalogue;
      const counts = { creationCount, creationsIn, deletionCount, makerCount };
      const told = { ignored, servicesLeftOut, outside, unnamed, warnings: warnings.warnings };
      return { ...totals, creations, deletions, makers, ...counts, ...told };
    },
    whole({ found, totals }: WholeFile): Plan {
      for (const record of found) plan.take(record);
      return plan.end(totals);
    },
  };
  return plan;
}

/** A deletion creates nothing: it is counted like everything that does not. */
const DELETED: Ignored = { kind: 'ignored', reason: 'deletion', detail: 'the call deletes something' };

/** What is in no row that tags anything. */
function isOutside(reason: IgnoredReason): boolean {
  return reason === 'not-in-catalogue' || reason === 'untagged-parent';
}

/** Of what bears no tags of ours, where that is asked for. */
function makerOf(verdict: Verdict, { keepsMakers = false }: PlanOptions): Creation | undefined {
  if (!keepsMakers || verdict.kind !== 'ignored' || !('creation' in verdict)) return undefined;
  return verdict.reason === 'untagged-parent' ? verdict.creation : undefined;
}

/**
 * The events behind the first `MAX_HELD` of their kind, in rounds of about that many, for a file that `planFile` has read
 * to its end. It reads the file once more, so that memory does not grow with it.
 */
export async function* laterEvents(body: Records, options: PlanOptions): AsyncGenerator<HeldEvents> {
  let creations: Creation[] = [];
  let deletions: Deletion[] = [];
  let makers: Creation[] = [];
  const seen = { creation: 0, deletion: 0, maker: 0 };
  const { bounds, signal } = options;
  const records = isList(body) ? listed(body).found : readRecords(body, wantedBy(options), bounds, signal);
  for await (const record of records) {
    const verdict = judge(record, options);
    const maker = makerOf(verdict, options);
    const kind = maker === undefined ? verdict.kind : 'maker';
    if (kind === 'ignored' || ++seen[kind] <= MAX_HELD) continue;
    if (maker !== undefined) makers.push(maker);
    else if (verdict.kind === 'creation') creations.push(verdict.creation);
    else if (verdict.kind === 'deletion') deletions.push(verdict.deletion);
    if (creations.length + deletions.length + makers.length < MAX_HELD) continue;
    yield { creations, deletions, makers };
    creations = [];
    deletions = [];
    makers = [];
  }
  if (creations.length + deletions.length + makers.length > 0) yield { creations, deletions, makers };
}

/** Whether they came by themselves. */
export function isList(records: Records): records is readonly CloudTrailRecord[] {
  return Array.isArray(records);
}

/** As a file's are read. */
export function listed(records: readonly CloudTrailRecord[]): WholeFile {
  const found = records.map((record, index) => ({ index, record }));
  return { found, totals: { records: records.length, malformed: 0, compressedBytes: 0, bytes: 0 } };
}

function wantedBy({ looksOutside }: PlanOptions): WantedEvents {
  return looksOutside ? CREATING_EVENTS : CATALOGUED_EVENTS;
}

function judge(record: IndexedRecord, options: PlanOptions): Verdict {
  const { source, refuse, ignores } = options;
  const verdict = readEvent(record, source, options);
  if (verdict.kind === 'deletion') return ignores?.(verdict.deletion) ? DELETED : verdict;
  if (!('creation' in verdict)) return verdict;
  const refusal = refuse(verdict.creation); // also of what may be an update: UPSERTS=tag would not bring it
  return refusal === undefined ? verdict : { kind: 'ignored', ...refusal };
}

function describe(
  { index, record }: IndexedRecord,
  reason: PassedOver['reason'],
  detail: string,
): PassedOver {
  const { eventSource, eventName } = record;
  return {
    index,
    eventID: nameOf(record),
    eventSource: String(eventSource),
    eventName: String(eventName),
    reason,
    detail,
  };
}

function warningOf({ reason, eventName, detail, eventID, index }: PassedOver): Warning {
  return { reason, eventName, detail, count: 1, example: { eventID, index } };
}
