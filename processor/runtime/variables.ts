/**
 * Every environment variable of ours: what it may hold, what it is when absent, what it means. The only list of
 * them: settings are read by it, misspelled names are found by it, and docs/configuration.md shows it.
 */
import { DEFAULT_BOUNDS } from '../../parser/bounds.ts';
import { FILTER_NAMES, type FilterName } from '../file/filters.ts';
import { DEFAULT_SERVICES } from '../file/services.ts';
import { CALLERS, TRIGGER_MODES } from '../notification/callers.ts';
import { anyText, type TextValue } from './text-value.ts';
import {
  bucketName,
  eventQueues,
  externalId,
  flag,
  logBuckets,
  oneOf,
  openFiles,
  type Place,
  patterns,
  queueUrl,
  roleName,
  rules,
  services,
  sessionName,
  share,
  source,
  tableName,
  tagKeys,
  tagTemplates,
  topicArn,
  wholeNumber,
} from './values.ts';

export type Section = 'tags' | 'rules' | 'filters' | 'limits' | 'trust' | 'accounts' | 'store' | 'function';

export interface Variable<Value = unknown> {
  readonly section: Section;
  readonly value: TextValue<Value>;
  /** As the documentation says it. */
  readonly default: string;
  readonly meaning: string;
}

/** What a function without a reserved concurrency is supposed to have: one of so many at once. */
export const ASSUMED_CONCURRENCY = 10;

