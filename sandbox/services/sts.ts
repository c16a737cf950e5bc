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

function assumeRole(
  { identity, region, world }: Context,
  input: { RoleArn?: string; RoleSessionName?: string; DurationSeconds?: string; SourceIdentity?: string },
): Output {
  const { RoleArn = '', RoleSessionName: sessionName = '', DurationSeconds = '3600', SourceIdentity } = input;
  const role = parseArn(RoleArn);
  if (role?.type !== 'role') throw new AwsError('ValidationError', 400, `${RoleArn} is invalid`);
  if (!world.roles.has(RoleArn)) {
    const message = `User: ${arnOf(identity, region)} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
    throw new AwsError('AccessDenied', 403, message);
  }
  const path = /^(?:.*\/)?/.exec(role.name)?.[0] ?? '';
  const roleName = role.name.slice(path.length);
  const credentials = world.identities.credentials({
    type: 'AssumedRole',
    account: role.account,
    roleName,
    sessionName,
    ...(path && { path: `/${path}` }),
    ...(SourceIdentity !== undefined && { sourceIdentity: SourceIdentity }),
  });
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      // In real time, whatever the sandbox's clock says: the SDK compares it with its own.
      Expiration: new Date(Date.now() + Number(DurationSeconds) * 1000),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${roleIdOf(role.account, roleName)}:${sessionName}`,
      Arn: `arn:${role.partition}:sts::${role.account}:assumed-role/${roleName}/${sessionName}`,
    },
    ...(SourceIdentity !== undefined && { SourceIdentity }),
  };
}
