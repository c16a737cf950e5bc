/** A function, its log, and what it is told: its code, and settings that are checked before they are deployed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { functionZip, HANDLER } from './bundle.ts';
import type { Chosen } from './chosen.ts';

export interface FunctionProps {
  readonly name: string;
  readonly description: string;
  /** How many may run at once, where that is reserved. */
  readonly concurrency: number;
  readonly chosen: Chosen;
  readonly role: Role;
  readonly environment: Readonly<Record<string, string>>;
}

export function createFunction(scope: Construct, id: string, props: FunctionProps): LambdaFunction {
  const { name, description, concurrency, chosen, role, environment } = props;
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-function-'));
  try {
    const archive = join(folder, 'function.zip');
    writeFileSync(archive, functionZip());
    const made = new LambdaFunction(scope, id, {
      functionName: name,
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: HANDLER,
      code: Code.fromAsset(archive), // copied at once
      memorySize: chosen.memoryMiB,
      timeout: Duration.seconds(chosen.timeoutSeconds),
      ...(chosen.reserveConcurrency && { reservedConcurrentExecutions: concurrency }),
      environment: { ...environment },
      role,
    });
    // It sends to its own retry queue, and every round of that ends (docs/notifications.md).
    (made.node.defaultChild as CfnFunction).recursiveLoop = 'Allow';
    return made;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function createLogGroup(
  scope: Construct,
  id: string,
  logGroupName: string,
  retentionDays: number,
): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName,
    retention: retentionDays, // RetentionDays are their numbers
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
