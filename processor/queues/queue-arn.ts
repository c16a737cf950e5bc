/** Queues by their ARNs. */
import { parseArn } from '../../parser/arn.ts';
import { partitionOf } from '../../parser/partition.ts';

/** Its URL; `undefined` for what is no ARN of a queue in a region that we know. */
export function urlOfQueue(queueArn: string): string | undefined {
  const { service, region = '', account, resource } = parseArn(queueArn) ?? {};
  const partition = partitionOf(region);
  if (service !== 'sqs' || partition === undefined) return undefined;
  return `https://sqs.${region}.${partition.dnsSuffix}/${account}/${resource}`;
}
