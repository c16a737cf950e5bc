/**
 * What is covered: every event of the catalogue with how sure its row is, the API that tags what it creates, and the
 * permissions for that; and what is left out, with the reason. All of it stands in the tables: AWS is asked nothing.
 */
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { LEFT_OUT, type LeftOutRow } from '../../parser/catalogue/left-out.ts';
import { type CatalogueRow, servicePrefix } from '../../parser/catalogue/row.ts';
import type { Api } from '../../tag-manager/apis/api.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { readServices } from '../file/services.ts';

/** One type of resource that one call creates. */
export interface CoveredEvent
  extends Pick<
    CatalogueRow,
    | 'eventSource'
    | 'eventName'
    | 'resourceType'
    | 'arn'
    | 'confidence'
    | 'naming'
    | 'creation'
    | 'creationIn'
    | 'newWhen'
    | 'when'
  > {
  readonly api: Api;
  /** What the call is about is another type; this one is made beside it. */
  readonly isAlso: boolean;
}

export interface ServiceCoverage {
  /** IAM prefix: `ec2`. */
  readonly service: string;
  /** False where `SERVICES=all` leaves it out until it is named too. */
  readonly byDefault: boolean;
  /** By type, then by name. */
  readonly events: readonly CoveredEvent[];
  readonly leftOut: readonly LeftOutRow[];
}

/** Services of which something is tagged, their types of resources, and the API calls that create those. */
export interface Sums {
  readonly services: number;
  readonly types: number;
  readonly calls: number;
  /** Calls that create something that is left out. */
  readonly leftOut: number;
}

/** Every service of which something is tagged or left out, by name. */
export function coverage(): readonly ServiceCoverage[] {
  const events = Map.groupBy(catalogue().flatMap(eventsOf), servicePrefix);
  const leftOut = Map.groupBy(LEFT_OUT, servicePrefix);
  const isByDefault = readServices('all');
  return [...new Set([...events.keys(), ...leftOut.keys()])].sort().map((service) => ({
    service,
    byDefault: isByDefault(service),
    events: (events.get(service) ?? []).toSorted(byTypeAndName),
    leftOut: (leftOut.get(service) ?? []).toSorted(byTypeAndName),
  }));
}

export function sumsOf(services: readonly ServiceCoverage[]): Sums {
  const events = services.flatMap((each) => each.events);
  return {
    services: new Set(events.map(servicePrefix)).size,
    types: new Set(events.map(({ resourceType }) => resourceType)).size,
    calls: countCalls(events),
    leftOut: countCalls(services.flatMap((each) => each.leftOut)),
  };
}

/** A call that creates several types, or has several rows, counts once. */
export function countCalls(rows: readonly Pick<LeftOutRow, 'eventSource' | 'eventName'>[]): number {
  return new Set(rows.map(({ eventSource, eventName }) => `${eventSource} ${eventName}`)).size;
}

/** The same coverage without all that is not of one type. */
export function ofType(coverage: ServiceCoverage, resourceType: string): ServiceCoverage {
  const isOfType = (row: LeftOutRow | CoveredEvent) => row.resourceType === resourceType;
  return {
    ...coverage,
    events: coverage.events.filter(isOfType),
    leftOut: coverage.leftOut.filter(isOfType),
  };
}

/** Where most of the calls have their records; the others are named with theirs by `callName`. */
export function mainSource(rows: readonly Pick<LeftOutRow, 'eventSource'>[]): string {
  const bySource = [...Map.groupBy(rows, ({ eventSource }) => eventSource)];
  const [most] = bySource.toSorted(([, one], [, other]) => other.length - one.length);
  return most?.[0] ?? '';
}

/** `StartSnapshot (ebs.amazonaws.com)` */
export function callName(
  { eventName, eventSource }: Pick<LeftOutRow, 'eventSource' | 'eventName'>,
  main: string,
): string {
  return eventSource === main ? eventName : `${eventName} (${eventSource})`;
}

function eventsOf(row: CatalogueRow): readonly CoveredEvent[] {
  const api = apiNamed(row.api);
  return [
    { ...row, api, isAlso: false },
    ...(row.also ?? []).map(({ resourceType, arn, naming }) => ({
      ...row,
      resourceType,
      arn,
      naming,
      api,
      isAlso: true,
    })),
  ];
}

type Named = Pick<LeftOutRow, 'eventSource' | 'eventName' | 'resourceType'>;

function byTypeAndName(one: Named, other: Named): number {
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

/** Types that differ only in case stand beside each other. */
function keyOf({ resourceType, eventName, eventSource }: Named): string {
  return [resourceType.toLowerCase(), resourceType, eventName, eventSource].join(' ');
}
