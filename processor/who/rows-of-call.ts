/** What the catalogue says of a call that is known by its name alone, as runs and the metadata store keep it. */
import { catalogue, DATE_SUFFIX } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { withAlso } from '../../parser/event/resources.ts';

let rows: ReadonlyMap<string, readonly CatalogueRow[]> | undefined;

/** Of every service that has such a call, with what it makes beside its own type; the name may end in a date. */
export function rowsOfCall(eventName: string): readonly CatalogueRow[] {
  rows ??= byCall();
  return rows.get(eventName) ?? rows.get(eventName.replace(DATE_SUFFIX, '')) ?? [];
}

function byCall(): ReadonlyMap<string, readonly CatalogueRow[]> {
  const calls = new Map<string, CatalogueRow[]>();
  for (const row of catalogue().flatMap(withAlso)) {
    for (const call of [row.eventName, ...(row.otherNames ?? [])]) {
      const known = calls.get(call);
      if (known === undefined) calls.set(call, [row]);
      else known.push(row);
    }
  }
  return calls;
}
