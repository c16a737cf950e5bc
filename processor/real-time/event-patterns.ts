/**
 * Which events of CloudTrail are wanted at once, as event patterns of EventBridge: computed from the catalogue for the services that
 * are tagged, so that a new row cannot be forgotten. The same rows give the same patterns. A pattern may match more than is wanted,
 * because its sources and names stand beside one another; the function looks at every event again.
 */
import {
  creatingEvents,
  DATED_SOURCES,
  deletingEvents,
  deletionsFor,
  type EventKey,
  rowsFor,
} from '../../parser/catalogue/catalogue.ts';
import { type EventRow, servicePrefix } from '../../parser/catalogue/row.ts';
import type { Services } from '../file/services.ts';

/** A name, or what names begin with. */
export type NamePattern = string | { readonly prefix: string };

export interface EventPattern {
  readonly source: readonly [{ readonly prefix: 'aws.' }];
  readonly 'detail-type': readonly string[];
  readonly detail: {
    readonly eventSource: readonly string[];
    readonly eventName: readonly NamePattern[];
    readonly errorCode: readonly [{ readonly exists: false }];
  };
}

export interface WantedAtOnce {
  readonly services: Services;
  /** Deletions too: only the metadata store makes anything of one that comes by itself. */
  readonly deletions: boolean;
}

/** A pattern for each rule, none longer than EventBridge takes; the fewest that the order of sources and names allows. */
export function eventPatterns(wanted: WantedAtOnce): readonly EventPattern[] {
  const patterns: EventPattern[] = [];
  let events: EventKey[] = [];
  for (const event of wantedEvents(wanted)) {
    const longer = [...events, event];
    if (charactersOf(patternOf(longer)) <= MAX_PATTERN_CHARACTERS) events = longer;
    else {
      patterns.push(patternOf(events));
      events = [event];
    }
  }
  return events.length === 0 ? patterns : [...patterns, patternOf(events)];
}

/** Each once, by source and name; names without their dates. */
export function wantedEvents({ services, deletions }: WantedAtOnce): readonly EventKey[] {
  const ours = (rowsOf: typeof deletionsFor) => (event: EventKey) =>
    rowsOf(event.eventSource, event.eventName).some((row: EventRow) => services(servicePrefix(row)));
  const all = [
    ...creatingEvents().filter(ours(rowsFor)),
    ...(deletions ? deletingEvents().filter(ours(deletionsFor)) : []),
  ];
  const byKey = new Map(all.map((event) => [`${event.eventSource} ${event.eventName}`, event]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
}

/** The default quota (Amazon EventBridge User Guide, "Amazon EventBridge quotas", "Event pattern size"). */
export const MAX_PATTERN_CHARACTERS = 2048;

/** As JSON that has a blank behind each comma and colon: who writes it last is not known, and the names hold neither. */
export function charactersOf(pattern: EventPattern): number {
  const text = JSON.stringify(pattern);
  return text.length + (text.match(/[,:]/g)?.length ?? 0);
}

/**
 * Nobody but AWS sends events whose source begins with `aws.` (Amazon EventBridge API Reference, "PutEventsRequestEntry"). What
 * services do by themselves, on nobody's call, has a type of its own ("AWS service events delivered via AWS CloudTrail").
 */
export const SENT_BY_CLOUDTRAIL = {
  source: [{ prefix: 'aws.' }],
  'detail-type': ['AWS API Call via CloudTrail', 'AWS Service Event via CloudTrail'],
} as const;

/** Calls that failed made nothing. */
export const SUCCEEDED = { errorCode: [{ exists: false }] } as const;

function patternOf(events: readonly EventKey[]): EventPattern {
  const sourcesOf = Map.groupBy(events, ({ eventName }) => eventName);
  return {
    ...SENT_BY_CLOUDTRAIL,
    detail: {
      eventSource: [...new Set(events.map(({ eventSource }) => eventSource))],
      eventName: [...sourcesOf].map(([eventName, named]) =>
        named.some(({ eventSource }) => DATED_SOURCES.has(eventSource)) ? { prefix: eventName } : eventName,
      ),
      ...SUCCEEDED,
    },
  };
}