/** The rows; what their values may be depends on the place. */
export function variablesAt(place: Place) {
  return {
    CREATED_BY: row({
      section: 'tags',
      value: oneOf(['arn', 'name', 'person']).default('arn'),
      default: '`arn`',
      meaning:
        "what `CreatedBy` holds: `arn` (the caller's ARN), `name` (session, user or role name) or `person` (below)",
    }),
    CREATED_BY_KEY: row({
      section: 'tags',
      value: anyText.default('CreatedBy'),
      default: '`CreatedBy`',
      meaning: 'key of the tag; tag policies may prescribe another',
    }),
    CREATED_DATE_KEY: row({
      section: 'tags',
      value: anyText.default('CreatedDate'),
      default: '`CreatedDate`',
      meaning: 'key of the tag',
    }),
    MANAGED_BY_KEY: row({
      section: 'tags',
      value: anyText.default('ManagedBy'),
      default: '`ManagedBy`',
      meaning: 'key of the tag',
    }),
    SECOND_MARKER_KEY: row({
      section: 'tags',
      value: anyText.default('TaggedBy'),
      default: '`TaggedBy`',
      meaning: "key of the tag that marks ours as `ManagedBy` does, where `ManagedBy` is another tool's",
    }),
    TAGS: row({
      section: 'tags',
      value: tagTemplates.default({}),
      default: '`{}`',
      meaning: 'tags of your own: a JSON object of key and template',
    }),
    ENVIRONMENT: row({
      section: 'tags',
      value: anyText.optional(),
      default: 'none',
      meaning: 'the tag `Environment` with this value, a template',
    }),
    TAG_KEY: row({
      section: 'tags',
      value: anyText.optional(),
      default: 'none',
      meaning: 'key of one tag more, for those who set variables by hand; `TAG_VALUE` must be set too',
    }),
    TAG_VALUE: row({
      section: 'tags',
      value: anyText.optional(),
      default: 'none',
      meaning: 'its value, a template',
    }),
    TAG_SOURCE_IP: row({
      section: 'tags',
      value: flag.default(false),
      default: '`false`',
      meaning: '`true` adds the tag `SourceIP`: the address, or the service, that the call came from',
    }),
    TAG_ACCOUNT_ID: row({
      section: 'tags',
      value: flag.default(false),
      default: '`false`',
      meaning: '`true` adds the tag `AccountId`: the account of the resource',
    }),
    ON_EXISTING: row({
      section: 'tags',
      value: oneOf(['keep', 'overwrite']).default('keep'),
      default: '`keep`',
      meaning: '`overwrite` replaces tags of others, and corrections, under our keys',
    }),
    SKIP_TAG: row({
      section: 'tags',
      value: anyText.optional(),
      default: 'none',
      meaning: 'key of a tag by which owners keep us off: a resource that bears it is kept as it is',
    }),
    DRY_RUN: row({
      section: 'tags',
      value: flag.default(false),
      default: '`false`',
      meaning:
        '`true` does everything but write tags; the function also sends nothing to its queues, and acknowledges notifications: see [notifications.md](notifications.md#answers)',
    }),
    RULES: row({
      section: 'rules',
      value: rules(place).optional(),
      default: 'none',
      meaning:
        'rules of your own, see [Rules](#rules): the JSON itself, `ssm:/name` or `s3://bucket/key`; on the command line also a file',
    }),
    RULE_TAG_KEYS: row({
      section: 'rules',
      value: tagKeys.optional(),
      default: 'none',
      meaning: 'the tag keys that rules may give, between commas: no rule can write another one',
    }),
    ACCOUNTS_CSV: row({
      section: 'rules',
      value: source(place).optional(),
      default: 'none',
      meaning:
        'a table whose first column is `account`, for `{account.COLUMN}`: `ssm:/name` or `s3://bucket/key`; on the command line also a file',
    }),
    PEOPLE_CSV: row({
      section: 'rules',
      value: source(place).optional(),
      default: 'none',
      meaning: 'a table whose first column is `person`, for `{person.COLUMN}`: the same',
    }),
    REFRESH_SECONDS: row({
      section: 'rules',
      value: wholeNumber.default(300),
      default: '`300`',
      meaning:
        'how old parameters, tables and rules may be in the function before they are read again; the command line reads them once, at its start',
    }),
    SERVICES: row({
      section: 'filters',
      value: services.default(DEFAULT_SERVICES),
      default: `\`${DEFAULT_SERVICES}\``,
      meaning:
        'the services whose resources are tagged, by IAM prefix, between commas; `all` for every one that the catalogue knows, but for `iam`, `organizations` and `sso`, whose tags decide about access, and `cassandra`, where who may read tags may read tables: name them too, as in `all,iam`',
    }),
    UPSERTS: row({
      section: 'filters',
      value: oneOf(['leave', 'tag']).default('leave'),
      default: '`leave`',
      meaning:
        'calls that create or update (`Put…`), where the record does not tell which they did: `leave` counts them as `may-be-update`; `tag` tags the resource with who made the call, which may be a mere update: the earliest of them that is known, unless a call is known that proves to have created',
    }),
    ...filterVariables(),
    CONCURRENCY: row({
      section: 'limits',
      value: wholeNumber.default(16),
      default: '`16`',
      meaning: 'AWS tagging calls under way at once; of one API in an account and region, a quarter of them',
    }),
    OPEN_FILES: row({
      section: 'limits',
      value: openFiles.optional(),
      default: 'none: `32`, and `256` for `plan`',
      meaning:
        'log files open at once, at most: 1 to 1000. `plan`, `process` and `backfill` open fewer of a bucket where S3 is not faster for more',
    }),
    RATE_SHARE: row({
      section: 'limits',
      value: share.default(0.5),
      default: '`0.5`',
      meaning:
        'how much of the calls a second that AWS allows an account is ours; the rest is for whatever else works there: see [Pace](#pace)',
    }),
    RESERVED_CONCURRENCY: row({
      section: 'limits',
      value: wholeNumber.default(place.isFunction ? ASSUMED_CONCURRENCY : 1),
      default: '`10`',
      meaning:
        'how many of us may work at once, among whom that share is divided: the reserved concurrency of the function, which warns where nobody has set it; `1` on the command line',
    }),
    RATE_FACTOR: row({
      section: 'limits',
      value: wholeNumber.default(1),
      default: '`1`',
      meaning: 'how many times the published calls a second AWS allows you, where it has raised your quotas',
    }),
    MAX_FILE_BYTES: row({
      section: 'limits',
      value: wholeNumber.default(DEFAULT_BOUNDS.maxFileBytes),
      default: '`2147483648`',
      meaning: 'a log file that decompresses to more is an error',
    }),
    LOG_BUCKETS: row({
      section: 'trust',
      value: place.defaultBuckets === undefined ? logBuckets : logBuckets.default(place.defaultBuckets),
      default: 'none; required in the function',
      meaning:
        'the buckets that log files may come from, `name` or, where another account owns it, `name=111122223333`, between commas; `*` takes any bucket; when it is not set, `plan`, `process` and `replay` of a file take any bucket, and `replay` of a queue takes none',
    }),
    EVENT_QUEUES: row({
      section: 'trust',
      value: eventQueues(place).default([]),
      default: 'none',
      meaning:
        'SQS queues, ARNs or URLs between commas, from which CloudTrail events by themselves are believed',
    }),
    MEMBER_ROLE_NAME: row({
      section: 'accounts',
      value: roleName.optional(),
      default: 'none',
      meaning:
        'the role that is assumed in every account but our own to tag there, by its name and the path before it: `auto-tagger` or `team/auto-tagger`; without it only our own account is tagged. `--role` of the commands stands in its place',
    }),
    MEMBER_ROLE_EXTERNAL_ID: row({
      section: 'accounts',
      value: externalId.optional(),
      default: 'none',
      meaning: 'the external id that the trust policies of these roles ask for',
    }),
    MEMBER_ROLE_SESSION_NAME: row({
      section: 'accounts',
      value: sessionName.default('auto-tagger'),
      default: '`auto-tagger`',
      meaning: 'the name of the session, by which CloudTrail names us in these accounts',
    }),
    DYNAMODB_TABLE: row({
      section: 'store',
      value: tableName.optional(),
      default: 'none',
      meaning:
        'the DynamoDB table of the metadata store, by its name, in our own account and region; without it the tags of the resources are all that is known of earlier runs',
    }),
    FILE_TTL_HOURS: row({
      section: 'store',
      value: wholeNumber.default(24),
      default: '`24`',
      meaning: 'how long the table keeps that a log file was read',
    }),
    TRIGGER_MODE: row({
      section: 'function',
      value: oneOf(TRIGGER_MODES).default('auto'),
      default: '`auto`',
      meaning: `the only caller that this deployment takes: ${Object.keys(CALLERS).join(', ')}; see [notifications.md](notifications.md#answers)`,
    }),
    RETRY_QUEUE_URL: row({
      section: 'function',
      value: queueUrl(place).optional(),
      default: 'none',
      meaning:
        "an SQS queue of the function's region that invokes the function: resources that may be tagged later, files that cannot be read for the moment, names to be judged again, and the rest of files and prefixes for which time ran out. The function sends to it itself, so allow that: [Our own messages](notifications.md#our-own-messages)",
    }),
    FAILURE_QUEUE_URL: row({
      section: 'function',
      value: queueUrl(place).optional(),
      default: 'none',
      meaning:
        "an SQS queue of the function's region for what cannot be done: single resources and files, with the reason; `replay` drains it",
    }),
    SNS_TOPIC_ARN: row({
      section: 'function',
      value: topicArn.optional(),
      default: 'none',
      meaning:
        'the SNS topic that alerts are sent to, by its ARN: a standard topic, in any region and account',
    }),
    BACKFILL_BUCKET: row({
      section: 'function',
      value: bucketName.optional(),
      default: 'none: such runs are refused',
      meaning:
        'the bucket of runs of `backfill` that are carried out in AWS, of our own account: what they are about is read there, and their journal is written there',
    }),
    ARCHIVE_BUCKET: row({
      section: 'function',
      value: bucketName.optional(),
      default: 'none: nothing is archived',
      meaning:
        'the bucket of the [archive](archive.md), of our own account and no bucket of log files: what was created, by whom and what became of it, a line a resource',
    }),
    ARCHIVE_UNKNOWN_EVENTS: row({
      section: 'function',
      value: flag.default(false),
      default: '`false`',
      meaning:
        '`true` keeps events that are no notification and no record of CloudTrail in the archive, as they came; without it they are refused',
    }),
  } as const satisfies Readonly<Record<string, Variable>>;
}

