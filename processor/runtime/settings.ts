/**
 * The settings of the function and of the command line: environment variables, read and checked once at the
 * start. What each may hold is in `variables.ts`.
 */
import { type Bounds, DEFAULT_BOUNDS } from '../../parser/bounds.ts';
import type { CreationOptions } from '../../parser/event/creation.ts';
import type { MemberRole } from '../../tag-manager/calls/assume-role.ts';
import type { PaceSettings } from '../../tag-manager/calls/pace.ts';
import { compileTagSettings, TagKeyError, type TagSettings } from '../../tag-manager/tags/tag-settings.ts';
import { TemplateError } from '../../tag-manager/tags/template.ts';
import { compileEventFilter, type EventFilter } from '../file/filter-events.ts';
import { compileFilter, FILTER_NAMES, type Filter, type Patterns } from '../file/filters.ts';
import { includedProblem } from '../file/included.ts';
import { ANY_BUCKET, type LogBuckets, NO_BUCKET } from '../file/log-buckets.ts';
import { readServices } from '../file/services.ts';
import { namedServices } from '../metrics/named-services.ts';
import type { TriggerMode } from '../notification/callers.ts';
import {
  extraTags,
  lonelyProblem,
  parametersOf,
  TAG_VARIABLES,
  tagKeys,
  variableOf,
  variablesNamed,
} from './extra-tags.ts';
import { misspelledVariables } from './misspelled.ts';
import { createLiveValues, type LiveValues } from './sources/live-values.ts';
import type { ReadText } from './sources/read-text.ts';
import type { Source } from './sources/source.ts';
import { TextError } from './text-value.ts';
import type { Place } from './values.ts';
import { filterVariable, type Values, variablesAt } from './variables.ts';

export interface Settings {
  readonly tags: TagSettings;
  /** What the tags take from elsewhere: to be refreshed before they are asked for. */
  readonly live: LiveValues;
  readonly filter: Filter;
  /** The same of what is judged again, whatever files a run is confined to. */
  readonly eventFilter: EventFilter;
  /** What is read of log files, and what of it counts as created. */
  readonly planning: PlanningSettings;
  /** The services that metrics name, by IAM prefix. */
  readonly namedServices: ReadonlySet<string>;
  /** AWS calls under way at once, over all files. */
  readonly concurrency: number;
  /** Log files open at once, at most; `undefined` where nobody said. */
  readonly openFiles: number | undefined;
  /** How fast AWS calls go. */
  readonly pace: PaceSettings;
  /** The buckets that log files may come from. */
  readonly logBuckets: LogBuckets;
  /** Whether a log file must lie in a folder that names its account. */
  readonly requiresAccount: boolean;
  /** ARNs of the queues from which CloudTrail events by themselves are believed. */
  readonly eventQueues: readonly string[];
  /** What lets us into other accounts; `undefined` where only our own is tagged. */
  readonly memberRole: MemberRole | undefined;
  /** The table of the metadata store; `undefined` where there is none. */
  readonly store: StoreSettings | undefined;
  /** The only caller that this deployment answers, or `auto`. */
  readonly triggerMode: TriggerMode;
  /** Where what can be done later goes; the function is invoked by it. */
  readonly retryQueueUrl: string | undefined;
  /** Where what cannot be done goes. */
  readonly failureQueueUrl: string | undefined;
  /** The SNS topic that alerts are sent to. */
  readonly alertTopic: string | undefined;
  /** Where runs of the backfill that are carried out in AWS have their journal; `undefined` where there are none. */
  readonly backfillBucket: string | undefined;
  /** The bucket that what was done is kept in; `undefined` where nothing is. */
  readonly archive: ArchiveSettings | undefined;
  readonly retryQueueArn: string | undefined;
  readonly failureQueueArn: string | undefined;
  /** ARNs of these two queues, from which our own messages are believed. */
  readonly ownQueues: readonly string[];
}

export interface ArchiveSettings {
  readonly bucket: string;
  /** Also what nobody understands. */
  readonly keepsUnknown: boolean;
}

export interface StoreSettings {
  readonly table: string;
  readonly fileTtlHours: number;
}

export interface PlanningSettings extends Required<CreationOptions> {
  readonly bounds: Bounds;
}

/**
 * Who reads the settings. The function, and whoever replays a queue of it, take what others have named; at a terminal
 * the user names it, and vouches for it.
 */
export type SettingsFor = 'function' | 'replay' | 'command-line';

const DEFAULT_BUCKETS: Readonly<Record<SettingsFor, LogBuckets | undefined>> = {
  function: undefined,
  replay: NO_BUCKET,
  'command-line': ANY_BUCKET,
};

