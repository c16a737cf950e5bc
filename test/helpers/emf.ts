/**
 * Log lines of the embedded metric format as CloudWatch reads them: data points, refused where it would refuse the line.
 * Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
 */

export interface DataPoint {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
}

type Line = Readonly<Record<string, unknown>>;

const MAX_METRICS = 100;
const MAX_DIMENSIONS = 30;
const MAX_VALUES = 100;

/** Throws for a line that CloudWatch would drop. */
export function dataPoints(lines: readonly object[]): readonly DataPoint[] {
  return (lines as readonly Line[]).flatMap((line) => {
    const { _aws } = line as { readonly _aws?: { readonly CloudWatchMetrics: readonly Directive[] } };
    return (_aws?.CloudWatchMetrics ?? []).flatMap((directive) => pointsOf(directive, line));
  });
}

function pointsOf({ Namespace, Dimensions, Metrics }: Directive, line: Line): readonly DataPoint[] {
  if (Metrics.length > MAX_METRICS) throw new Error(`${Metrics.length} metrics in one line`);
  return Dimensions.flatMap((set) => {
    if (set.length > MAX_DIMENSIONS) throw new Error(`${set.length} dimensions in one set`);
    const dimensions = Object.fromEntries(set.map((name) => [name, textOf(line[name], name)]));
    return Metrics.map(({ Name: name, Unit: unit }) => {
      const values = [line[name]].flat();
      if (values.length > MAX_VALUES || !values.every((value) => typeof value === 'number')) {
        throw new Error(`${name}: expected at most ${MAX_VALUES} numbers, got ${JSON.stringify(line[name])}`);
      }
      return { namespace: Namespace, name, unit, dimensions, values: values as readonly number[] };
    });
  });
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`the dimension ${name}: expected a text, got ${JSON.stringify(value)}`);
}

/** The sums of what has no dimensions but our own, by name. */
export function sums(points: readonly DataPoint[]): Readonly<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const { name, dimensions, values } of points) {
    if ('outcome' in dimensions) continue;
    totals[name] = values.reduce((sum, value) => sum + value, totals[name] ?? 0);
  }
  return totals;
}

/** The sums of resources, by `service outcome`. */
export function outcomeSums(points: readonly DataPoint[]): Readonly<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const { dimensions, values } of points) {
    if (!('outcome' in dimensions)) continue;
    const key = `${dimensions.service} ${dimensions.outcome}`;
    totals[key] = values.reduce((sum, value) => sum + value, totals[key] ?? 0);
  }
  return totals;
}
