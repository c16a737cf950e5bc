/** The commands and their options, as users see them: `--help` is made of these rows. */

export interface Option {
  /** `--name`, or `--name <value>`. */
  readonly flags: string;
  readonly description: string;
}

export interface Argument {
  readonly form: string;
  readonly description: string;
}

export interface CommandRow {
  /** `backfill undo` is `undo` of `backfill`, which may have a row of its own. */
  readonly name: string;
  readonly description: string;
  /** `<path...>` takes one or more, `[name]` none or one. */
  readonly argument?: Argument;
  /** Behind it. */
  readonly moreArguments?: Argument;
  readonly options: readonly Option[];
}

const JSON_LINES: Option = { flags: '--json', description: 'one JSON object a line' };
const TABLE: Option = {
  flags: '--table <name>',
  description: 'also what this metadata store keeps, as in DYNAMODB_TABLE',
};
const WIDE: Option = { flags: '--wide', description: 'a table with every column and every cell whole' };
const EXPLAIN: Option = {
  flags: '--explain',
  description: 'add each record of a known event that was passed over, with the reason',
};
const SERVICES: Option = {
  flags: '--services <services>',
  description: 'the services whose resources are tagged, as in SERVICES: ec2,kms or all or all,iam',
};
const ROLE: Option = {
  flags: '--role <name>',
  description: 'the role to tag with in accounts that are not yours, as in MEMBER_ROLE_NAME',
};
const FAILURES: Option = {
  flags: '--failures <file>',
  description: 'append what could not be done to this file, for `replay`',
};

const PROFILE: Option = {
  flags: '--profile <name>',
  description: 'the profile of your AWS credentials, as in AWS_PROFILE',
};
/** Which creations count; each in the place of a variable, of which several values stand between commas. */
const FILTERS: readonly Option[] = [
  { flags: '--account <accounts>', description: 'only of these accounts, as in INCLUDE_ACCOUNTS' },
  { flags: '--region <regions>', description: 'only in these regions, as in INCLUDE_REGIONS: eu-*' },
  { flags: '--service <services>', description: 'only of these services, as in INCLUDE_SERVICES: ec2' },
  { flags: '--event <events>', description: 'only by these calls, as in INCLUDE_EVENTS: RunInstances' },
  { flags: '--creator <creators>', description: 'only by these people or roles, as in INCLUDE_CREATORS' },
];

const RUN = { form: '<run>', description: 'the id of a run, or the path of its folder' };
const RUNS: Option = { flags: '--runs <folder>', description: 'where runs are; `runs` by default' };

const DEPLOYED: Option = {
  flags: '--deployment <name>',
  description: 'with --engine batch or map: the deployment that does it, where it is not called auto-tagger',
};

const PATHS = {
  form: '<path...>',
  description: 'log files, folders or s3://bucket/prefix; - for standard input',
};

const SOURCES = {
  form: '[source...]',
  description:
    'log files, folders or s3://bucket/prefix; - for standard input; none: what AWS tells of the last 90 days',
};

