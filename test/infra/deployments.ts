/** Every way to deploy that the tests look at, as options in the context of the app. They are synthesized together, and once. */
import { ACCOUNT, OTHER_ACCOUNT, REGION } from '../helpers/events.ts';

export const ORGANIZATION = 'o-a1b2c3d4e5';

const keyOf = (digit: number) =>
  `arn:aws:kms:${REGION}:${ACCOUNT}:key/0a1b2c3d-1111-2222-3333-44445555666${digit}`;
export const LOG_KEY = keyOf(1);
export const SETTINGS_KEY = keyOf(2);
export const FORMER_KEY = keyOf(3);
export const ARCHIVE_KEY = keyOf(4);

/** Of CloudTrail's events, which an event source mapping of the user's own brings. */
export const EVENT_QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:events`;

/** A topic for alerts that is there already. */
export const OUR_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ours`;

/** In another region. */
export const TRAIL_TOPIC = `arn:aws:sns:eu-central-1:${OTHER_ACCOUNT}:trail`;

/** Tags whose values are read from elsewhere. */
const READ_FROM_ELSEWHERE = {
  TAGS: JSON.stringify({ Team: '{ssm:/tagging/team}' }),
  RULES: 's3://our-settings/rules.json',
  RULE_TAG_KEYS: 'CostCentre',
  ENVIRONMENT: '{env.STAGE}',
  STAGE: 'prod',
  EVENT_QUEUES: EVENT_QUEUE,
};

export const DEPLOYMENTS = {
  fresh: { settings: '{"TAG_ACCOUNT_ID":"true"}' },
  direct: {
    trigger: 'direct',
    retention: '7-years',
    archiveAfterDays: '90',
    alertEmail: 'ops@example.com',
  },
  topic: {
    trigger: 'sns',
    queueEncryption: 'new-key',
    formerQueueKeyArn: FORMER_KEY,
    logKeyArn: LOG_KEY,
    backfillBucketName: 'our-manifests',
    archive: 'true',
    archiveBucketName: 'our-archive',
    archiveKeyArn: ARCHIVE_KEY,
    archiveUnknownEvents: 'true',
    memberRoleName: 'auto-tagger',
    memberAccounts: OTHER_ACCOUNT,
    settings: JSON.stringify(READ_FROM_ELSEWHERE),
    settingsKeyArn: SETTINGS_KEY,
  },
  organization: {
    organizationTrail: 'true',
    organizationId: ORGANIZATION,
    logPrefix: 'audit',
    realTime: 'true',
    services: 'all,cassandra,iam,organizations,sso',
    memberRoleName: 'team/auto-tagger',
    memberRoleExternalId: 'orders-7',
  },
  archive: {
    queueEncryption: 'new-key',
    logBucketName: 'org-logs',
    logBucketAccount: OTHER_ACCOUNT,
    organizationId: ORGANIZATION,
    trigger: 'eventbridge',
  },
  trailTopic: {
    logBucketName: 'our-logs',
    trigger: 'sns',
    topicArn: TRAIL_TOPIC,
    alertTopicArn: OUR_TOPIC,
    store: 'false',
  },
  foreignQueue: { logBucketName: 'org-logs', logBucketAccount: OTHER_ACCOUNT, reserveConcurrency: 'false' },
  rule: { trigger: 'eventbridge', services: 'sns', name: 'ours', realTime: true, archive: true },
  members: { organizationTrail: 'true', organizationId: ORGANIZATION, memberRoleName: 'auto-tagger' },
  tooFew: { realTime: 'true', concurrency: '6' },
  mistyped: { logBuketName: 'our-logs', retention: '8-years' },
  contradictory: {
    archiveAfterDays: 400,
    memberRoleName: 'auto-tagger',
    topicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:trail`,
  },
  alertedTwice: { alertTopicArn: OUR_TOPIC, alertEmail: 'ops@example.com' },
  writtenLogs: { logBucketName: 'our-logs', backfillBucketName: 'our-logs' },
  archivedLogs: { logBucketName: 'our-logs', archive: 'true', archiveBucketName: 'our-logs' },
  noArchive: { archiveBucketName: 'our-archive' },
  keyOfNoTopic: { alertKeyArn: LOG_KEY },
  setting: { settings: '{"CREATED_BY":"somebody"}' },
  settingMistyped: { settings: '{"CREATED_BYE":"person","STAGE":"prod"}' },
  settingRules: {
    settings: JSON.stringify({ RULE_TAG_KEYS: 'Team', RULES: '[{"tags":{"Teem":"databases"}}]' }),
  },
  keyOfNothing: { settingsKeyArn: SETTINGS_KEY },
  noQueue: { settings: '{"EVENT_QUEUES":"garbage"}' },
  tooLarge: { settings: JSON.stringify({ ENVIRONMENT: '{env.STAGE}', STAGE: 'x'.repeat(3500) }) },
  queuesApart: {
    settings: JSON.stringify({
      EVENT_QUEUES: `${EVENT_QUEUE},${EVENT_QUEUE.replace(REGION, 'eu-central-1')}`,
    }),
  },
  settingOfProp: { settings: '{"LOG_BUCKETS":"*"}' },
  tooManyKeys: {
    services: 'all',
    settings: JSON.stringify({ RULES: 's3://our-settings/rules.json', RULE_TAG_KEYS: manyKeys() }),
  },
} as const;

export type DeploymentName = keyof typeof DEPLOYMENTS;

function manyKeys(): string {
  return Array.from({ length: 20 }, (_, at) => `a-longer-key-of-the-organization-${at}`).join();
}
