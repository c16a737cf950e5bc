/** What it takes to begin, watch, stop and fetch a backfill that AWS carries out: the function does all else with a role of its own. */
import { RUNS_PREFIX } from '../backfill/bulk/run-keys.ts';
import type { DeployedNames } from '../deployed-names.ts';
import type { Grant } from './document.ts';
import type { LogBucket } from './own-grants.ts';

export interface EngineResources {
  readonly names: DeployedNames;
  /** That runs are kept in, by its name. */
  readonly backfillBucket: string;
  /** Whose log files are listed. */
  readonly logs: readonly LogBucket[];
}

/** A row for each engine: what it asks its service for. */
const ENGINES = {
  batch: ({ batchRole }: DeployedNames): readonly Grant[] => [
    { sid: 'CreateJobs', actions: ['s3:CreateJob'], resources: ['*'] }, // it has no resource
    {
      sid: 'Jobs',
      actions: ['s3:DescribeJob', 's3:UpdateJobStatus'],
      resources: ['arn:*:s3:*:*:job/*'], // their ids are AWS's own
    },
    {
      sid: 'PassRole',
      actions: ['iam:PassRole'],
      resources: [`arn:*:iam::*:role/${batchRole}`],
      condition: { StringEquals: { 'iam:PassedToService': 'batchoperations.s3.amazonaws.com' } },
    },
  ],
  map: ({ stateMachine }: DeployedNames): readonly Grant[] => [
    {
      sid: 'StartExecutions',
      actions: ['states:StartExecution'],
      resources: [`arn:*:states:*:*:stateMachine:${stateMachine}`],
    },
    {
      sid: 'Executions',
      actions: [
        'states:DescribeExecution',
        'states:ListMapRuns',
        'states:RedriveExecution',
        'states:StopExecution',
      ],
      resources: [`arn:*:states:*:*:execution:${stateMachine}:*`],
    },
    {
      sid: 'MapRuns',
      actions: ['states:DescribeMapRun'],
      resources: [`arn:*:states:*:*:mapRun:${stateMachine}/*`],
    },
  ],
} as const;

export type PolicyEngine = keyof typeof ENGINES;

export const POLICY_ENGINES = Object.keys(ENGINES) as readonly PolicyEngine[];

export function engineGrants(engine: PolicyEngine, resources: EngineResources): readonly Grant[] {
  const { names, backfillBucket, logs } = resources;
  const bucket = `arn:*:s3:::${backfillBucket}`;
  return [
    {
      sid: 'Deployment',
      actions: ['lambda:GetFunctionConfiguration'],
      resources: [`arn:*:lambda:*:*:function:${names.backfillFunction}`],
    },
    {
      sid: 'Runs',
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], // long lists go there in parts
      resources: [`${bucket}/${RUNS_PREFIX}*`],
    },
    ...listing('ListRuns', { arn: bucket, below: `${RUNS_PREFIX}*` }),
    ...logs.flatMap(({ arn, prefix }, at) =>
      listing(`ListLogs${at + 1}`, { arn, below: `${prefix}AWSLogs/*` }),
    ),
    ...ENGINES[engine](names),
  ];
}

function listing(sid: string, { arn, below }: { arn: string; below: string }): readonly Grant[] {
  const condition = { StringLike: { 's3:prefix': below } };
  return [{ sid, actions: ['s3:ListBucket'], resources: [arn], condition }];
}