/** Keeps the type of the value. */
function row<Value>(variable: Variable<Value>): Variable<Value> {
  return variable;
}

export type Variables = ReturnType<typeof variablesAt>;

/** What the variables hold, once read. */
export type Values = { readonly [Name in keyof Variables]: ReturnType<Variables[Name]['value']['read']> };

/** `INCLUDE_ACCOUNTS`, `EXCLUDE_CREATORS` and so on. */
export type FilterVariable = `${'INCLUDE' | 'EXCLUDE'}_${Uppercase<FilterName>}S`;

export function filterVariable(direction: 'INCLUDE' | 'EXCLUDE', name: FilterName): FilterVariable {
  return `${direction}_${name.toUpperCase() as Uppercase<FilterName>}S`;
}

const FILTER_MEANINGS: Readonly<Record<FilterName, string>> = {
  account: 'the account, `111122223333`',
  region: "the resource's region, `eu-*`",
  service: 'the service, `ec2` or `ec2.amazonaws.com`',
  event: 'the event, `CreateFunction` or as the record spells it',
  creator: "the creator's ARN, name or person, `*AWSServiceRoleFor*`",
};

function filterVariables(): Readonly<Record<FilterVariable, ReturnType<typeof filterRow>>> {
  const rows = FILTER_NAMES.flatMap((name) =>
    (['INCLUDE', 'EXCLUDE'] as const).map((direction) => [filterVariable(direction, name), filterRow(name)]),
  );
  return Object.fromEntries(rows);
}

function filterRow(name: FilterName) {
  return row({
    section: 'filters',
    value: patterns(name).default([]),
    default: 'none',
    meaning: FILTER_MEANINGS[name],
  });
}
