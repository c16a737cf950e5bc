/**
 * The environment that the function gets. What the props say, and settings of the user's own, are read by the very code that
 * the function reads them with, so that a mistyped one fails here and not in Lambda.
 */
import { Token } from 'aws-cdk-lib';
import { variablesNamed } from '../processor/runtime/extra-tags.ts';
import { nearest } from '../processor/runtime/misspelled.ts';
import { placeOf, readSettings, type Settings, VARIABLE_NAMES } from '../processor/runtime/settings.ts';
import { eventQueues } from '../processor/runtime/values.ts';
import { type Chosen, PropsError } from './chosen.ts';
import { namesOf } from './names.ts';

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
  BACKFILL_BUCKET: 'backfillBucketName',
  ARCHIVE_BUCKET: 'archive',
  ARCHIVE_UNKNOWN_EVENTS: 'archiveUnknownEvents',
} as const;

export interface Made {
  readonly bucketName: string;
  readonly retryQueueUrl: string;
  /** Of the queue that rules of ours send events to. */
  readonly eventQueueArn: string | undefined;
  readonly failureQueueUrl: string;
  readonly table: string | undefined;
  readonly alertTopicArn: string;
  readonly archiveBucketName: string | undefined;
}

type Environment = Readonly<Record<string, string>>;

export interface FunctionSettings {
  readonly environment: Environment;
  /** Of the function of backfills; `undefined` where there is none. */
  readonly backfillEnvironment: Environment | undefined;
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
    EVENT_QUEUES: joined(made.eventQueueArn, settings.EVENT_QUEUES),
    ARCHIVE_BUCKET: made.archiveBucketName,
    ARCHIVE_UNKNOWN_EVENTS: chosen.archiveUnknownEvents ? 'true' : undefined,
  });
  const named = variablesNamed(settings);
  const problems = Object.keys(settings).flatMap((name) => settingProblem(name, named));
  if (problems.length > 0) throw new PropsError(`settings: ${problems.join('; ')}`);
  const all = { ...settings, ...environment };
  const known = {
    ...read(all, knownLater(chosen)),
    eventQueues: readEventQueues(settings.EVENT_QUEUES ?? ''),
  };
  if (chosen.settingsKeyArn !== undefined && known.live.sources.length === 0) {
    throw new PropsError(
      'settingsKeyArn: nothing is read with it; settings name no parameter and no object of tags, tables or rules',
    );
  }
  return { ...environmentsOf(all, known.pace.share, chosen), settings: known };
}

/** The share of the calls that AWS allows is divided between the two functions. */
function environmentsOf(
  all: Environment,
  share: number,
  chosen: Chosen,
): Pick<FunctionSettings, 'environment' | 'backfillEnvironment'> {
  const { backfillBucketName, backfillConcurrency, backfillRateShare } = chosen;
  if (backfillBucketName === undefined) return { environment: all, backfillEnvironment: undefined };
  const rest = Number((share - backfillRateShare).toFixed(6));
  if (rest <= 0) {
    throw new PropsError(
      `backfillRateShare: expected less than RATE_SHARE, ${share}, of which it is taken; got ${backfillRateShare}`,
    );
  }
  const { TRIGGER_MODE: _, ...others } = all; // of the function that queues invoke
  const backfillEnvironment = {
    ...others,
    RATE_SHARE: String(backfillRateShare),
    RESERVED_CONCURRENCY: String(backfillConcurrency),
    BACKFILL_BUCKET: backfillBucketName,
  };
  read(backfillEnvironment, knownLater(chosen));
  return { environment: { ...all, RATE_SHARE: String(rest) }, backfillEnvironment };
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

/** Of the partitions whose ARNs and URLs are longest, a region with a long name. */
const LATER_REGION = 'cn-northwest-1';

/** Stand-ins for what only CloudFormation knows, as long as that can be. */
function knownLater({ name, settings }: Chosen): Environment {
  const { queue } = namesOf(name);
  const urlOf = (which: Parameters<typeof queue>[0]) =>
    `https://sqs.${LATER_REGION}.amazonaws.com.cn/111122223333/${queue(which)}`;
  return {
    LOG_BUCKETS: `${name}-111122223333-0a1b2c3d`,
    RETRY_QUEUE_URL: urlOf('retry'),
    FAILURE_QUEUE_URL: urlOf('failures'),
    DYNAMODB_TABLE: 'x'.repeat(255), // CloudFormation makes it of the stack's name, and DynamoDB takes no more ("CreateTable")
    ARCHIVE_BUCKET: `${name}-archive-111122223333-0a1b2c3d`,
    SNS_TOPIC_ARN: `arn:aws-cn:sns:${LATER_REGION}:111122223333:${name}-alerts`,
    EVENT_QUEUES: `arn:aws-cn:sqs:${LATER_REGION}:111122223333:${queue('events')},${settings.EVENT_QUEUES ?? ''}`,
  };
}

function read(environment: Environment, later: Environment): Settings {
  const all = Object.entries(environment).flatMap(([name, value]) => {
    const text = Token.isUnresolved(value) ? later[name] : value;
    return text === undefined ? [] : [[name, text] as const];
  });
  const bytes = all.reduce((sum, [name, text]) => sum + Buffer.byteLength(name + text), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    throw new PropsError(
      `settings: they take ${bytes} bytes, and the environment of a function has ${MAX_ENVIRONMENT_BYTES}`,
    );
  }
  const { EVENT_QUEUES: _, ...known } = Object.fromEntries(all); // of a region known later
  return readSettings({ ...known, AWS_REGION: LATER_REGION }, 'function');
}

/** As ARNs. In whatever region the function is: it is one, because queues of another cannot invoke it. */
function readEventQueues(text: string): readonly string[] {
  const queues = readQueues(text);
  const regions = new Set(queues.map((arn) => arn.split(':')[3]));
  if (regions.size <= 1) return queues;
  throw new PropsError(
    `settings: EVENT_QUEUES: expected queues of one region, got ${[...regions].join(', ')}`,
  );
}

function readQueues(text: string): readonly string[] {
  try {
    return eventQueues({ ...placeOf({}, 'function'), isFunction: false }).read(text);
  } catch (error) {
    throw new PropsError(`settings: EVENT_QUEUES: ${(error as Error).message}`);
  }
}

function joined(first: string | undefined, second: string | undefined): string | undefined {
  const given = [first, second].filter((text) => text !== undefined);
  return given.length === 0 ? undefined : given.join();
}

function withoutUndefined(values: Readonly<Record<string, string | undefined>>): Environment {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
