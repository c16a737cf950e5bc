/**
 * What a deployment can choose: the props of the construct `AutoTagger`, flat. `options.ts` has a row for each, by which
 * the ready-made app reads them from its context or environment, and docs/deployment.md shows them.
 */

/**
 * How it is told of a new log file. `queue`: the bucket notifies the work queue. `direct`: the bucket invokes the function.
 * `sns`: a topic in between, of the trail or of the bucket. `eventbridge`: a rule for the events of the bucket.
 */
export const TRIGGERS = ['queue', 'direct', 'sns', 'eventbridge'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** How long a bucket that is made here keeps log files; versions that were overwritten or deleted stay 30 days. */
export const RETENTION_DAYS = { '90-days': 90, '400-days': 400, '7-years': 2557 } as const;
export type Retention = keyof typeof RETENTION_DAYS;

export interface AutoTaggerProps {
  /**
   * What the names of all resources begin with: the function has it, the queues are `<name>-work`, `<name>-retry`,
   * `<name>-failures` and `<name>-dead-letters`, its role is `<name>-function`.
   * @default 'auto-tagger'
   */
  readonly name?: string;

  /**
   * The bucket that a trail of yours delivers to; no trail and no bucket is made then, and nothing of that bucket is changed:
   * its notifications are yours to set (docs/deployment.md has the command).
   * @default - a new trail and a new bucket
   */
  readonly logBucketName?: string;

  /**
   * The account that owns that bucket, such as the log archive of an organization.
   * @default - our own
   */
  readonly logBucketAccount?: string;

  /**
   * What stands before `AWSLogs/` in the keys of log files: the trail's prefix.
   * @default - nothing
   */
  readonly logPrefix?: string;

  /**
   * ARN of the KMS key that log files are encrypted with. Its policy must let CloudTrail use it and, where it is of another
   * account, the function's role decrypt with it.
   * @default - SSE-S3
   */
  readonly logKeyArn?: string;

  /**
   * The organization's id (`o-…`): roles are assumed in accounts of it only, and events of another account's bucket are taken
   * from it only.
   * @default - a single account
   */
  readonly organizationId?: string;

  /**
   * Whether the new trail is one of the whole organization; the stack then belongs into its management account, because
   * CloudFormation cannot make such a trail for a delegated administrator (docs/deployment.md).
   * @default false
   */
  readonly organizationTrail?: boolean;

  /**
   * How long the new bucket keeps log files: `90-days`, `400-days` or `7-years`. A bucket that is there already is never given
   * such rules.
   * @default '400-days'
   */
  readonly retention?: Retention;

  /**
   * After how many days log files go to S3 Glacier Instant Retrieval, which can be read at once. S3 leaves those under 128 KB where
   * they are, and most log files are a few kilobytes (Amazon S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle").
   * @default - never
   */
  readonly archiveAfterDays?: number;

  /**
   * A bucket that takes the new bucket's server access logs.
   * @default - there are none
   */
  readonly accessLogBucketName?: string;

  /** How it is told of a new log file. @default 'queue' */
  readonly trigger?: Trigger;

  /**
   * With the trigger `sns`: the topic that tells of new log files, that of the trail or one that the bucket notifies.
   * @default - a new topic, for the bucket to notify
   */
  readonly topicArn?: string;

  /**
   * Whether events of CloudTrail come at once as well, by rules of EventBridge, so that tags appear within seconds: those of this region
   * and account, and those that the template `<name>-event-forwarding` sends from others. Log files bring what the rules missed.
   * @default false
   */
  readonly realTime?: boolean;

  /**
   * What the queues are encrypted with: `sqs` (SSE-SQS), `new-key` (a KMS key of our own) or the ARN of a key, whose policy must let
   * S3, SNS or EventBridge use it, whichever sends.
   * @default 'sqs'
   */
  readonly queueEncryption?: string;

  /**
   * ARN of the KMS key that `queueEncryption` named before, or of the one that `new-key` made: what waits in the queues stays encrypted
   * with it, and the function may use it on, until it is left out.
   * @default - none
   */
  readonly formerQueueKeyArn?: string;

  /** Messages, each of a log file, that one invocation takes. @default 25 */
  readonly batchSize?: number;

  /** How long log files are waited for, so that one invocation takes more of them. @default 20 */
  readonly batchWindowSeconds?: number;

  /** Memory of the function, which is also its share of a processor. @default 512 */
  readonly memoryMiB?: number;

  /** Time limit of the function; the visibility timeout of its queues follows. @default 300 */
  readonly timeoutSeconds?: number;

  /**
   * How many of the function may run at once; the pace of its calls is divided by that.
   * @default 10
   */
  readonly concurrency?: number;

  /**
   * Whether that concurrency is reserved for the function. New accounts have no concurrency to reserve: the queues alone limit it there,
   * and so the trigger `direct` cannot do without.
   * @default true
   */
  readonly reserveConcurrency?: boolean;

  /** How long the function's log is kept: days that CloudWatch Logs knows. @default 7 */
  readonly logRetentionDays?: number;

  /** The metadata store, a DynamoDB table. @default true */
  readonly store?: boolean;

  /**
   * The services whose resources are tagged (`SERVICES`), by IAM prefix, or `all`; the permissions follow.
   * @default 'dynamodb,ec2,elasticache,lambda,rds,s3,sns,sqs'
   */
  readonly services?: string;

  /**
   * The role that is assumed in other accounts (`MEMBER_ROLE_NAME`), by its name and the path before it.
   * @default - only our own account is tagged
   */
  readonly memberRoleName?: string;

  /** The external id that these roles ask for (`MEMBER_ROLE_EXTERNAL_ID`). @default - none */
  readonly memberRoleExternalId?: string;

  /**
   * The accounts whose role may be assumed, where they are not those of `organizationId`.
   * @default - those of the organization
   */
  readonly memberAccounts?: readonly string[];

  /**
   * A bucket for backfills that AWS carries out, of the same account and region: manifests, journals, results. A function of their own,
   * `<name>-backfill`, and a state machine are made then, and roles by which it and S3 Batch Operations invoke that function.
   * @default - none of these
   */
  readonly backfillBucketName?: string;

  /** How many of the function of backfills may run at once, which is reserved for it as `concurrency` is for the other. @default 4 */
  readonly backfillConcurrency?: number;

  /**
   * How much of the calls a second that AWS allows an account backfills take. It is taken from the share of the function
   * (`RATE_SHARE`), so that both together take no more than that.
   * @default 0.2
   */
  readonly backfillRateShare?: number;

  /**
   * The archive: what was created, by whom and what became of it, as a table of Athena over a bucket (docs/archive.md).
   * @default false
   */
  readonly archive?: boolean;

  /**
   * The bucket of the archive, of the same account and region as the stack, and no bucket of log files.
   * @default - a new bucket
   */
  readonly archiveBucketName?: string;

  /**
   * ARN of the KMS key that the bucket of the archive is encrypted with. Its policy must let the account's policies decide, or name the
   * role of the function.
   * @default - SSE-S3
   */
  readonly archiveKeyArn?: string;

  /** Whether the archive also keeps events that are no notification and no record of CloudTrail, as they came. @default false */
  readonly archiveUnknownEvents?: boolean;

  /**
   * Who gets an e-mail from alarms and of alerts, once the subscription is confirmed.
   * @default - nobody; whoever subscribes to the topic `<name>-alerts`
   */
  readonly alertEmail?: string;

  /**
   * A topic of yours for alarms and alerts (`SNS_TOPIC_ARN`), in the region of the stack. It must let `cloudwatch.amazonaws.com`
   * publish, and be encrypted not at all or with a key that both CloudWatch and the function's role may use.
   * @default - a new topic, encrypted with a key of its own
   */
  readonly alertTopicArn?: string;

  /**
   * ARN of the KMS key that `alertTopicArn` is encrypted with; its policy must let the account's policies decide, or name the role.
   * @default - it is not encrypted, or its key's policy names the role
   */
  readonly alertKeyArn?: string;

  /**
   * ARN of the KMS key of yours that the parameters and objects are encrypted with which `settings` name: `{ssm:…}` in tags,
   * tables and rules. They can be decrypted with it, and nothing else.
   * @default - they are encrypted with a key of AWS, or not at all
   */
  readonly settingsKeyArn?: string;

  /**
   * Any other setting of the function, by the name of its variable (docs/configuration.md): keys of tags, filters, `DRY_RUN`.
   * @default - their defaults
   */
  readonly settings?: Readonly<Record<string, string>>;
}
