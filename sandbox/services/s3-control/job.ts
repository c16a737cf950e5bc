/** A job of S3 Batch Operations, and the XML that it is asked for with. Members are those of AmazonS3/latest/API/API_control_CreateJob. */
import { AwsError } from '../../aws-error.ts';
import { readXml } from '../../protocols/xml.ts';
import { unquoted } from '../s3/entity-tag.ts';

/** AmazonS3/latest/userguide/batch-ops-job-status, "Job statuses"; those that a job of ours can have. */
export type JobStatus =
  | 'New'
  | 'Preparing'
  | 'Suspended'
  | 'Ready'
  | 'Active'
  | 'Cancelling'
  | 'Cancelled'
  | 'Completing'
  | 'Complete'
  | 'Failing'
  | 'Failed';

/** What was asked for, as far as it is carried out. */
export interface JobRequest {
  readonly token: string;
  readonly confirmationRequired: boolean;
  readonly description: string;
  readonly priority: number;
  readonly roleArn: string;
  readonly functionArn: string;
  readonly schemaVersion: string;
  readonly userArguments: Readonly<Record<string, string>>;
  /** Of a list that was written. */
  readonly manifest?: {
    readonly bucket: string;
    readonly key: string;
    readonly etag: string;
    readonly fields: readonly string[];
  };
  /** Of a list that S3 makes. */
  readonly generator?: ManifestGenerator;
  /** Absent where none is wanted. */
  readonly report?: { readonly bucket: string; readonly prefix: string; readonly isOfFailures: boolean };
}

export interface ManifestGenerator {
  readonly bucket: string;
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly substring?: string;
}

export interface Job {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: number;
  readonly request: JobRequest;
  /** As it came, to tell a request that is repeated from another under its token. */
  readonly xml: string;
  status: JobStatus;
  total: number;
  succeeded: number;
  failed: number;
  endedAt?: number;
  reason: string;
  readonly failures: { readonly code: string; readonly reason: string }[];
}

type Xml = Readonly<Record<string, unknown>>;

/** Throws AwsError for what AWS would refuse. */
export function readJobRequest(body: Buffer): JobRequest {
  const root = inside(readXml(body.toString()), 'CreateJobRequest');
  const operation = inside(inside(root, 'Operation'), 'LambdaInvoke');
  const schemaVersion = text(operation, 'InvocationSchemaVersion') || '1.0';
  const userArguments = Object.fromEntries(
    members(inside(operation, 'UserArguments'), 'entry').map((entry) => [
      text(entry, 'key'),
      text(entry, 'value'),
    ]),
  );
  // API_control_LambdaInvokeOperation: user arguments take version 2.0; at most ten of them.
  const count = Object.keys(userArguments).length;
  if (count > 0 && schemaVersion !== '2.0') throw bad('UserArguments require InvocationSchemaVersion 2.0');
  if (count > 10) throw bad('UserArguments: at most 10');
  const functionArn = text(operation, 'FunctionArn');
  if (functionArn === '') throw bad('The sandbox carries out LambdaInvoke alone');
  const manifest = manifestIn(inside(root, 'Manifest'));
  const generator = generatorIn(inside(inside(root, 'ManifestGenerator'), 'S3JobManifestGenerator'));
  if ((manifest === undefined) === (generator === undefined))
    throw bad('Request must have either a Manifest or a ManifestGenerator');
  const report = reportIn(inside(root, 'Report'));
  const roleArn = text(root, 'RoleArn');
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(roleArn)) throw bad('Invalid RoleArn');
  const token = text(root, 'ClientRequestToken');
  if (token.length < 1 || token.length > 64) throw bad('ClientRequestToken: from 1 to 64 characters');
  return {
    token,
    confirmationRequired: text(root, 'ConfirmationRequired') === 'true',
    description: text(root, 'Description'),
    priority: Number(text(root, 'Priority')),
    roleArn,
    functionArn,
    schemaVersion,
    userArguments,
    ...(manifest && { manifest }),
    ...(generator && { generator }),
    ...(report && { report }),
  };
}

function manifestIn(manifest: Xml): JobRequest['manifest'] {
  const spec = inside(manifest, 'Spec');
  const location = inside(manifest, 'Location');
  if (text(location, 'ObjectArn') === '') return undefined;
  if (text(spec, 'Format') !== 'S3BatchOperations_CSV_20180820')
    throw bad('The sandbox reads CSV manifests alone');
  const [bucket = '', ...key] = text(location, 'ObjectArn').split(':').slice(5).join(':').split('/');
  const fields = members(inside(spec, 'Fields'), 'member').map(String);
  if (!fields.includes('Bucket') || !fields.includes('Key')) throw bad('Fields must have Bucket and Key');
  return { bucket, key: key.join('/'), etag: unquoted(text(location, 'ETag')), fields };
}

function generatorIn(generator: Xml): ManifestGenerator | undefined {
  if (text(generator, 'SourceBucket') === '') return undefined;
  const filter = inside(generator, 'Filter');
  const names = inside(filter, 'KeyNameConstraint');
  /** API_control_KeyNameConstraint: each takes a list of one text. */
  const one = (name: string) => {
    const all = members(inside(names, name), 'member');
    if (all.length > 1) throw bad(`${name}: at most 1`);
    return all.length === 0 ? undefined : String(all[0]);
  };
  const time = (name: string) => (text(filter, name) === '' ? undefined : Date.parse(text(filter, name)));
  const found = {
    createdAfter: time('CreatedAfter'),
    createdBefore: time('CreatedBefore'),
    prefix: one('MatchAnyPrefix'),
    suffix: one('MatchAnySuffix'),
    substring: one('MatchAnySubstring'),
  };
  const given = Object.entries(found).filter(([, value]) => value !== undefined);
  return { bucket: text(generator, 'SourceBucket').split(':').at(-1) ?? '', ...Object.fromEntries(given) };
}

function reportIn(report: Xml): JobRequest['report'] {
  if (text(report, 'Enabled') !== 'true') return undefined;
  if (text(report, 'Format') !== 'Report_CSV_20180820') throw bad('Invalid report format');
  return {
    bucket: text(report, 'Bucket').split(':').at(-1) ?? '',
    prefix: text(report, 'Prefix'),
    isOfFailures: text(report, 'ReportScope') === 'FailedTasksOnly',
  };
}

function inside(xml: Xml, name: string): Xml {
  const child = xml[name];
  return typeof child === 'object' && child !== null ? (child as Xml) : {};
}

function text(xml: unknown, name: string): string {
  const child = (xml as Xml)[name];
  return typeof child === 'string' ? child : '';
}

function members(xml: Xml, name: string): readonly unknown[] {
  const found = xml[name];
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

function bad(message: string): AwsError {
  return new AwsError('BadRequestException', 400, message);
}
