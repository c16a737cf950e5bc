/**
 * Names and ARNs that are known before anything is made. The bucket notifies the queue, and the queue's policy names the
 * bucket: one of them must not wait for the other.
 */
import { Aws, Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type DeployedNames, deployedNames } from '../processor/deployed-names.ts';

export type QueueName = 'work' | 'events' | 'retry' | 'failures' | 'dead-letters';

export interface Names extends DeployedNames {
  readonly functionRole: string;
  readonly trail: string;
  readonly logGroup: string;
  readonly backfillLogGroup: string;
  readonly bus: string;
  readonly rule: string;
  readonly topic: string;
  queue(which: QueueName): string;
  /** Of CloudTrail's events, on the default bus; numbered from 1. */
  eventRule(number: number | '*'): string;
}

export function namesOf(name: string): Names {
  const deployed = deployedNames(name);
  return {
    ...deployed,
    functionRole: `${name}-function`,
    trail: name,
    logGroup: `/aws/lambda/${name}`,
    backfillLogGroup: `/aws/lambda/${deployed.backfillFunction}`,
    bus: name,
    rule: `${name}-log-files`,
    topic: `${name}-log-files`,
    queue: (which) => `${name}-${which}`,
    eventRule: (number) => `${name}-events-${number}`,
  };
}

/**
 * Names of buckets are global, and the bucket stays when its stack goes. So a part of the stack's id is in the name: nobody
 * can have taken it, and the next stack of that name gets a bucket of its own.
 */
export function newBucketName(scope: Construct, name: string): string {
  const stackUuid = Fn.select(2, Fn.split('/', Stack.of(scope).stackId));
  return `${name}-${Aws.ACCOUNT_ID}-${Fn.select(0, Fn.split('-', stackUuid))}`;
}

export function bucketArn(bucketName: string): string {
  return `arn:${Aws.PARTITION}:s3:::${bucketName}`;
}

/** Of a region and account of our own. */
export function arnHere(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}
