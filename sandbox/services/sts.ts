/** STS: who am I, and temporary credentials of a role. */
import { parseArn } from '../arn.ts';
import { AwsError } from '../aws-error.ts';
import { arnOf, principalIdOf, roleIdOf } from '../identity.ts';
import type { Context, Output, Service } from '../operation.ts';
import { awsQuery } from '../protocols/query.ts';
import { lowerFirst } from '../trail/spelling.ts';
import { formSpelling, QUERY_REFUSALS } from './common.ts';

export const sts: Service = {
  name: 'sts',
  eventSource: 'sts.amazonaws.com',
  eventVersion: '1.08',
  protocol: awsQuery('https://sts.amazonaws.com/doc/2011-06-15/'),
  ...QUERY_REFUSALS,
  spelling: formSpelling('sts'),
  operations: {
    GetCallerIdentity: { run: getCallerIdentity },
    AssumeRole: {
      run: assumeRole,
      trail: {
        // The record holds the credentials without the secret key.
        response: ({ Credentials, ...output }) => {
          const { SecretAccessKey: _, ...shown } = Credentials as Record<string, unknown>;
          return lowerFirst({ Credentials: shown, ...output });
        },
        resources: ({ RoleArn }) => [{ type: 'AWS::IAM::Role', arn: String(RoleArn) }],
      },
    },
  },
};

function getCallerIdentity({ identity, account, region }: Context): Output {
  return { Arn: arnOf(identity, region), UserId: principalIdOf(identity), Account: account };
}

interface AssumeRoleInput {
  readonly RoleArn?: string;
  readonly RoleSessionName?: string;
  readonly DurationSeconds?: string;
  readonly ExternalId?: string;
  readonly SourceIdentity?: string;
}

function assumeRole(context: Context, input: AssumeRoleInput): Output {
  const { RoleArn = '', RoleSessionName: sessionName = '', SourceIdentity } = input;
  const role = parseArn(RoleArn);
  if (role?.type !== 'role') throw new AwsError('ValidationError', 400, `${RoleArn} is invalid`);
  checkForm(input);
  checkTrust(context, RoleArn, input.ExternalId);
  const seconds = durationOf(context, input.DurationSeconds);
  const path = /^(?:.*\/)?/.exec(role.name)?.[0] ?? '';
  const roleName = role.name.slice(path.length);
  // In real time, whatever the sandbox's clock says: the SDK compares it with its own. In seconds, as STS writes it.
  const expiresAt = Math.floor(Date.now() / 1000 + seconds) * 1000;
  const identity = {
    type: 'AssumedRole',
    account: role.account,
    roleName,
    sessionName,
    ...(path && { path: `/${path}` }),
    ...(SourceIdentity !== undefined && { sourceIdentity: SourceIdentity }),
  } as const;
  const credentials = context.world.identities.session(identity, expiresAt);
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(expiresAt),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${roleIdOf(role.account, roleName)}:${sessionName}`,
      Arn: `arn:${role.partition}:sts::${role.account}:assumed-role/${roleName}/${sessionName}`,
    },
    ...(SourceIdentity !== undefined && { SourceIdentity }),
  };
}

/** AWS STS API Reference, "AssumeRole". */
const FORMS: Readonly<Partial<Record<keyof AssumeRoleInput, RegExp>>> = {
  RoleArn: /^[\t\n\r -~]{20,2048}$/,
  RoleSessionName: /^[\w+=,.@-]{2,64}$/,
  ExternalId: /^[\w+=,.@:/-]{2,1224}$/,
  SourceIdentity: /^[\w+=,.@-]{2,64}$/,
};

function checkForm(input: AssumeRoleInput): void {
  for (const [name, form] of Object.entries(FORMS)) {
    const value = input[name as keyof AssumeRoleInput] ?? (name === 'RoleSessionName' ? '' : undefined);
    if (value === undefined || form.test(value)) continue;
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    const message = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${form.source}`;
    throw new AwsError('ValidationError', 400, message);
  }
}

/**
 * A role that is not there is refused like one that does not trust the caller, and so is a wrong external id (IAM User
 * Guide, "Access to AWS accounts owned by third parties").
 */
function checkTrust({ identity, region, account, world }: Context, arn: string, externalId?: string): void {
  const trust = world.roles.get(arn);
  const isTrusted =
    trust !== undefined &&
    (trust.accounts?.includes(account) ?? true) &&
    (trust.externalId === undefined || trust.externalId === externalId);
  if (isTrusted) return;
  const message = `User: ${arnOf(identity, region)} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
  throw new AwsError('AccessDenied', 403, message);
}

/** A role assumed by a role is given for an hour at most (IAM User Guide, "Roles terms and concepts": role chaining). */
function durationOf({ identity }: Context, text = '3600'): number {
  const seconds = Number(text);
  if (!(seconds >= 900 && seconds <= 43_200)) {
    throw new AwsError(
      'ValidationError',
      400,
      `Value '${text}' at 'durationSeconds' failed to satisfy constraint`,
    );
  }
  if (identity.type === 'AssumedRole' && seconds > 3600) throw new AwsError('ValidationError', 400, CHAINED);
  return seconds;
}

const CHAINED =
  'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.';
