/** The state machine that a backfill starts with `--engine map`. */
import { Aws, Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { accept } from './accept.ts';
import { backfillDefinition } from './backfill-definition.ts';
import type { Names } from './names.ts';

export interface StateMachineProps {
  readonly names: Names;
  readonly role: IRole;
  /** That it hands log files to. */
  readonly function: LambdaFunction;
  /** How many of these may run at once. */
  readonly concurrency: number;
  readonly bucketName: string;
}

export function createStateMachine(scope: Construct, props: StateMachineProps): CfnStateMachine {
  const { names, role, concurrency, bucketName } = props;
  const definition = backfillDefinition({
    functionArn: props.function.functionArn,
    partition: Aws.PARTITION,
    bucketName,
    concurrency,
  });
  const machine = new CfnStateMachine(scope, 'BackfillMachine', {
    stateMachineName: names.stateMachine,
    stateMachineType: 'STANDARD',
    roleArn: role.roleArn,
    definitionString: Stack.of(scope).toJsonString(definition),
  });
  accept(
    machine,
    'AwsSolutions-SF1',
    'Step Functions keeps the history of standard workflows for 90 days, and the bucket what became of each batch; the function has a log of its own.',
  );
  accept(
    machine,
    'AwsSolutions-SF2',
    'One call after the other, each of the same function: there is nothing to trace.',
  );
  return machine;
}
