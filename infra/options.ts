/**
 * The props as the app reads them from its context (`-c name=value`) or its environment (`AUTO_TAGGER_NAME=value`): what each
 * may hold, what it is when absent, what it means. docs/deployment.md shows the table.
 */
import * as z from 'zod';
import { AN_ACCOUNT, AN_ORGANIZATION_ID, isAccount, isOrganizationId } from '../parser/account.ts';
import { isBucketName } from '../processor/log-file-ref.ts';
import { nearest } from '../processor/runtime/misspelled.ts';
import { A_KEY_ARN, DEFAULTS, EMPTY, isKeyArn, LEAST_CONCURRENCY } from './chosen.ts';
import { type AutoTaggerProps, RETENTION_DAYS, type Retention, TRIGGERS } from './props.ts';

export interface Option<Value> {
  readonly schema: z.ZodType<Value>;
  /** As the documentation says it. */
  readonly default: string;
  readonly meaning: string;
}

type Options = { readonly [Name in keyof AutoTaggerProps]-?: Option<NonNullable<AutoTaggerProps[Name]>> };

const account = z.string().refine(isAccount, expected(AN_ACCOUNT));
const arnOf = (service: string) =>
  z
    .string()
    .regex(new RegExp(`^arn:[\\w-]+:${service}:[\\w-]+:\\d{12}:\\S+$`), expected(`an ARN of ${service}`));
const keyArn = z.string().refine(isKeyArn, expected(A_KEY_ARN));
const bucketName = z.string().refine(isBucketName, expected('the name of a bucket'));
const flag = z.enum(['true', 'false'], expected('true or false')).transform((text) => text === 'true');

/** Also as JSON in `cdk.json`, where it may stand without quotes. */
const flagOrText = z.preprocess((value) => (typeof value === 'boolean' ? String(value) : value), flag);

function wholeNumber(least: number, most: number) {
  return number(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && value >= least && value <= most,
  );
}

const fraction = number('a number above 0 and below 1, as 0.2', (value) => value > 0 && value < 1);

function number(what: string, isOne: (value: number) => boolean) {
  return z.coerce.number(expected(what)).refine(isOne, expected(what));
}

function expected(what: string) {
  return {
    error: ({ input }: { readonly input?: unknown }) => `expected ${what}, got ${JSON.stringify(input)}`,
  };
}

/** CloudWatch Logs API Reference, "PutRetentionPolicy". */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const TEXTS = 'a JSON object of texts, such as {"DRY_RUN":"true"}';

/** As the documentation shows what is chosen where nothing is said. */
function byDefault(name: keyof typeof DEFAULTS): string {
  return `\`${DEFAULTS[name]}\``;
}

