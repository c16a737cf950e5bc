/**
 * The writes of log files that are in no total yet. Where a run is gone on with, such a file is done again, and finds what it
 * had written: its outcome `unchanged` is `tagged` then, as if nobody had stopped it. What is held is what is under way.
 */
import { mayBeWritten, type WriteIntent, type WriteResult } from '../../../tag-manager/journal.ts';

export interface KnownWrite {
  /** Of its intent in the journal. */
  readonly id: string;
  readonly account: string;
  readonly arn: string;
  /** Id of the event whose tags were written. */
  readonly event: string;
  /** What its outcome says of why it was written; absent where that is nothing. */
  readonly reason?: string;
  /** The journal knows that it was carried out. */
  readonly isSure: boolean;
}

/** What a resource of a log file is known by: the creation of it that the file tells of. */
export type Wanted = Pick<KnownWrite, 'account' | 'arn' | 'event'>;

export interface KnownWrites {
  /** `begun` is how many log files had been begun. */
  intend(intents: readonly WriteIntent[], begun: number): void;
  end(results: readonly WriteResult[]): void;
  /**
   * The write of an earlier process by which the resource bears the tags of that event. Each is found once: another file
   * that tells of the same event finds it done.
   */
  find(wanted: Wanted): KnownWrite | undefined;
  /** Whether any is kept of it. */
  knows(wanted: Wanted): boolean;
  /** Its log file is in the totals now. */
  count(wanted: Wanted): void;
  /** All files before that number are in the totals: forgets what was intended before it was begun. */
  forget(oldest: number): void;
  list(): readonly KnownWrite[];
}

interface Entry {
  write: KnownWrite;
  /** Infinite for those of an earlier process: nobody knows of which file they are. */
  readonly begun: number;
  isFound: boolean;
}

/** `earlier` are those of a checkpoint; what the journal holds behind it is told by `intend` and `end`, `begun` being infinite. */
export function createKnownWrites(earlier: readonly KnownWrite[]): KnownWrites {
  const byId = new Map<string, Entry>();
  const byResource = new Map<string, Set<Entry>>();
  for (const write of earlier) add(write, Number.POSITIVE_INFINITY);

  function add(write: KnownWrite, begun: number): void {
    const entry: Entry = { write, begun, isFound: false };
    byId.set(write.id, entry);
    const others = byResource.get(keyOf(write)) ?? new Set();
    byResource.set(keyOf(write), others.add(entry));
  }

  function remove(entry: Entry): void {
    byId.delete(entry.write.id);
    const key = keyOf(entry.write);
    const others = byResource.get(key);
    others?.delete(entry);
    if (others?.size === 0) byResource.delete(key);
  }

  /** Of an earlier process, and not found yet. */
  function earlierOf(wanted: Wanted): readonly Entry[] {
    return [...(byResource.get(keyOf(wanted)) ?? [])].filter(
      ({ begun, isFound }) => begun === Number.POSITIVE_INFINITY && !isFound,
    );
  }

  return {
    intend(intents, begun) {
      for (const { id, account, arn, event, reason } of intents) {
        const why = reason !== undefined && { reason };
        const write: KnownWrite = { id, account, arn, event: event.id, ...why, isSure: false };
        // The tags were not there: what an earlier process had intended was not carried out.
        if (begun !== Number.POSITIVE_INFINITY) for (const other of earlierOf(write)) other.isFound = true;
        add(write, begun);
      }
    },
    end(results) {
      for (const { id, failure } of results) {
        const entry = byId.get(id);
        if (entry === undefined) continue;
        if (failure === undefined) entry.write = { ...entry.write, isSure: true };
        else if (!mayBeWritten(failure)) remove(entry);
      }
    },
    find(wanted) {
      const entries = earlierOf(wanted);
      for (const entry of entries) entry.isFound = true;
      return (entries.findLast(({ write }) => write.isSure) ?? entries.at(-1))?.write;
    },
    knows: (wanted) => byResource.has(keyOf(wanted)),
    count(wanted) {
      for (const entry of byResource.get(keyOf(wanted)) ?? []) remove(entry);
    },
    forget(oldest) {
      for (const entry of byId.values()) if (entry.begun <= oldest) remove(entry);
    },
    list: () => [...byId.values()].map(({ write }) => write),
  };
}

function keyOf({ account, arn, event }: Wanted): string {
  return `${account} ${arn} ${event}`;
}
