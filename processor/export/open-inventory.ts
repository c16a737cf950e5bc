/** The inventory of the metadata store, with the credentials that we run with and nothing else of what tagging takes. */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { createCalls } from '../../tag-manager/calls/calls.ts';
import type { PaceSettings } from '../../tag-manager/calls/pace.ts';
import { createInventory, type Inventory } from '../../tag-manager/store/inventory.ts';
import type { Table } from '../../tag-manager/store/table-calls.ts';

export interface StoreToRead {
  readonly table: Table;
  readonly pace: PaceSettings;
}

export interface OpenInventory {
  readonly inventory: Inventory;
  destroy(): void;
}

/** Parts of the table that are read at once, and one to spare. */
const CALLS_AT_ONCE = 8;

export function openInventory({ table, pace }: StoreToRead): OpenInventory {
  const credentials = defaultProvider();
  const calls = createCalls({ credentialsFor: () => credentials, concurrency: CALLS_AT_ONCE, pace });
  return { inventory: createInventory(table, calls), destroy: () => calls.destroy() };
}