export const OPTIONS: Options = {
  name: {
    schema: z
      .string()
      // A trail has it, which takes the least (AWS CloudTrail API Reference, "CreateTrail").
      .regex(
        /^(?=.{3,32}$)[a-z](-?[a-z0-9])+$/,
        expected('3 to 32 small letters, digits or single hyphens between them'),
      ),
    default: byDefault('name'),
    meaning:
      'what all names begin with: the function, its role `<name>-function`, the queues `<name>-work` and so on',
  },
  logBucketName: {
    schema: bucketName,
    default: 'a new trail and bucket',
    meaning: 'the bucket that a trail of yours delivers to; nothing of it is changed',
  },
  logBucketAccount: { schema: account, default: 'our own', meaning: 'the account that owns that bucket' },
  logPrefix: {
    schema: z
      .string()
      .regex(
        /^[^/*?$]([^*?$]*[^/*?$])?$/,
        expected('a prefix without a slash at its ends, and without * ? $'),
      ),
    default: 'none',
    meaning: "the trail's prefix: what stands before `AWSLogs/`",
  },
  logKeyArn: {
    schema: keyArn,
    default: 'SSE-S3',
    meaning: 'the KMS key that log files are encrypted with',
  },
  organizationId: {
    schema: z.string().refine(isOrganizationId, expected(AN_ORGANIZATION_ID)),
    default: 'a single account',
    meaning: 'the organization whose accounts are tagged, and whose events are taken',
  },
  organizationTrail: {
    schema: flagOrText,
    default: byDefault('organizationTrail'),
    meaning: 'whether the new trail is one of the whole organization',
  },
  retention: {
    schema: z.enum(
      Object.keys(RETENTION_DAYS) as Retention[],
      expected(Object.keys(RETENTION_DAYS).join(', ')),
    ),
    default: byDefault('retention'),
    meaning:
      'how long the new bucket keeps log files: `90-days`, `400-days` or `7-years`; previous versions stay 30 days',
  },
  archiveAfterDays: {
    schema: wholeNumber(1, 2000),
    default: 'never',
    meaning:
      'after how many days they go to S3 Glacier Instant Retrieval, which can be read at once; S3 leaves those under 128 KB, which most are, where they are',
  },
  accessLogBucketName: {
    schema: bucketName,
    default: 'none',
    meaning: "a bucket that takes the new bucket's server access logs",
  },
  trigger: {
    schema: z.enum(TRIGGERS, expected(TRIGGERS.join(', '))),
    default: byDefault('trigger'),
    meaning:
      'how it is told of a new log file: the bucket notifies the `queue`, invokes the function (`direct`), a topic (`sns`), or `eventbridge`',
  },
  topicArn: {
    schema: arnOf('sns'),
    default: 'a new topic',
    meaning: "with `sns`: the trail's topic, or one that the bucket notifies",
  },
  realTime: {
    schema: flagOrText,
    default: byDefault('realTime'),
    meaning:
      'whether events of CloudTrail also come at once, by rules of EventBridge, so that tags appear within seconds; log files bring what the rules missed',
  },
  queueEncryption: {
    schema: z.union([z.enum(['sqs', 'new-key']), keyArn], expected(`sqs, new-key or ${A_KEY_ARN}`)),
    default: byDefault('queueEncryption'),
    meaning:
      'what queues are encrypted with: `sqs`, `new-key`, or the ARN of a key whose policy lets the sender use it',
  },
  formerQueueKeyArn: {
    schema: keyArn,
    default: 'none',
    meaning: 'the KMS key that queues were encrypted with before, so that what waits in them can be read',
  },
  batchSize: {
    schema: wholeNumber(1, 1000),
    default: byDefault('batchSize'),
    meaning: 'log files that one invocation takes',
  },
  batchWindowSeconds: {
    schema: wholeNumber(0, 300),
    default: byDefault('batchWindowSeconds'),
    meaning: 'how long log files are waited for, so that one invocation takes more of them',
  },
  memoryMiB: {
    schema: wholeNumber(256, 10240),
    default: byDefault('memoryMiB'),
    meaning: 'memory of the function',
  },
  timeoutSeconds: {
    schema: wholeNumber(60, 900),
    default: byDefault('timeoutSeconds'),
    meaning: 'time limit of the function',
  },
  concurrency: {
    schema: wholeNumber(LEAST_CONCURRENCY, 1000),
    default: byDefault('concurrency'),
    meaning: 'how many of the function may run at once; the pace of its calls is divided by that',
  },
  reserveConcurrency: {
    schema: flagOrText,
    default: byDefault('reserveConcurrency'),
    meaning: 'whether that is reserved for it, as `direct` needs it; new accounts have nothing to reserve',
  },
  logRetentionDays: {
    schema: wholeNumber(1, 3653).refine(
      (days) => LOG_DAYS.includes(days),
      expected(`one of ${LOG_DAYS.join(', ')}`),
    ),
    default: byDefault('logRetentionDays'),
    meaning: "how long the function's log is kept",
  },
  store: { schema: flagOrText, default: byDefault('store'), meaning: 'the metadata store, a DynamoDB table' },
  services: {
    schema: z.string(),
    default: byDefault('services'),
    meaning: 'the services whose resources are tagged, by IAM prefix, or `all`; the permissions follow',
  },
  memberRoleName: {
    schema: z.string(),
    default: 'only our own account is tagged',
    meaning: 'the role that is assumed in other accounts, by its name and the path before it',
  },
  memberRoleExternalId: {
    schema: z.string(),
    default: 'none',
    meaning: 'the external id that these roles ask for',
  },
  memberAccounts: {
    schema: z.preprocess(
      (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
      z.array(account).min(1),
    ),
    default: 'those of the organization',
    meaning: 'the accounts whose role may be assumed, between commas',
  },
  backfillBucketName: {
    schema: bucketName,
    default: 'none',
    meaning:
      'a bucket of the same account and region for backfills that AWS carries out; makes a function of their own, `<name>-backfill`, the state machine of `backfill --engine map`, and the roles by which it and S3 Batch Operations invoke that function',
  },
  backfillConcurrency: {
    schema: wholeNumber(1, 1000),
    default: byDefault('backfillConcurrency'),
    meaning: 'how many of that function may run at once, beside those of `concurrency`',
  },
  backfillRateShare: {
    schema: fraction,
    default: byDefault('backfillRateShare'),
    meaning:
      'how much of the calls a second that AWS allows an account backfills take: of `RATE_SHARE`, which keeps the rest',
  },
  archive: {
    schema: flagOrText,
    default: byDefault('archive'),
    meaning:
      'the [archive](archive.md): what was created, by whom and what became of it, as a table of Athena over a bucket, with ready queries in a workgroup of that name',
  },
  archiveBucketName: {
    schema: bucketName,
    default: 'a new bucket',
    meaning: 'the bucket of the archive, of the same account and region, and no bucket of log files',
  },
  archiveKeyArn: {
    schema: keyArn,
    default: 'SSE-S3',
    meaning: 'the KMS key that the bucket of the archive is encrypted with',
  },
  archiveUnknownEvents: {
    schema: flagOrText,
    default: byDefault('archiveUnknownEvents'),
    meaning:
      'whether the archive also keeps events that are no notification and no record of CloudTrail, as they came',
  },
  alertEmail: {
    schema: z.string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, expected('an e-mail address')),
    default: 'nobody',
    meaning: 'who gets an e-mail from alarms and of alerts, once the subscription is confirmed',
  },
  alertTopicArn: {
    schema: arnOf('sns'),
    default: 'a new topic',
    meaning:
      'a topic of yours for alarms and alerts, which lets `cloudwatch.amazonaws.com` publish, and whose key, if it has one, CloudWatch and the role of the function may use',
  },
  alertKeyArn: {
    schema: keyArn,
    default: 'none, or one whose own policy names the role',
    meaning: 'the KMS key that this topic is encrypted with',
  },
  settingsKeyArn: {
    schema: keyArn,
    default: 'a key of AWS, or none',
    meaning:
      'the KMS key that the parameters and objects are encrypted with which `settings` name: those of tags, tables and rules',
  },
  settings: {
    schema: z.preprocess(fromJson, z.custom<Readonly<Record<string, string>>>(isTexts, expected(TEXTS))),
    default: '`{}`',
    meaning:
      'any other setting of [configuration.md](configuration.md), as a JSON object: `{"CREATED_BY":"person"}`',
  },
};

function isTexts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What the app was given that it cannot use; the message names each. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/** Before the names of variables of the environment. */
const PREFIX = 'AUTO_TAGGER_';

/**
 * Context keys that hold no colon, slash or dot are ours (those of the CDK do). Throws OptionsError for a key that there is not, for a
 * value that is empty or cannot be used, and for what is said twice.
 */
export function readOptions(
  context: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): AutoTaggerProps {
  const ofContext = Object.entries(context).filter(([name]) => !/[:/.@]/.test(name));
  const ofEnv = Object.entries(env).filter(([name]) => name.startsWith(PREFIX));
  const given = [
    ...ofContext.map(([name, value]) => ({ shown: name, name, value })),
    ...ofEnv.map(([shown, value]) => ({ shown, name: nameOf(shown), value })),
  ];
  const problems: string[] = [];
  const props: Record<string, unknown> = {};
  for (const { shown, name, value } of given) {
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof Options] : undefined;
    if (option === undefined) problems.push(`${shown}: there is no such option; ${instead(shown)}`);
    else if (value === '') problems.push(`${shown}: ${EMPTY}`);
    else if (Object.hasOwn(props, name)) problems.push(`${shown}: it is given in the context too`);
    else {
      const { data, error } = option.schema.safeParse(value);
      problems.push(...(error?.issues ?? []).map(({ message }) => `${shown}: ${message}`));
      props[name] = data;
    }
  }
  if (problems.length > 0) throw new OptionsError(`options that cannot be used: ${problems.join('; ')}`);
  return props as AutoTaggerProps;
}

/** The one that was meant, where one is near. */
function instead(shown: string): string {
  const names = Object.keys(OPTIONS);
  const meant = shown.startsWith(PREFIX)
    ? nearest(shown, names.map(variableOf))
    : names.find((name) => nearest(shown, [name.toUpperCase()]) !== undefined);
  return meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`;
}

/** `logBucketName` of `AUTO_TAGGER_LOG_BUCKET_NAME`; `memoryMiB` is `MEMORY_MIB`. */
function nameOf(variable: string): string {
  return Object.keys(OPTIONS).find((name) => variableOf(name) === variable) ?? variable;
}

export function variableOf(option: string): string {
  const words = option.replace('MiB', 'Mib').replaceAll(/[A-Z]/g, (letter) => `_${letter}`);
  return PREFIX + words.toUpperCase();
}

/** The table of docs/deployment.md; prints it when run: `node infra/options.ts`. */
export function optionsTable(): string {
  const rows = Object.entries(OPTIONS).map(([name, option]) => [
    `\`${name}\``,
    option.default,
    option.meaning,
  ]);
  const head = ['option', 'default', 'meaning'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (import.meta.main) console.log(optionsTable());
