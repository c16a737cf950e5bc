/** The function's own metrics, by the table that its code writes them by. */
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS, type MetricName, OWN_DIMENSION, OWN_SERVICE } from '../processor/metrics/metrics.ts';

/** `functionName` is the namespace. */
export function ownMetric(
  functionName: string,
  metricName: Exclude<MetricName, 'ResourceOutcomes'>,
  statistic = 'Sum',
  period = Duration.minutes(5),
): Metric {
  const { unit, meaning } = METRICS[metricName];
  return new Metric({
    namespace: functionName,
    metricName,
    dimensionsMap: { [OWN_DIMENSION]: OWN_SERVICE },
    statistic,
    period,
    label: unit === 'Seconds' ? `${meaning} (${statistic})` : meaning,
  });
}
