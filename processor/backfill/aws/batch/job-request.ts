/** What a job of S3 Batch Operations is begun with: the same for the same token, or AWS refuses it. */
import type { CreateJobRequest } from '@aws-sdk/client-s3-control';
import * as z from 'zod';
import { REPORT } from '../../bulk/run-keys.ts';
import type { BulkWork } from '../bulk-engine.ts';
import { asKept } from '../job-list.ts';
import type { GeneratorFilter } from './generator-filter.ts';

/** Of which log files. */
export type JobInput =
  | { readonly manifest: { readonly key: string; readonly etag: string; readonly files: number } }
  | { readonly generator: GeneratorFilter };

const INPUT = z.union([
  z.object({ manifest: z.object({ key: z.string(), etag: z.string(), files: z.number() }) }),
  z.object({ generator: z.object({ bucket: z.string(), prefix: z.string(), substring: z.string() }) }),
]);

/** As it is kept with the run. Throws BulkError where it is not as it was written. */
export function readJobInput(input: unknown): JobInput {
  return asKept(INPUT, input);
}

/** Between jobs of one account: those of a higher number go first. */
const PRIORITY = 10;

export function jobRequest(
  { id, deployment, bucket }: BulkWork,
  token: string,
  input: JobInput,
): CreateJobRequest {
  const { partition, account, functionArn, batchRoleArn } = deployment;
  const arnOf = (name: string) => `arn:${partition}:s3:::${name}`;
  return {
    AccountId: account,
    ConfirmationRequired: false,
    ClientRequestToken: token,
    Description: `auto-tagger backfill ${id}`,
    Priority: PRIORITY,
    RoleArn: batchRoleArn,
    Operation: {
      LambdaInvoke: {
        FunctionArn: functionArn,
        InvocationSchemaVersion: '2.0',
        UserArguments: { run: id },
      },
    },
    Report: {
      Enabled: true,
      Bucket: arnOf(bucket.bucket),
      ExpectedBucketOwner: account,
      Prefix: `${bucket.prefix}${REPORT}`,
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    },
    ...('manifest' in input
      ? {
          Manifest: {
            Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
            Location: {
              ObjectArn: `${arnOf(bucket.bucket)}/${input.manifest.key}`,
              ETag: input.manifest.etag,
            },
          },
        }
      : { ManifestGenerator: { S3JobManifestGenerator: generatorOf(input.generator, arnOf) } }),
  };
}

function generatorOf({ bucket, prefix, substring }: GeneratorFilter, arnOf: (name: string) => string) {
  return {
    SourceBucket: arnOf(bucket),
    EnableManifestOutput: false, // what is left of the run is listed anew
    Filter: {
      KeyNameConstraint: {
        ...(prefix !== '' && { MatchAnyPrefix: [prefix] }),
        MatchAnySubstring: [substring],
      },
    },
  };
}
