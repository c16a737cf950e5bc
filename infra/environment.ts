/**
 * The environment that the function gets. What the props say, and settings of the user's own, are read by the very code that
 * the function reads them with, so that a mistyped one fails here and not in Lambda.
 */
import { Token } from 'aws-cdk-lib';
import { variablesNamed } from '../processor/runtime/extra-tags.ts';
import { nearest } from '../processor/runtime/misspelled.ts';
import { readSettings, type Settings, VARIABLE_NAMES } from '../processor/runtime/settings.ts';
import { type Chosen, PropsError } from './chosen.ts';

/** What the stack makes or is told by a prop of its own, and nobody sets by hand. */
const PROP_OF = {
  LOG_BUCKETS: 'logBucketName',
  RETRY_QUEUE_URL: 'name',
  FAILURE_QUEUE_URL: 'name',
  DYNAMODB_TABLE: 'store',
  RESERVED_CONCURRENCY: 'concurrency',
  SERVICES: 'services',
  MEMBER_ROLE_NAME: 'memberRoleName',
  MEMBER_ROLE_EXTERNAL_ID: 'memberRoleExternalId',
  SNS_TOPIC_ARN: 'alertTopicArn',
} as const;

export interface Made {
  readonly bucketName: string;
  readonly retryQueueUrl: string;
  readonly failureQueueUrl: string;
  readonly table: string | undefined;
  readonly alertTopicArn: string;
}

type Environment = Readonly<Record<string, string>>;

export interface FunctionSettings {
  readonly environment: Environment;
  /** What the function will make of it, but for what only CloudFormation knows. */
  readonly settings: Settings;
}

/** Throws PropsError, or SettingsError as the function would. */
export function functionSettings(made: Made, chosen: Chosen): FunctionSettings {
  const { settings, logBucketAccount, memberRoleName, memberRoleExternalId } = chosen;
  const environment = withoutUndefined({
    LOG_BUCKETS: logBucketAccount === undefined ? made.bucketName : `${made.bucketName}=${logBucketAccount}`,
    RETRY_QUEUE_URL: made.retryQueueUrl,
    FAILURE_QUEUE_URL: made.failureQueueUrl,
    DYNAMODB_TABLE: made.table,
    RESERVED_CONCURRENCY: String(chosen.concurrency),
    SERVICES: chosen.services,
    MEMBER_ROLE_NAME: memberRoleName,
    MEMBER_ROLE_EXTERNAL_ID: memberRoleExternalId,
    SNS_TOPIC_ARN: made.alertTopicArn,
  });
  const named = variablesNamed(settings);
  const problems = Object.keys(settings).flatMap((name) => settingProblem(name, named));
  if (problems.length > 0) throw new PropsError(`settings: ${problems.join('; ')}`);
  const all = { ...settings, ...environment };
  return { environment: all, settings: read(all) };
}

function settingProblem(name: string, named: ReadonlySet<string>): readonly string[] {
  if (Object.hasOwn(PROP_OF, name)) {
    return [`${name}: set the prop ${PROP_OF[name as keyof typeof PROP_OF]} instead`];
  }
  if (VARIABLE_NAMES.includes(name) || OF_THE_RUNTIME.test(name) || named.has(name)) return [];
  const meant = nearest(name, VARIABLE_NAMES);
  return [`${name}: there is no such setting${meant === undefined ? '' : `; did you mean ${meant}?`}`];
}

/** Of Powertools, of the SDK and of Node. */
const OF_THE_RUNTIME = /^(POWERTOOLS_\w+|AWS_USE_(FIPS|DUALSTACK)_ENDPOINT|NODE_OPTIONS)$/;

/** AWS Lambda Developer Guide, "Lambda quotas". */
const MAX_ENVIRONMENT_BYTES = 4096;

/** Stand-ins for what only CloudFormation knows. */
const KNOWN_LATER = {
  LOG_BUCKETS: 'log-bucket',
  RETRY_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/retry',
  FAILURE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/failures',
  DYNAMODB_TABLE: 'table',
  SNS_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
} as const;

function read(environment: Environment): Settings {
  const known = Object.entries(environment).flatMap(([name, value]) => {
    const text = Token.isUnresolved(value) ? KNOWN_LATER[name as keyof typeof KNOWN_LATER] : value;
    return text === undefined || name === 'EVENT_QUEUES' ? [] : [[name, text] as const]; // of a region known later
  });
  const bytes = known.reduce((sum, [name, text]) => sum + Buffer.byteLength(name + text), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    throw new PropsError(
      `settings: they take ${bytes} bytes, and the environment of a function has ${MAX_ENVIRONMENT_BYTES}`,
    );
  }
  return readSettings({ ...Object.fromEntries(known), AWS_REGION: 'us-east-1' }, 'function');
}

function withoutUndefined(values: Readonly<Record<string, string | undefined>>): Environment {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