/** A setting that cannot be used; the message names the variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Every variable of ours. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(variablesAt(placeOf({}, 'function')));

/** An empty variable is an absent one. Throws SettingsError, which names every variable that cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv, settingsFor: SettingsFor): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== ''));
  const values = readValues(given, placeOf(given, settingsFor));
  const services = readServices(values.SERVICES);
  const upserts = values.UPSERTS;
  const include = patterns(values, 'INCLUDE');
  const problem = includedProblem(include, { named: values.SERVICES, services, upserts });
  if (problem !== undefined) throw unusable(problem, undefined);
  const { RETRY_QUEUE_URL: retryQueue, FAILURE_QUEUE_URL: failureQueue } = values;
  const filter = compileFilter({ include, exclude: patterns(values, 'EXCLUDE') });
  const bounds = { ...DEFAULT_BOUNDS, maxFileBytes: values.MAX_FILE_BYTES };
  const planning = { bounds, services, upserts };
  return {
    ...readTagSettings(values, env),
    filter,
    eventFilter: compileEventFilter({ filter, planning }),
    planning,
    namedServices: namedServices(values.SERVICES),
    concurrency: values.CONCURRENCY,
    openFiles: values.OPEN_FILES,
    pace: {
      share: values.RATE_SHARE,
      handlers: values.RESERVED_CONCURRENCY,
      factor: values.RATE_FACTOR,
    },
    logBuckets: values.LOG_BUCKETS,
    requiresAccount: settingsFor !== 'command-line',
    eventQueues: values.EVENT_QUEUES,
    memberRole: memberRole(values, given),
    store: storeSettings(values, given),
    triggerMode: values.TRIGGER_MODE,
    retryQueueUrl: retryQueue?.url,
    failureQueueUrl: failureQueue?.url,
    alertTopic: values.SNS_TOPIC_ARN,
    backfillBucket: values.BACKFILL_BUCKET,
    archive: archiveSettings(values, given),
    retryQueueArn: retryQueue?.arn,
    failureQueueArn: failureQueue?.arn,
    ownQueues: [retryQueue, failureQueue].flatMap((queue) => queue?.arn ?? []),
  };
}

/** Every key that settings like these write, by the variables that give keys alone. Throws SettingsError. */
export function readTagKeys(env: NodeJS.ProcessEnv): readonly string[] {
  const given = Object.fromEntries(TAG_VARIABLES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  return tagKeys(readValues(given, placeOf({}, 'command-line')));
}

/** Where queues are looked for: hosts that stand in for AWS, and the region of the environment. */
export function placeOf(env: NodeJS.ProcessEnv, settingsFor: SettingsFor): Place {
  const endpoints = [env.AWS_ENDPOINT_URL, env.AWS_ENDPOINT_URL_SQS];
  return {
    isFunction: settingsFor === 'function',
    defaultBuckets: DEFAULT_BUCKETS[settingsFor],
    region: ownRegion(env),
    endpointHosts: endpoints.flatMap((url) =>
      url !== undefined && URL.canParse(url) ? new URL(url).host : [],
    ),
  };
}

/** Where the function runs, or where the user is at home. */
export function ownRegion({ AWS_REGION, AWS_DEFAULT_REGION }: NodeJS.ProcessEnv): string {
  return AWS_REGION || AWS_DEFAULT_REGION || 'us-east-1';
}

function readValues(given: NodeJS.ProcessEnv, place: Place): Values {
  const variables = variablesAt(place);
  const named = variablesNamed(given);
  const unnamed = Object.keys(given).filter((name) => !named.has(name));
  const problems = [...misspelledVariables(unnamed, Object.keys(variables))];
  const values: Record<string, unknown> = {};
  for (const [name, { value }] of Object.entries(variables)) {
    try {
      values[name] = value.read(given[name]);
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      problems.push(...error.problems.map((problem) => `${name}: ${problem}`));
    }
  }
  if (problems.length > 0) throw unusable(problems.join('; '), undefined);
  return values as Values;
}

function memberRole(values: Values, given: NodeJS.ProcessEnv): MemberRole | undefined {
  const {
    MEMBER_ROLE_NAME: name,
    MEMBER_ROLE_EXTERNAL_ID: externalId,
    MEMBER_ROLE_SESSION_NAME: sessionName,
  } = values;
  if (name !== undefined) return { name, externalId, sessionName };
  const lonely = ['MEMBER_ROLE_EXTERNAL_ID', 'MEMBER_ROLE_SESSION_NAME'].find((each) => given[each]);
  if (lonely === undefined) return undefined;
  throw unusable(`${lonely}: it is about the role of MEMBER_ROLE_NAME, which is not set`, undefined);
}

function storeSettings(
  { DYNAMODB_TABLE: table, FILE_TTL_HOURS: fileTtlHours }: Values,
  given: NodeJS.ProcessEnv,
): StoreSettings | undefined {
  if (table !== undefined) return { table, fileTtlHours };
  if (given.FILE_TTL_HOURS === undefined) return undefined;
  throw unusable('FILE_TTL_HOURS: it is about the table of DYNAMODB_TABLE, which is not set', undefined);
}

/** What is written there would be read as a log file, or hold up those that are. */
function archiveSettings(
  { ARCHIVE_BUCKET: bucket, ARCHIVE_UNKNOWN_EVENTS: keepsUnknown, LOG_BUCKETS: logBuckets }: Values,
  given: NodeJS.ProcessEnv,
): ArchiveSettings | undefined {
  if (bucket === undefined) {
    if (given.ARCHIVE_UNKNOWN_EVENTS === undefined) return undefined;
    const why = 'it is about the bucket of ARCHIVE_BUCKET, which is not set';
    throw unusable(`ARCHIVE_UNKNOWN_EVENTS: ${why}`, undefined);
  }
  const isAmongLogs =
    given.LOG_BUCKETS !== undefined && logBuckets.accessTo(bucket, undefined).kind !== 'refused';
  if (!isAmongLogs) return { bucket, keepsUnknown };
  const why = logBuckets.names.includes(bucket)
    ? `LOG_BUCKETS names ${bucket}, too`
    : 'LOG_BUCKETS takes log files from any bucket, and so from this one: name the buckets of log files';
  throw unusable(`ARCHIVE_BUCKET: the archive cannot lie among log files; ${why}`, undefined);
}

function readTagSettings(values: Values, env: NodeJS.ProcessEnv): Pick<Settings, 'tags' | 'live'> {
  const keys = {
    createdBy: values.CREATED_BY_KEY,
    createdDate: values.CREATED_DATE_KEY,
    managedBy: values.MANAGED_BY_KEY,
    secondMarker: values.SECOND_MARKER_KEY,
  };
  const { SKIP_TAG: skipKey, CREATED_BY: createdBy, ON_EXISTING: onExisting, DRY_RUN: dryRun } = values;
  const problem = lonelyProblem(values);
  if (problem !== undefined) throw unusable(problem, undefined);
  const live = liveValues(values);
  const extra = extraTags(values).map(({ key, template }) => [key, template] as const);
  const options = { keys, createdBy, extra, rules: live.rules, skipKey, onExisting, dryRun };
  try {
    return { live, tags: compileTagSettings(options, { ...live, env }) };
  } catch (error) {
    if (!(error instanceof TagKeyError || error instanceof TemplateError)) throw error;
    throw unusable(`${variableOf(error, values)}: ${error.message}`, error);
  }
}

function liveValues(values: Values): LiveValues {
  const { CREATED_BY: createdBy, RULES, RULE_TAG_KEYS, ACCOUNTS_CSV, PEOPLE_CSV, REFRESH_SECONDS } = values;
  const named = (variable: string, source: Source | undefined) => source && { variable, source };
  const account = named('ACCOUNTS_CSV', ACCOUNTS_CSV);
  const person = named('PEOPLE_CSV', PEOPLE_CSV);
  try {
    return createLiveValues({
      createdBy,
      parameters: parametersOf(values),
      tables: { ...(account && { account }), ...(person && { person }) },
      rules: RULES && { variable: 'RULES', source: RULES, keys: new Set(RULE_TAG_KEYS) },
      maxAgeMs: REFRESH_SECONDS * 1000,
    });
  } catch (cause) {
    throw unusable((cause as Error).message, cause);
  }
}

/** As `LiveValues.refresh`; what goes wrong the first time is a SettingsError. */
export async function refreshSettings(
  { live }: Pick<Settings, 'live'>,
  read: ReadText,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return await live.refresh(read, { now: Date.now(), signal });
  } catch (cause) {
    throw unusable((cause as Error).message, cause);
  }
}

function unusable(problems: string, cause: unknown): SettingsError {
  return new SettingsError(`settings that cannot be used: ${problems}`, { cause });
}

/** `INCLUDE_ACCOUNTS`, `EXCLUDE_CREATORS` and so on. */
function patterns(values: Values, direction: 'INCLUDE' | 'EXCLUDE'): Patterns {
  return Object.fromEntries(FILTER_NAMES.map((name) => [name, values[filterVariable(direction, name)]]));
}
