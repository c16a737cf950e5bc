/** The function of backfills which AWS carries out: the code and the role of the other, with a concurrency and a share of the pace of its own. */
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Chosen } from './chosen.ts';
import { createFunction, createLogGroup } from './function.ts';
import type { Names } from './names.ts';

/** None where there is no such function. */
export function createBackfillLogs(
  scope: Construct,
  names: Names,
  { backfillBucketName, logRetentionDays }: Chosen,
): readonly LogGroup[] {
  if (backfillBucketName === undefined) return [];
  return [createLogGroup(scope, 'BackfillLog', names.backfillLogGroup, logRetentionDays)];
}

export interface BackfillFunctionProps {
  readonly names: Names;
  readonly chosen: Chosen;
  /** That of the other function: other accounts trust one role. */
  readonly role: Role;
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly logs: readonly LogGroup[];
}

/** `undefined` where there is no environment of it. */
export function createBackfillFunction(
  scope: Construct,
  { names, chosen, role, environment, logs }: BackfillFunctionProps,
): LambdaFunction | undefined {
  if (environment === undefined) return undefined;
  const made = createFunction(scope, 'BackfillFunction', {
    name: names.backfillFunction,
    description: 'Tags what was created long ago, as a backfill asks it to',
    concurrency: chosen.backfillConcurrency,
    chosen,
    role,
    environment,
  });
  made.node.addDependency(...logs);
  return made;
}
