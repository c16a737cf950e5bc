/**
 * What the user wants included, held against what is tagged at all: otherwise nothing of it would be tagged, without a
 * word.
 */
import { type CatalogueRow, servicePrefix } from '../../parser/catalogue/row.ts';
import type { CreationOptions } from '../../parser/event/creation.ts';
import { type Patterns, rowsOfEvents, servicesMatching } from './filters.ts';

/** What is tagged at all. */
export interface Chosen extends Required<CreationOptions> {
  /** `SERVICES` as it was given. */
  readonly named: string;
}

/** Names the variable; `undefined` where each pattern may match something that is tagged. */
export function includedProblem(include: Patterns, chosen: Chosen): string | undefined {
  for (const pattern of include.service ?? []) {
    const matching = servicesMatching(pattern);
    if (!matching.some(chosen.services)) return `INCLUDE_SERVICES: ${leftOut(pattern, matching, chosen)}`;
  }
  for (const pattern of include.event ?? []) {
    const rows = rowsOfEvents(pattern);
    const tagged = rows.filter((row) => chosen.services(servicePrefix(row)));
    const matching = [...new Set(rows.map(servicePrefix))];
    if (tagged.length === 0) return `INCLUDE_EVENTS: ${leftOut(pattern, matching, chosen)}`;
    if (chosen.upserts === 'leave' && tagged.every(mayBeUpdate)) {
      return `INCLUDE_EVENTS: ${JSON.stringify(pattern)} matches only calls that also update: set UPSERTS=tag too`;
    }
  }
  return undefined;
}

function leftOut(pattern: string, services: readonly string[], { named }: Chosen): string {
  const missing = `${JSON.stringify(pattern)} matches only what SERVICES leaves out`;
  return `${missing}: name it there too, as in SERVICES=${[named, ...services].join(',')}`;
}

/** No record of it can prove that it created. */
function mayBeUpdate({ creation, newWhen }: CatalogueRow): boolean {
  return creation === 'upsert' && newWhen === undefined;
}
