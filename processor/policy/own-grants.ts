/** What the program takes beside tagging: its log files, its queues, its table, and the role of other accounts. */
import { TABLE_ACTIONS } from '../../tag-manager/store/table.ts';
import { type Condition, type Grant, PolicyError } from './document.ts';

/** All are ARNs, or tokens that stand for ARNs. */
export interface OwnResources {
  /** Where log files lie. */
  readonly logs: readonly LogBucket[];
  /** Keys that log files are encrypted with. */
  readonly logKeys: readonly string[];
  /** The table of the metadata store. */
  readonly table: string | undefined;
  /** Queues that we send to. */
  readonly sendsTo: readonly string[];
  /** Queues that Lambda hands us messages of. */
  readonly receivesFrom: readonly string[];
  readonly memberRole: MemberRoleGrant | undefined;
  /** Where alerts go. */
  readonly alertTopic?: string | undefined;
  /** Parameters and objects that tags, tables and rules are read from. */
  readonly parameters?: readonly string[];
  readonly objects?: readonly string[];
}

export const NOTHING: OwnResources = {
  logs: [],
  logKeys: [],
  table: undefined,
  sendsTo: [],
  receivesFrom: [],
  memberRole: undefined,
};

export interface LogBucket {
  readonly arn: string;
  /** What stands before `AWSLogs/`: empty, or ending in a slash. */
  readonly prefix: string;
}

export interface MemberRoleGrant {
  readonly partition: string;
  /** With its path, if it has one. */
  readonly name: string;
  /** Whose role it may be: any account's of an organization, or that of the accounts that are listed. */
  readonly of: { readonly organization: string } | { readonly accounts: readonly string[] };
}

/** Throws PolicyError. */
export function ownGrants(own: OwnResources): readonly Grant[] {
  const { logs, logKeys, table, sendsTo, receivesFrom, memberRole, alertTopic } = own;
  const { parameters = [], objects = [] } = own;
  return [
    ...logs.flatMap(logGrants),
    ...on(logKeys, 'DecryptLogs', ['kms:Decrypt']),
    ...on(table === undefined ? [] : [table], 'Store', TABLE_ACTIONS),
    ...on(sendsTo, 'Send', ['sqs:SendMessage']),
    ...on(receivesFrom, 'Receive', RECEIVING),
    ...on(alertTopic === undefined ? [] : [alertTopic], 'Alert', ['sns:Publish']),
    ...on(parameters, 'ReadParameters', ['ssm:GetParameter']),
    ...on(objects, 'ReadRules', ['s3:GetObject']),
    ...(memberRole === undefined ? [] : [roleGrant(memberRole)]),
  ];
}

/** The first three are Lambda's (Developer Guide, "Execution role permissions" of SQS); the last is ours. */
const RECEIVING = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
];

function on(resources: readonly string[], sid: string, actions: readonly string[]): readonly Grant[] {
  return resources.length === 0 ? [] : [{ sid, actions, resources }];
}

/**
 * Versioned buckets name a version in their notifications, and reading that takes an action of its own. Who may list below the
 * prefix is told that an object there is gone, not that it is denied (tried by kopia/kopia, pull request 3072).
 */
function logGrants({ arn, prefix }: LogBucket, at: number): readonly Grant[] {
  const below = `${prefix}AWSLogs/*`;
  const listed: Condition = { StringLike: { 's3:prefix': below } };
  return [
    { sid: 'ReadLogs', actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${arn}/${below}`] },
    { sid: `ListLogs${at + 1}`, actions: ['s3:ListBucket'], resources: [arn], condition: listed },
  ];
}

function roleGrant({ partition, name, of }: MemberRoleGrant): Grant {
  const arnIn = (account: string) => `arn:${partition}:iam::${account}:role/${name}`;
  const action = { sid: 'AssumeMemberRole', actions: ['sts:AssumeRole'] };
  if ('organization' in of) {
    const condition = { StringEquals: { 'aws:ResourceOrgID': of.organization } };
    return { ...action, resources: [arnIn('*')], condition };
  }
  if (of.accounts.length === 0 || of.accounts.some((account) => account.includes('*'))) {
    throw new PolicyError(`whose role ${name} may be assumed is not said: name an organization or accounts`);
  }
  return { ...action, resources: of.accounts.map(arnIn) };
}
