/** Metrics of the function, as log lines that CloudWatch turns into metrics (embedded metric format). */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics({ namespace: 'auto-tagger', serviceName: 'auto-tagger' });

/** Creations whose resources stay untagged because the record could not be understood; at once, in a line of its own. */
export function countCreationsPassedOver(count: number): void {
  if (count > 0) metrics.singleMetric().addMetric('CreationsPassedOver', MetricUnit.Count, count);
}
