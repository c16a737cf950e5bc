/** What the program takes beside tagging: its log files, its queues, its table, and the role of other accounts. */
import { TABLE_ACTIONS, UNDO_TABLE_ACTIONS } from '../../tag-manager/store/table.ts';
import { TAGGED_PREFIX, UNKNOWN_PREFIX } from '../archive/archive-key.ts';
import { runKeys } from '../backfill/bulk/run-keys.ts';
import { DIGEST_ACTION } from '../backfill/digests/digest-reasons.ts';
import { arnOfSource, SOURCE_ACTIONS, type Source } from '../runtime/sources/source.ts';
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
  /** What tags, tables and rules are read from. */
  readonly sources?: readonly Source[];
  /** Where those of them are that are not told by a name which is the same everywhere. @default - anywhere */
  readonly home?: Home;
  /** Keys that queues, the topic of alerts, and sources are encrypted with. */
  readonly queueKeys?: readonly string[];
  readonly alertKeys?: readonly string[];
  readonly settingsKeys?: readonly string[];
  /** The logs of functions. */
  readonly logGroups?: readonly string[];
  /** Where the archive is written, and the keys that it is encrypted with. */
  readonly archiveBucket?: string | undefined;
  readonly archiveKeys?: readonly string[];
  /** The bucket of runs of the backfill that are carried out in AWS. */
  readonly backfillBucket?: string | undefined;
  /** Whether digests of CloudTrail are verified. @default false */
  readonly verifiesDigests?: boolean;
}

export interface Home {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const ANYWHERE: Home = { partition: '*', region: '*', account: '*' };

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
  const { queueKeys = [], alertKeys = [], logGroups = [], backfillBucket, verifiesDigests } = own;
  return [
    ...logs.flatMap(logGrants),
    ...on(logKeys, 'DecryptLogs', ['kms:Decrypt'], { StringLike: via('s3') }),
    ...on(some(table), 'Store', TABLE_ACTIONS),
    ...on(sendsTo, 'Send', ['sqs:SendMessage']),
    ...on(receivesFrom, 'Receive', RECEIVING),
    ...on(queueKeys, 'QueueKey', SENDING_WITH_KEY, { StringLike: via('sqs') }),
    ...on(some(alertTopic), 'Alert', ['sns:Publish']),
    ...on(alertKeys, 'AlertKey', SENDING_WITH_KEY, { StringLike: via('sns') }),
    ...sourceGrants(own),
    ...(memberRole === undefined ? [] : [roleGrant(memberRole)]),
    ...on(logGroups, 'Log', ['logs:CreateLogStream', 'logs:PutLogEvents']),
    ...some(own.archiveBucket).flatMap(archiveGrants),
    ...on(own.archiveKeys ?? [], 'ArchiveKey', SENDING_WITH_KEY, { StringLike: via('s3') }),
    ...some(backfillBucket).flatMap(backfillGrants),
    ...on(verifiesDigests ? ['*'] : [], 'VerifyDigests', [DIGEST_ACTION]), // it has no resource
  ];
}

/** What undoing takes beside tags: to keep in the store that it was undone, and the role of other accounts. Throws PolicyError. */
export function undoOwnGrants({ table, memberRole }: OwnResources): readonly Grant[] {
  return [
    ...on(some(table), 'Store', UNDO_TABLE_ACTIONS),
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

/** To queues (SQS Developer Guide, "Configuring AWS KMS permissions") and topics (the same of SNS); receiving takes the first. */
const SENDING_WITH_KEY = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** The key is used by that service alone, for what it is asked (KMS Developer Guide, "kms:ViaService"). */
function via(service: string) {
  return { 'kms:ViaService': `${service}.*.amazonaws.com*` }; // in China `.cn` stands behind it
}

function on(
  resources: readonly string[],
  sid: string,
  actions: readonly string[],
  condition?: Condition,
): readonly Grant[] {
  if (resources.length === 0) return [];
  return [{ sid, actions, resources, ...(condition !== undefined && { condition }) }];
}

/** Of what there may be one of. */
export function some(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

/**
 * A key is used for these parameters alone: Parameter Store binds what it encrypts to the parameter's ARN (Systems Manager User
 * Guide, "AWS KMS encryption for SecureString parameters"). Of S3, which binds to the object or to its bucket, what may be read
 * says enough.
 */
function sourceGrants({ sources = [], settingsKeys = [], home = ANYWHERE }: OwnResources): readonly Grant[] {
  const arnsOf = (kind: Source['kind']) =>
    sources.filter((source) => source.kind === kind).flatMap((source) => some(arnOfSource(source, home)));
  const [parameters, objects] = [arnsOf('parameter'), arnsOf('object')];
  const keysFor = (arns: readonly string[]) => (arns.length === 0 ? [] : settingsKeys);
  const { parameter, object } = SOURCE_ACTIONS;
  return [
    ...on(parameters, 'ReadParameters', parameter.actions),
    ...on(keysFor(parameters), 'DecryptParameters', parameter.whereEncrypted, {
      StringLike: { ...via('ssm'), 'kms:EncryptionContext:PARAMETER_ARN': parameters },
    }),
    ...on(objects, 'ReadRules', object.actions),
    ...on(keysFor(objects), 'DecryptRules', object.whereEncrypted, { StringLike: via('s3') }),
  ];
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

/** What a run is about is read, and its journal written: nothing else in the bucket, not even its own reports. */
function backfillGrants(bucket: string): readonly Grant[] {
  const { info, journal } = runKeys('*');
  return [
    ...on([`${bucket}/${info}`], 'ReadRuns', ['s3:GetObject']),
    ...on([`${bucket}/${journal}*`], 'KeepRuns', ['s3:PutObject']),
  ];
}

/** Objects are written, and the parts of large ones that could not be ended are taken away: nothing is read, listed or deleted. */
function archiveGrants(bucket: string): readonly Grant[] {
  const below = [TAGGED_PREFIX, UNKNOWN_PREFIX].map((prefix) => `${bucket}/${prefix}*`);
  return on(below, 'Archive', ['s3:AbortMultipartUpload', 's3:PutObject']);
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
