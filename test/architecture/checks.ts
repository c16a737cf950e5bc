/**
 * What is wrong with a list of imports: those that go through a wall, and those that go round in a circle. Each is a
 * line that names the files and the rule.
 */
import type { Import } from './imports.ts';
import type { Wall } from './walls.ts';

const RULE = 'see test/architecture/walls.ts';

/** Imports of our own files and of packages that no row allows. */
export function throughWalls(imports: readonly Import[], walls: readonly Wall[]): readonly string[] {
  return imports.flatMap((each) => problemOf(each, walls) ?? []);
}

function problemOf({ kind, from, to, isOurs }: Import, walls: readonly Wall[]): string | undefined {
  const wall = wallAround(from, walls);
  if (wall === undefined) return `${from} lies in no place of the table; ${RULE}`;
  if (!isOurs) {
    if (to.startsWith('node:') || isPackageOf(wall, to, kind === 'type')) return undefined;
    return `${from} imports the package ${to}, which ${wall.place} does not use; ${RULE}`;
  }
  const other = wallAround(to, walls)?.place;
  if (other === wall.place || (other !== undefined && wall.knows.includes(other))) return undefined;
  if (other !== undefined && wall.knowsTypesOf?.includes(other)) {
    if (kind === 'type') return undefined;
    return `${from} imports ${to} (${kind}), and ${wall.place} knows only types of ${other}; ${RULE}`;
  }
  return `${from} imports ${to} (${kind}), and ${wall.place} knows nothing of ${other ?? 'it'}; ${RULE}`;
}

/** The innermost place that a file lies in. */
export function wallAround(file: string, walls: readonly Wall[]): Wall | undefined {
  const around = walls.filter(({ place }) => isIn(file, place));
  return around.toSorted((one, other) => other.place.length - one.place.length)[0];
}

function isIn(file: string, place: string): boolean {
  if (file === place) return true;
  if (!place.endsWith('/*')) return file.startsWith(`${place}/`);
  const room = place.slice(0, -1);
  return file.startsWith(room) && !file.slice(room.length).includes('/');
}

function isPackageOf({ packages = [] }: Wall, name: string, isType: boolean): boolean {
  return packages.some((allowed) =>
    allowed.endsWith('*')
      ? name.startsWith(allowed.slice(0, -1))
      : allowed === name || (isType && allowed === `@types/${name}`),
  );
}

/** Rows that know a place of the table below them, or one that is not there. */
export function outOfOrder(walls: readonly Wall[]): readonly string[] {
  return walls.flatMap(({ place, knows, knowsTypesOf = [] }, at) => {
    const before = walls.slice(0, at).map((wall) => wall.place);
    return [...knows, ...knowsTypesOf]
      .filter((other) => !before.includes(other))
      .map((other) => `${place} knows ${other}, which does not stand above it; ${RULE}`);
  });
}

/** What rows allow and nobody does: a wall that could be closed. */
export function unusedDoors(imports: readonly Import[], walls: readonly Wall[]): readonly string[] {
  return walls.flatMap((wall) => {
    const own = imports.filter(({ from }) => wallAround(from, walls) === wall);
    const known = (types: boolean) =>
      own.flatMap(({ isOurs, to, kind }) =>
        isOurs && (types || kind !== 'type') ? (wallAround(to, walls)?.place ?? []) : [],
      );
    const packages = own.filter(({ isOurs }) => !isOurs);
    return [
      ...wall.knows.filter((place) => !known(false).includes(place)),
      ...(wall.knowsTypesOf ?? []).filter((place) => !known(true).includes(place)),
      ...(wall.packages ?? []).filter(
        (name) =>
          !packages.some(({ to, kind }) => isPackageOf({ ...wall, packages: [name] }, to, kind === 'type')),
      ),
    ].map((unused) => `${wall.place} may import ${unused} and does not; ${RULE}`);
  });
}

/** Circles between the groups that files are put in; a group's imports of itself are none. */
export function circles(
  imports: readonly Import[],
  groupOf: (file: string) => string = (file) => file,
): readonly string[] {
  const edges = new Map<string, Map<string, Import>>();
  for (const each of imports) {
    const [from, to] = [groupOf(each.from), groupOf(each.to)];
    if (!each.isOurs || from === to) continue;
    const outgoing = edges.get(from) ?? new Map<string, Import>();
    if (!outgoing.has(to)) outgoing.set(to, each);
    edges.set(from, outgoing);
  }
  const found: string[] = [];
  const settled = new Set<string>();
  function walk(place: string, way: readonly string[]): void {
    const start = way.indexOf(place);
    if (start >= 0) return void found.push(describeCircle([...way.slice(start), place], edges));
    if (settled.has(place)) return;
    for (const next of edges.get(place)?.keys() ?? []) walk(next, [...way, place]);
    settled.add(place);
  }
  for (const place of edges.keys()) walk(place, []);
  return found;
}

function describeCircle(
  way: readonly string[],
  edges: ReadonlyMap<string, ReadonlyMap<string, Import>>,
): string {
  const steps = way.slice(1).map((to, at) => {
    const example = edges.get(way[at] ?? '')?.get(to);
    return `${example?.from} imports ${example?.to} (${example?.kind})`;
  });
  return `circle ${way.join(' → ')}: ${steps.join(', ')}`;
}
