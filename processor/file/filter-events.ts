/**
 * Settings hold for names that are judged again, too: what they leave out by now stays as it is, though the ledger knows it
 * from a time when they did not.
 */
import { servicePrefix } from '../../parser/catalogue/row.ts';
import type { CreationOptions } from '../../parser/event/creation.ts';
import type { IsTagged } from '../../tag-manager/run.ts';
import type { Matchable, PatternFilter } from './filters.ts';

/** Whether a creation is tagged at all, of which no more is known than its event. */
export type EventFilter = IsTagged;

export interface EventFilterOptions {
  readonly filter: PatternFilter;
  readonly planning: Required<CreationOptions>;
}

/** By `SERVICES`, `UPSERTS` and the patterns. */
export function compileEventFilter({
  filter,
  planning: { services, upserts },
}: EventFilterOptions): EventFilter {
  return (event, name) =>
    services(servicePrefix({ resourceType: event.resource.type })) &&
    (upserts === 'tag' || event.creation !== 'upsert') &&
    filter(matchableOf(event, name)) === undefined;
}

/** What was made for a parent keeps all that its record told of these. */
function matchableOf(...[event, { account }]: Parameters<EventFilter>): Matchable {
  const { madeFor, eventSource, eventName, user, person, resource } = event;
  const { region, type: resourceType } = resource;
  const known = { region, row: { resourceType, eventName } };
  if (madeFor !== undefined) {
    const { creation, resource: made } = madeFor;
    return { ...creation, account, resources: [known, made] };
  }
  // Callers with an ARN are called by the end of it.
  const creator = { arn: user, name: user.split(/[:/]/).at(-1) ?? user, person };
  return { account, eventSource, eventName, creator, resources: [known] };
}
