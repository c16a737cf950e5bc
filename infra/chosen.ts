/** The props with their defaults, checked as far as they contradict each other. */
import { FIRST_SERVICES } from '../processor/policy/policies.ts';
import { type AutoTaggerProps, RETENTION_DAYS, TRIGGERS } from './props.ts';

const DEFAULTS = {
  name: 'auto-tagger',
  organizationTrail: false,
  retention: '400-days',
  trigger: 'queue',
  queueEncryption: 'sqs',
  batchSize: 25,
  batchWindowSeconds: 20,
  memoryMiB: 512,
  timeoutSeconds: 300,
  concurrency: 10,
  reserveConcurrency: true,
  logRetentionDays: 7,
  store: true,
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
  const chosen: Chosen = { ...DEFAULTS, ...withoutUndefined(props) };
  const problems = CONTRADICTIONS.flatMap(({ isSo, problem }) => (isSo(chosen) ? [problem] : []));
  if (problems.length > 0) throw new PropsError(`props that cannot be used: ${problems.join('; ')}`);
  return chosen;
}

/** Lambda takes no `MaximumConcurrency` below 2 of a queue; two queues bring work, and what invokes directly. */
export const LEAST_CONCURRENCY = 5;

const CONTRADICTIONS: readonly { readonly isSo: (chosen: Chosen) => boolean; readonly problem: string }[] = [
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
    isSo: ({ managementAccount, organizationTrail }) => managementAccount !== undefined && !organizationTrail,
    problem: 'managementAccount: it is about the trail of an organization; set organizationTrail too',
  },
  {
    isSo: ({ logBucketName, organizationTrail, archiveAfterDays, accessLogBucketName }) =>
      logBucketName !== undefined &&
      (organizationTrail || archiveAfterDays !== undefined || accessLogBucketName !== undefined),
    problem:
      'logBucketName: the bucket is there already, and nothing of it is changed: organizationTrail, archiveAfterDays and accessLogBucketName are about a new one',
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
    isSo: ({ alertEmail, alertTopicArn }) => alertEmail !== undefined && alertTopicArn !== undefined,
    problem: 'alertEmail: the topic of alertTopicArn is yours to subscribe to',
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
    isSo: ({ batchSize, batchWindowSeconds }) => batchSize > 10 && batchWindowSeconds < 1,
    problem: 'batchWindowSeconds: with a batchSize above 10, Lambda wants 1 or more',
  },
];

/** A prop that is given as undefined is one that is not given. */
function withoutUndefined(props: AutoTaggerProps): AutoTaggerProps {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
}
