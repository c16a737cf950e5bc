/**
 * The function's role: what it reads, keeps and sends in one inline policy, and what it tags in managed policies, both
 * computed from the catalogue, the API rows and the settings (`processor/policy/`). Nothing else is granted to it.
 */
import { Aws } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, ManagedPolicy, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { documentOf, type PolicyDocument as PolicyDocumentOf } from '../processor/policy/document.ts';
import { type MemberRoleGrant, type OwnResources, ownGrants, some } from '../processor/policy/own-grants.ts';
import { memberPolicies } from '../processor/policy/policies.ts';
import type { Settings } from '../processor/runtime/settings.ts';
import { keysWritten } from '../tag-manager/tags/tag-settings.ts';
import { acceptWildcards } from './accept.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { ArchiveBucket } from './archive.ts';
import type { Chosen } from './chosen.ts';
import type { LogSource } from './log-source.ts';
import { bucketArn, type Names } from './names.ts';
import type { Queues } from './queues.ts';

export interface RoleProps {
  readonly names: Names;
  readonly chosen: Chosen;
  readonly settings: Settings;
  readonly queues: Queues;
  readonly logs: LogSource;
  readonly table: CfnTable | undefined;
  readonly functionLogs: readonly LogGroup[];
  readonly alerts: AlertTopic;
  readonly archive: ArchiveBucket | undefined;
}

/** Throws PolicyError where IAM has no room for the services that are chosen. */
export function createRole(scope: Construct, props: RoleProps): Role {
  const own = documentOf(ownGrants(ownResources(props)));
  const role = new Role(scope, 'Role', {
    roleName: props.names.functionRole,
    description: 'Reads log files of CloudTrail and tags what they say was created',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { 'reads-and-keeps': PolicyDocument.fromJson(own) },
  });
  acceptWildcards(role, resourcesOf(own), OWN_WILDCARDS);
  addTaggingPolicies(scope, role, props.settings);
  return role;
}

const OWN_WILDCARDS =
  'Every log file below the prefix of the trail is read, and the archive has an object of each; the role of other accounts has the same name in each that joins later.';

const TAGGING_WILDCARDS =
  'What is created tomorrow is tagged, so its name is not known: tags are added to it under our keys alone. Actions that read tags change nothing.';

/** As long as what CloudFormation puts in its place, because IAM counts characters. */
const STANDING_IN = '111122223333';

/** One managed policy for each document: ten of a role, each as large as IAM takes. */
export function addTaggingPolicies(scope: Construct, role: IRole, { tags, planning }: Settings): void {
  const documents = memberPolicies({
    services: planning.services,
    keys: keysWritten(tags),
    allow: [],
    asksPerson: tags.asksPerson,
    partition: '*', // its name takes more room in some partitions, and a template is for all
    account: STANDING_IN,
  });
  for (const [at, standing] of documents.entries()) {
    const document = deployable(standing);
    const policy = new ManagedPolicy(scope, `Tags${at + 1}`, {
      description: 'Adds the tags of auto-tagger, and reads tags',
      document: PolicyDocument.fromJson(document),
      roles: [role],
    });
    acceptWildcards(policy, resourcesOf(document), TAGGING_WILDCARDS);
  }
}

function deployable(document: PolicyDocumentOf): PolicyDocumentOf {
  const Statement = document.Statement.map((statement) => ({
    ...statement,
    Resource: (statement.Resource ?? []).map((arn) => arn.replace(STANDING_IN, Aws.ACCOUNT_ID)),
  }));
  return { ...document, Statement };
}

function resourcesOf({ Statement }: PolicyDocumentOf): readonly string[] {
  return Statement.flatMap(({ Resource = [] }) => Resource);
}

function ownResources(props: RoleProps): OwnResources {
  const { chosen, settings, queues, logs, table, functionLogs, alerts, archive } = props;
  const { work, events, retry, failures, key } = queues;
  const sends = [retry, failures, ...(chosen.trigger === 'direct' ? [work] : [])];
  return {
    logs: [{ arn: logs.bucketArn, prefix: logs.prefix }],
    logKeys: some(logs.keyArn),
    table: table?.attrArn,
    sendsTo: sends.map(({ queueArn }) => queueArn),
    receivesFrom: [
      ...[work, retry, ...(events === undefined ? [] : [events])].map(({ queueArn }) => queueArn),
      ...settings.eventQueues,
    ],
    memberRole: memberRoleOf(chosen),
    alertTopic: alerts.topic.topicArn,
    sources: settings.live.sources.map(({ source }) => source),
    home: { partition: Aws.PARTITION, region: Aws.REGION, account: Aws.ACCOUNT_ID },
    queueKeys: [...some(key?.keyArn), ...some(chosen.formerQueueKeyArn)],
    alertKeys: some(alerts.keyArn),
    settingsKeys: some(chosen.settingsKeyArn),
    logGroups: functionLogs.map(({ logGroupArn }) => logGroupArn),
    archiveBucket: archive?.bucketArn,
    archiveKeys: some(chosen.archiveKeyArn),
    backfillBucket: chosen.backfillBucketName && bucketArn(chosen.backfillBucketName),
  };
}

function memberRoleOf({
  memberRoleName,
  memberAccounts,
  organizationId,
}: Chosen): MemberRoleGrant | undefined {
  if (memberRoleName === undefined) return undefined;
  const of =
    memberAccounts === undefined ? { organization: organizationId ?? '' } : { accounts: memberAccounts };
  return { partition: Aws.PARTITION, name: memberRoleName, of };
}