export const COMMANDS = [
  {
    name: 'demo',
    description:
      'tag resources of a simulated AWS on this machine, from log files to tags read back; the default',
    options: [],
  },
  {
    name: 'plan',
    description: 'say what would be tagged, and with what; log files on disk are read without any AWS call',
    argument: PATHS,
    options: [JSON_LINES, WIDE, EXPLAIN, SERVICES, ...FILTERS, PROFILE],
  },
  {
    name: 'process',
    description: 'tag what the log files say was created, with the usual AWS credentials',
    argument: PATHS,
    options: [
      JSON_LINES,
      WIDE,
      EXPLAIN,
      SERVICES,
      ...FILTERS,
      PROFILE,
      ROLE,
      { flags: '--dry-run', description: 'do everything but write tags' },
      FAILURES,
    ],
  },
  {
    name: 'backfill',
    description:
      'tag what years of log files of a bucket say was created, in one run that can be gone on with',
    argument: { form: '<url>', description: 's3://bucket or s3://bucket/prefix' },
    options: [
      {
        flags: '--from <time>',
        description: 'only what was created since: 2025-03, 2025-03-01, a time, 90d',
      },
      { flags: '--to <time>', description: 'only what was created until the end of it' },
      { flags: '--account <accounts>', description: 'only files of these accounts: 111122223333,4444*' },
      { flags: '--region <regions>', description: 'only files of calls in these regions: eu-*' },
      ...FILTERS.slice(2),
      SERVICES,
      ROLE,
      PROFILE,
      {
        flags: '--estimate',
        description: 'say what it will come to, by samples: files, tags, time, costs; does nothing else',
      },
      { flags: '--dry-run', description: 'do everything but write tags' },
      { flags: '--yes', description: 'tag without asking' },
      {
        flags: '--verify-digests',
        description: 'believe only log files that CloudTrail’s digests vouch for',
      },
      {
        flags: '--engine <engine>',
        description:
          'what carries it out: local, this process, by default; batch, S3 Batch Operations; or map, Step Functions',
      },
      DEPLOYED,
      {
        flags: '--inventory <url>',
        description:
          'with --engine map: manifest.json of an S3 inventory, to read the names of log files from',
      },
      RUNS,
      JSON_LINES,
    ],
  },
  {
    name: 'backfill resume',
    description: 'go on with a run that was stopped',
    argument: RUN,
    options: [PROFILE, RUNS, JSON_LINES],
  },
  {
    name: 'backfill status',
    description: 'say how far a run is, what it came to so far, and who writes to it',
    argument: RUN,
    options: [JSON_LINES, PROFILE, RUNS],
  },
  {
    name: 'backfill stop',
    description: 'stop a run that AWS carries out',
    argument: RUN,
    options: [PROFILE, RUNS],
  },
  {
    name: 'backfill undo',
    description: 'take back what a run has written, wherever its values still stand',
    argument: RUN,
    options: [
      JSON_LINES,
      PROFILE,
      ROLE,
      { flags: '--dry-run', description: 'do everything but write tags' },
      { flags: '--yes', description: 'undo without asking' },
      RUNS,
    ],
  },
  {
    name: 'replay',
    description: 'deal again with what could not be done',
    argument: {
      form: '<source>',
      description: 'URL of the failure queue, or a file with one message a line',
    },
    options: [
      JSON_LINES,
      SERVICES,
      ...FILTERS,
      PROFILE,
      ROLE,
      { flags: '--dry-run', description: 'do everything but write tags; messages stay in the queue' },
    ],
  },
  {
    name: 'report',
    description: 'show what log files say was created, or what a run did, as a page to look at',
    argument: {
      form: '<run-or-path...>',
      description: `the folder or the id of a run; or ${PATHS.description}`,
    },
    options: [
      {
        flags: '-o, --output <file>',
        description: 'the page; report.html by default, - for standard output',
      },
      { flags: '--csv <file>', description: 'all resources, one a line' },
      { flags: '--text', description: 'a summary on the terminal' },
      SERVICES,
      ...FILTERS,
      PROFILE,
    ],
  },
  {
    name: 'who',
    description: 'say who made a resource, or with --creator what somebody made',
    argument: { form: '[resource]', description: 'its ARN, its id or its name; none with --creator' },
    moreArguments: SOURCES,
    options: [
      JSON_LINES,
      {
        flags: '--creator <creators>',
        description: 'what these people or roles made, as in INCLUDE_CREATORS',
      },
      {
        flags: '--from <time>',
        description: 'with --creator: from then on: 2025-03, 2025-03-01, a time, 90d',
      },
      { flags: '--to <time>', description: 'with --creator: up to then' },
      TABLE,
      PROFILE,
      ROLE,
    ],
  },
  {
    name: 'why',
    description: 'say why something was not tagged, and what to do',
    argument: { form: '<resource-or-event>', description: 'an ARN, id or name, or the id of an event' },
    moreArguments: SOURCES,
    options: [JSON_LINES, SERVICES, ...FILTERS, TABLE, PROFILE, ROLE],
  },
  {
    name: 'export',
    description: 'write what the metadata store knows of resources, as CSV, lines of JSON or Parquet',
    options: [
      {
        flags: '-o, --output <file>',
        description: 'where to; its ending says as what; standard output by default, or as -',
      },
      { flags: '--format <format>', description: 'csv, json (one object a line) or parquet; csv by default' },
      { ...TABLE, description: 'the metadata store, as in DYNAMODB_TABLE' },
      { flags: '--account <accounts>', description: 'only of these accounts: 111122223333,4444*' },
      { flags: '--region <regions>', description: 'only in these regions: eu-*' },
      { flags: '--service <services>', description: 'only of these services: ec2' },
      { flags: '--creator <creators>', description: 'only by these people or roles: */alice' },
      {
        flags: '--from <time>',
        description: 'only what was created since: 2025-03, 2025-03-01, a time, 90d',
      },
      { flags: '--to <time>', description: 'only what was created until the end of it' },
      { flags: '--deleted', description: 'also what is known to have been deleted since' },
      PROFILE,
    ],
  },
  {
    name: 'coverage',
    description: 'say what is tagged, how sure that is, and with which permissions; makes no AWS call',
    argument: {
      form: '[service-or-type]',
      description: 'as in `ec2` or `ec2:instance`, or `all`; without it, a line for each service',
    },
    options: [JSON_LINES],
  },
  {
    name: 'policy',
    description: 'print the IAM policies that it takes, as JSON; makes no AWS call',
    options: [
      { ...SERVICES, description: `${SERVICES.description}; without it and SERVICES, eight that are common` },
      {
        flags: '--bucket <buckets>',
        description:
          'where log files lie, and what stands before AWSLogs/: logs or logs/prefix, between commas',
      },
      { flags: '--keys <arns>', description: 'the KMS keys that log files are encrypted with' },
      { flags: '--queue-keys <arns>', description: 'those that the queues are encrypted with' },
      {
        flags: '--alert-keys <arns>',
        description: 'those that the topic of SNS_TOPIC_ARN is encrypted with',
      },
      {
        flags: '--settings-keys <arns>',
        description: 'those of the parameters and objects that tags, tables and rules are read from',
      },
      {
        flags: '--queues <arns>',
        description: 'the SQS queues that invoke the function, beside RETRY_QUEUE_URL',
      },
      ROLE,
      { flags: '--organization <id>', description: 'whose accounts have that role: o-a1b2c3d4e5' },
      { flags: '--accounts <ids>', description: 'which accounts have that role, between commas' },
      { flags: '--allow <actions>', description: 'optional actions that can do more: s3:PutBucketTagging' },
      { flags: '--verify-digests', description: 'also what verifying the digests of CloudTrail takes' },
      { flags: '--member', description: 'what the role in other accounts takes' },
      { flags: '--principal <arn>', description: 'with --member: who may assume that role' },
      { flags: '--undo', description: 'what taking our tags away again takes' },
      { flags: '--verify', description: 'what `verify` takes of whoever runs it' },
      {
        flags: '--engine <engine>',
        description:
          'what beginning backfills in AWS takes, by --engine batch or map; BACKFILL_BUCKET names the bucket',
      },
      DEPLOYED,
    ],
  },
  {
    name: 'verify',
    description:
      'say whether a deployment works, the whole way from the trail to the tags, and what to do where it does not',
    options: [
      JSON_LINES,
      PROFILE,
      { flags: '--function <name>', description: 'the function, where it is not called auto-tagger' },
      { flags: '--region <region>', description: 'where it is, if not in the region of your environment' },
      {
        flags: '--accounts <ids>',
        description: 'other accounts to look at, between commas; without it, all of the organization',
      },
      {
        flags: '--live',
        description:
          'also make a topic, wait until it is tagged, and remove it; without it nothing is changed',
      },
      { flags: '--wait <minutes>', description: 'with --live: how long to wait for the tags; 20 by default' },
    ],
  },
] as const satisfies readonly CommandRow[];

