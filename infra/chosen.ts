/** The props with their defaults, checked as far as they contradict each other. */
import { FIRST_SERVICES } from '../processor/policy/policies.ts';
import { type AutoTaggerProps, RETENTION_DAYS, TRIGGERS } from './props.ts';

/** What is chosen where nothing is said; the table of options and the costs take them from here. */
export const DEFAULTS = {
  name: 'auto-tagger',
  organizationTrail: false,
  retention: '400-days',
  trigger: 'queue',
  realTime: false,
  queueEncryption: 'sqs',
  batchSize: 10,
  batchWindowSeconds: 20,
  memoryMiB: 512,
  timeoutSeconds: 300,
  concurrency: 10,
  backfillConcurrency: 4,
  backfillRateShare: 0.2,
  reserveConcurrency: true,
  logRetentionDays: 7,
  store: true,
  archive: false,
  archiveUnknownEvents: false,
  services: FIRST_SERVICES,
  settings: {},
} as const satisfies AutoTaggerProps;

export type Chosen = Omit<AutoTaggerProps, keyof typeof DEFAULTS> &
  Required<Pick<AutoTaggerProps, keyof typeof DEFAULTS>>;

/** Props that cannot be used; the message names the prop. */
export class PropsError extends Error {
  override readonly name = 'PropsError';
}

/** Throws PropsError, which names every contradiction. */
export function choose(props: AutoTaggerProps): Chosen {
  const given = withoutUndefined(props);
  const chosen: Chosen = { ...DEFAULTS, ...given };
  const problems = [
    ...Object.entries(given).flatMap(([name, value]) => (value === '' ? [`${name}: ${EMPTY}`] : [])),
    ...keyProblems(chosen),
    ...CONTRADICTIONS.flatMap(({ isSo, problem }) => (isSo(chosen, given) ? [problem] : [])),
  ];
  if (problems.length > 0) throw new PropsError(`props that cannot be used: ${problems.join('; ')}`);
  return chosen;
}

/** Of what is empty, mostly because a variable of the shell was not set. */
export const EMPTY = 'it is empty; leave it out for its default';

/** Aliases and bare ids identify no key in a policy (AWS KMS Developer Guide, "Specifying KMS keys in IAM policy statements"). */
export function isKeyArn(text: string): boolean {
  return /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/\S+$/.test(text);
}

export const A_KEY_ARN = 'the ARN of a KMS key, with key/ and not alias/ in it';

function keyProblems(chosen: Chosen): readonly string[] {
  const { logKeyArn, queueEncryption, formerQueueKeyArn, archiveKeyArn, alertKeyArn, settingsKeyArn } =
    chosen;
  const ofQueues = ['sqs', 'new-key'].includes(queueEncryption) ? undefined : queueEncryption;
  const others = { formerQueueKeyArn, archiveKeyArn, alertKeyArn, settingsKeyArn };
  const keys = { logKeyArn, queueEncryption: ofQueues, ...others };
  return Object.entries(keys).flatMap(([name, arn]) =>
    arn === undefined || isKeyArn(arn) || isToken(arn)
      ? []
      : [`${name}: expected ${A_KEY_ARN}, got "${arn}"`],
  );
}

/** Of a key that an app makes itself; asking the CDK would load all of it here. */
function isToken(text: string): boolean {
  return text.includes('${Token[');
}

/** Lambda takes no `MaximumConcurrency` below 2 of a queue; two queues bring work, and what invokes directly. */
export const LEAST_CONCURRENCY = 5;

/** A third queue brings events. */
const LEAST_IN_REAL_TIME = LEAST_CONCURRENCY + 2;

interface Contradiction {
  /** `given` is without defaults. */
  readonly isSo: (chosen: Chosen, given: AutoTaggerProps) => boolean;
  readonly problem: string;
}

