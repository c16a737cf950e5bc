/**
 * Which names the table knows resources of an id by. Read of its index `by-id`, which holds states alone, so that it takes one page
 * however large the table is; an index is read a moment behind its table.
 */
import type { Calls } from '../calls/calls.ts';
import type { Name } from '../ownership/name-event.ts';
import { createTableCalls, type Table } from './table-calls.ts';

export interface NamesOfId {
  readonly names: readonly Name[];
  /** There are no more of them. */
  readonly isAll: boolean;
}

export interface LookUp {
  /** Those that were created last. Throws CallError. */
  namesOf(id: string, signal: AbortSignal): Promise<NamesOfId>;
}

/** Whoever has more resources of one name asks by ARN. */
const MOST_NAMES = 100;

/** DynamoDB takes no longer key of an index. */
const MAX_KEY_BYTES = 2_048;

export function createLookUp(table: Table, calls: Calls): LookUp {
  const items = createTableCalls(table, calls);
  return {
    async namesOf(id, signal) {
      if (id === '' || Buffer.byteLength(id) > MAX_KEY_BYTES) return { names: [], isAll: true };
      const page = { index: 'by-id', partition: id, newestFirst: true, limit: MOST_NAMES } as const;
      const { items: states, isLast } = await items.query(page, signal);
      const names = states.flatMap(({ ResourceId, Account }): readonly Name[] =>
        ResourceId?.S && Account?.S ? [{ arn: ResourceId.S, account: Account.S }] : [],
      );
      return { names, isAll: isLast };
    },
  };
}
