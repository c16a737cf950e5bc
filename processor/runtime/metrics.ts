/**
 * Writes what the function counts, as log lines that CloudWatch turns into metrics (embedded metric format): one with all
 * sums of an invocation, and one for each service and outcome of its resources. What is zero is not written.
 */
import { Metrics } from '@aws-lambda-powertools/metrics';
import {
  METRICS,
  type MetricName,
  OTHER_SERVICES,
  OUTCOME_DIMENSIONS,
  OWN_SERVICE,
} from '../metrics/metrics.ts';
import { type Counts, joined, resourceCounts, sumOfTallies, type Tally } from '../metrics/tally.ts';
import { functionName } from './function-name.ts';

const namespace = functionName();
const own = new Metrics({ namespace, serviceName: OWN_SERVICE });

let storeCalls = 0;

/** Told with the metrics of the invocation. */
export function countStoreCall(): void {
  storeCalls++;
}

/** At once, in a line of its own. */
export function countNow(name: MetricName): void {
  own.singleMetric().addMetric(name, METRICS[name].unit, 1);
}

/** Of all items of an invocation. Services that are not among `named` are counted together. */
export function writeMetrics(tallies: readonly Tally[], named: ReadonlySet<string>): void {
  const { counts, outcomes, ages } = sumOfTallies(tallies);
  writeSums({ ...counts, ...resourceCounts(outcomes), StoreCalls: storeCalls }, ages);
  storeCalls = 0;
  const shown = outcomes.map((each) =>
    named.has(each.service) ? each : { ...each, service: OTHER_SERVICES },
  );
  for (const { service, outcome, count } of joined(shown)) {
    const [, dimension] = OUTCOME_DIMENSIONS;
    const { unit } = METRICS.ResourceOutcomes;
    const metrics = new Metrics({ namespace, serviceName: service });
    metrics
      .addDimension(dimension, outcome)
      .addMetric('ResourceOutcomes', unit, count)
      .publishStoredMetrics();
  }
}

function writeSums(counts: Counts, ages: readonly number[]): void {
  for (const [name, count] of Object.entries(counts)) {
    if (count > 0) own.addMetric(name, METRICS[name as keyof Counts].unit, count);
  }
  // Powertools begins a new line after a hundred values, as the format asks.
  for (const age of ages) own.addMetric('FileAge', METRICS.FileAge.unit, age);
  if (own.hasStoredMetrics()) own.publishStoredMetrics();
}