const CONTRADICTIONS: readonly Contradiction[] = [
  {
    isSo: ({ trigger }) => !TRIGGERS.includes(trigger),
    problem: `trigger: expected one of ${TRIGGERS.join(', ')}`,
  },
  {
    isSo: ({ logBucketAccount, logBucketName }) =>
      logBucketAccount !== undefined && logBucketName === undefined,
    problem: 'logBucketAccount: it is about the bucket of logBucketName, which is not set',
  },
  {
    isSo: ({ organizationTrail, organizationId }) => organizationTrail && organizationId === undefined,
    problem:
      'organizationTrail: the log files lie in a folder of the organization, so organizationId must be set',
  },
  {
    isSo: (chosen) => chosen.organizationId !== undefined && !usesOrganization(chosen),
    problem:
      'organizationId: it has no effect without organizationTrail, memberRoleName (and no memberAccounts), or the trigger eventbridge with logBucketAccount',
  },
  {
    isSo: ({ logPrefix }) => logPrefix?.split('/').includes('AWSLogs') ?? false,
    problem:
      'logPrefix: it is what stands before AWSLogs/ in the keys of log files; leave AWSLogs and the rest out',
  },
  {
    isSo: ({ logBucketName, organizationTrail }, { retention, archiveAfterDays, accessLogBucketName }) =>
      logBucketName !== undefined &&
      (organizationTrail ||
        [retention, archiveAfterDays, accessLogBucketName].some((one) => one !== undefined)),
    problem:
      'logBucketName: the bucket is there already, and nothing of it is changed: organizationTrail, retention, archiveAfterDays and accessLogBucketName are about a new one',
  },
  {
    // S3 refuses it (Amazon S3 User Guide, "Lifecycle configuration elements").
    isSo: ({ archiveAfterDays, retention }) =>
      archiveAfterDays !== undefined && archiveAfterDays >= RETENTION_DAYS[retention],
    problem: 'archiveAfterDays: log files are gone by then; keep them for longer by retention',
  },
  {
    isSo: ({ topicArn, trigger }) => topicArn !== undefined && trigger !== 'sns',
    problem: 'topicArn: it takes the trigger sns',
  },
  {
    isSo: ({ topicArn, logBucketName }) => topicArn !== undefined && logBucketName === undefined,
    problem:
      'topicArn: it tells of a bucket that is there already, which logBucketName must name; without topicArn the new bucket gets a topic of its own',
  },
  {
    isSo: ({ alertEmail, alertTopicArn }) => alertEmail !== undefined && alertTopicArn !== undefined,
    problem: 'alertEmail: the topic of alertTopicArn is yours to subscribe to',
  },
  {
    isSo: ({ backfillBucketName, logBucketName }) =>
      backfillBucketName !== undefined && backfillBucketName === logBucketName,
    problem:
      'backfillBucketName: the roles of a backfill write into it, so it cannot be the bucket of the log files',
  },
  {
    isSo: ({ archiveBucketName, logBucketName }) =>
      archiveBucketName !== undefined && archiveBucketName === logBucketName,
    problem:
      'archiveBucketName: it is the bucket of the log files, and what is written there would be taken for one; choose another',
  },
  {
    isSo: ({ archive }, { archiveBucketName, archiveKeyArn, archiveUnknownEvents }) =>
      !archive && (archiveBucketName ?? archiveKeyArn ?? archiveUnknownEvents) !== undefined,
    problem:
      'archiveBucketName, archiveKeyArn and archiveUnknownEvents: they are about the archive, which archive makes',
  },
  {
    isSo: ({ alertKeyArn, alertTopicArn }) => alertKeyArn !== undefined && alertTopicArn === undefined,
    problem: 'alertKeyArn: it is about the topic of alertTopicArn, which is not set',
  },
  {
    isSo: ({ memberRoleName, organizationId, memberAccounts }) =>
      memberRoleName !== undefined && organizationId === undefined && memberAccounts === undefined,
    problem: 'memberRoleName: say whose role it may be, by organizationId or memberAccounts',
  },
  {
    isSo: ({ memberRoleName, memberRoleExternalId, memberAccounts }) =>
      memberRoleName === undefined && (memberRoleExternalId !== undefined || memberAccounts !== undefined),
    problem:
      'memberRoleExternalId and memberAccounts: they are about the role of memberRoleName, which is not set',
  },
  {
    isSo: ({ concurrency }) => concurrency < LEAST_CONCURRENCY,
    problem: `concurrency: expected ${LEAST_CONCURRENCY} or more: 2 are for each queue`,
  },
  {
    isSo: ({ realTime, concurrency }) =>
      realTime && concurrency >= LEAST_CONCURRENCY && concurrency < LEAST_IN_REAL_TIME,
    problem: `concurrency: with realTime, expected ${LEAST_IN_REAL_TIME} or more: 2 are for each queue`,
  },
  {
    isSo: ({ backfillBucketName }, { backfillConcurrency, backfillRateShare }) =>
      backfillBucketName === undefined && (backfillConcurrency ?? backfillRateShare) !== undefined,
    problem:
      'backfillConcurrency and backfillRateShare: they are about the function of backfills, which is made where backfillBucketName is set',
  },
  {
    isSo: ({ backfillConcurrency }) => !Number.isInteger(backfillConcurrency) || backfillConcurrency < 1,
    problem: 'backfillConcurrency: expected a whole number of 1 or more',
  },
  {
    isSo: ({ backfillRateShare }) => !(backfillRateShare > 0 && backfillRateShare < 1),
    problem: 'backfillRateShare: expected a number above 0 and below 1, as 0.2',
  },
  {
    // S3 knows no maximum, as event source mappings do, and the pace of calls is divided by what may run at once.
    isSo: ({ trigger, reserveConcurrency }) => trigger === 'direct' && !reserveConcurrency,
    problem:
      'reserveConcurrency: with the trigger direct nothing else limits how many of the function run at once; choose another trigger, such as queue',
  },
  {
    isSo: ({ batchSize, batchWindowSeconds }) => batchSize > 10 && batchWindowSeconds < 1,
    problem: 'batchWindowSeconds: with a batchSize above 10, Lambda wants 1 or more',
  },
];

function usesOrganization(chosen: Chosen): boolean {
  const { organizationTrail, memberRoleName, memberAccounts, trigger, logBucketAccount } = chosen;
  const ofRole = memberRoleName !== undefined && memberAccounts === undefined;
  return organizationTrail || ofRole || (trigger === 'eventbridge' && logBucketAccount !== undefined);
}

/** A prop that is given as undefined is one that is not given. */
function withoutUndefined(props: AutoTaggerProps): AutoTaggerProps {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
}