export type CommandName = (typeof COMMANDS)[number]['name'];

/** The options of all commands, as commander hands them over. */
export interface CommandOptions {
  readonly json?: true;
  readonly wide?: true;
  readonly explain?: true;
  readonly services?: string;
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly estimate?: true;
  readonly yes?: true;
  readonly engine?: string;
  readonly deployment?: string;
  readonly inventory?: string;
  readonly runs?: string;
  readonly service?: string;
  readonly event?: string;
  readonly creator?: string;
  readonly profile?: string;
  readonly role?: string;
  readonly table?: string;
  readonly dryRun?: true;
  readonly failures?: string;
  readonly bucket?: string;
  readonly keys?: string;
  readonly queueKeys?: string;
  readonly alertKeys?: string;
  readonly settingsKeys?: string;
  readonly queues?: string;
  readonly organization?: string;
  readonly accounts?: string;
  readonly allow?: string;
  readonly member?: true;
  readonly principal?: string;
  readonly undo?: true;
  readonly verifyDigests?: true;
  readonly verify?: true;
  readonly function?: string;
  readonly region?: string;
  readonly live?: true;
  readonly wait?: string;
  readonly output?: string;
  readonly csv?: string;
  readonly text?: true;
  readonly format?: string;
  readonly deleted?: true;
}
