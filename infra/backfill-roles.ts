/**
 * Roles for those who invoke the function of backfills: S3 Batch Operations, and a state machine with a distributed map.
 * They read manifests and leave reports in a bucket of the user's, and may do nothing else.
 */
import { Aws } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { RUNS_PREFIX } from '../processor/backfill/bulk/run-keys.ts';
import { acceptWildcards } from './accept.ts';
import type { LogSource } from './log-source.ts';
import { arnHere, bucketArn, type Names } from './names.ts';

export interface BackfillProps {
  readonly names: Names;
  readonly function: LambdaFunction;
  readonly logs: LogSource;
  /** Where manifests lie, and reports go. */
  readonly bucketName: string;
}

export interface BackfillRoles {
  readonly machine: Role;
}

export function createBackfillRoles(scope: Construct, props: BackfillProps): BackfillRoles {
  const { names, function: invoked, logs, bucketName } = props;
  const objects = `${bucketArn(bucketName)}/*`;
  const ofRuns = `${bucketArn(bucketName)}/${RUNS_PREFIX}*`;
  const invoke = allow(['lambda:InvokeFunction'], [invoked.functionArn, `${invoked.functionArn}:*`]);
  // Amazon S3 User Guide, "Granting permissions for Batch Operations". It does not say that S3 names the account there, and a
  // condition on what is not named would shut S3 out; whoever makes a job can only pass a role of the job's own account.
  const batch = new ServicePrincipal('batchoperations.s3.amazonaws.com', {
    conditions: { StringEqualsIfExists: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
  createRole(scope, 'BatchOperations', names.batchRole, batch, [
    invoke,
    allow(['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'], [objects]),
    allow(['s3:PutInventoryConfiguration'], [logs.bucketArn]), // for manifests that S3 makes
  ]);

  // AWS Step Functions Developer Guide, "IAM policies for using Distributed Map states".
  const machine = arnHere('states', `stateMachine:${names.stateMachine}`);
  // Those of the machine itself, and those that its map runs: `execution:machine:uuid`, `execution:machine/label:uuid`.
  const executions = [':*', '/*'].map((rest) => arnHere('states', `execution:${names.stateMachine}${rest}`));
  const states = new ServicePrincipal('states.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnEquals: { 'aws:SourceArn': machine },
    },
  });
  const machineRole = createRole(scope, 'StateMachine', names.stateMachineRole, states, [
    invoke,
    allow(['s3:GetObject'], [objects]), // lists of ours, and inventories wherever they lie
    allow(['s3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'], [ofRuns]), // results, in parts where large
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ['s3:ListBucket'],
      resources: [logs.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${logs.prefix}AWSLogs/*` } },
    }),
    allow(['states:StartExecution'], [machine]),
    allow(['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'], executions),
  ]);
  return { machine: machineRole };
}

const WILDCARDS =
  "Versions of the one function, objects of the user's one bucket for manifests and reports, executions of the one state machine.";

function createRole(
  scope: Construct,
  id: string,
  roleName: string,
  assumedBy: ServicePrincipal,
  statements: PolicyStatement[],
): Role {
  const role = new Role(scope, id, {
    roleName,
    description: 'Invokes auto-tagger with historical log files',
    assumedBy,
    inlinePolicies: { backfill: new PolicyDocument({ statements }) },
  });
  const resources = statements.flatMap((statement) => statement.resources);
  acceptWildcards(role, resources, WILDCARDS);
  return role;
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
}
