/** From what the user typed to what is asked for: a service or a type of resource, in either case of letters. */
import { ofType, type ServiceCoverage } from '../../coverage/coverage.ts';
import { withoutHost } from '../../file/services.ts';
import { distanceBetween } from '../../runtime/misspelled.ts';

/** No service or type is called so; the message names what comes nearest. */
export class NotCoveredError extends Error {
  override readonly name = 'NotCoveredError';
}

/** Throws NotCoveredError. */
export function findCoverage(name: string, services: readonly ServiceCoverage[]): readonly ServiceCoverage[] {
  const wanted = name.trim().toLowerCase();
  if (wanted === 'all') return services;
  const found = services.flatMap((each) => {
    if (each.service === wanted) return [each];
    // Some services have two types that differ only in case.
    return typesOf(each)
      .filter((type) => type.toLowerCase() === wanted)
      .map((type) => ofType(each, type));
  });
  if (found.length > 0) return found;
  const near = nearestTo(wanted, services);
  const hint =
    near.length > 0 ? `the nearest: ${near.join(', ')}` : '`auto-tagger coverage` lists the services';
  throw new NotCoveredError(
    `coverage of ${JSON.stringify(name)}: expected a service such as ec2, or a type such as ec2:instance; ${hint}`,
  );
}

const MAX_NAMED = 5;
/** A third of the letters may be wrong. */
const LETTERS_FOR_A_MISTAKE = 3;

function nearestTo(wanted: string, services: readonly ServiceCoverage[]): readonly string[] {
  if (wanted === '') return [];
  const names = services.flatMap((each) =>
    [each.service, ...typesOf(each)].map((called) => ({ called, each })),
  );
  const rated = names.flatMap(({ called, each }) => {
    const distance = distanceTo(wanted, called, each);
    return distance === undefined ? [] : [{ called, distance }];
  });
  const sorted = rated.toSorted((one, other) => one.distance - other.distance);
  return sorted.slice(0, MAX_NAMED).map(({ called }) => called);
}

/** The service that the source of an event is called after; then what is spelled alike; then what contains it. */
function distanceTo(wanted: string, name: string, coverage: ServiceCoverage): number | undefined {
  const source = `${withoutHost(wanted)}.`;
  const isSource = coverage.events.some(({ eventSource }) => eventSource.startsWith(source));
  if (name === coverage.service && isSource) return 0;
  const called = name.toLowerCase();
  const [, type = called] = called.split(':');
  const parts = wanted.includes(':') ? [called] : [called, type];
  const distance = Math.min(...parts.map((part) => distanceBetween(wanted, part)));
  if (distance <= wanted.length / LETTERS_FOR_A_MISTAKE) return distance;
  return called.includes(wanted) ? called.length : undefined;
}

function typesOf({ events, leftOut }: ServiceCoverage): readonly string[] {
  const types = [...events, ...leftOut].map(({ resourceType }) => resourceType);
  return [...new Set(types)].filter((type) => type.includes(':'));
}
