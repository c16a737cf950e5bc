/**
 * Amazon Resource Names: `arn:partition:service:region:account:resource`.
 * Source: AWS General Reference, "Amazon Resource Names (ARNs)".
 */

export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty for resources without one (S3 buckets). */
  readonly region: string;
  /** Empty for resources without one (S3 buckets, EC2 snapshots and images). */
  readonly account: string;
  /** All behind the account, colons and slashes included: `instance/i-0…`, `function:name`. */
  readonly resource: string;
}

export function parseArn(text: string): Arn | undefined {
  const [arn, partition, service, region, account, ...resource] = text.split(':');
  if (arn !== 'arn' || !partition || !service || region === undefined || account === undefined)
    return undefined;
  if (resource.length === 0 || resource[0] === '') return undefined;
  return { partition, service, region, account, resource: resource.join(':') };
}
