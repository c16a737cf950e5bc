/** What the metadata store keeps of a resource, as sightings. */
import type { Name, NameEvent } from '../../tag-manager/ownership/name-event.ts';
import type { History } from '../../tag-manager/store/ledger.ts';
import { creatorOf } from './kept-creator.ts';
import type { Sighting } from './sighting.ts';

/** As it is named where somebody asks who told of something. */
export const TOLD_BY_STORE = 'the metadata store';

/** In no order. */
export function sightingsOf(name: Name, { events }: Pick<History, 'events'>): readonly Sighting[] {
  return events.map((event) => sightingOfEvent(name, event, TOLD_BY_STORE));
}

function sightingOfEvent(name: Name, event: NameEvent, toldBy: string): Sighting {
  const { eventID, eventTime, eventName } = event;
  if (event.kind === 'deletion') {
    return {
      kind: 'deletion',
      eventID,
      eventTime,
      eventName,
      eventSource: '',
      name,
      region: '',
      creator: undefined,
      toldBy,
    };
  }
  const { resource, eventSource, creation, naming } = event;
  const { arn, type, region } = resource;
  return {
    kind: 'creation',
    eventID,
    eventTime,
    eventSource,
    eventName,
    name,
    region,
    creator: creatorOf(event.user),
    toldBy,
    arn,
    type,
    resourceRegion: region,
    naming,
    creation,
  };
}
