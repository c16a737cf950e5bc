/** Temporary credentials of the role that lets us into another account, from STS in our own region. */
import type { AwsCredentialIdentity } from '@smithy/types';
import { CallError } from './call-failure.ts';
import type { Calls } from './calls.ts';

/** The role that is there in every account but our own, under the same name. */
export interface MemberRole {
  /** With its path, if it has one: `auto-tagger`, `team/auto-tagger`. */
  readonly name: string;
  readonly externalId: string | undefined;
  /** What CloudTrail and the services call us in those accounts. */
  readonly sessionName: string;
}

/**
 * The most that STS gives for a role that is assumed by a role, and no role allows less (IAM User Guide, "Roles terms and
 * concepts": role chaining; "Update the maximum session duration for a role").
 */
export const SESSION_SECONDS = 3_600;

/** Calls with the credentials that we run with. They are good for `SESSION_SECONDS`. Throws CallError. */
export async function assumeRole(
  calls: Calls,
  { arn, role, region }: { readonly arn: string; readonly role: MemberRole; readonly region: string },
  signal: AbortSignal,
): Promise<AwsCredentialIdentity> {
  const { AssumeRoleCommand, STSClient } = await import('./sts-client.ts');
  const callee = { client: STSClient, account: undefined, region };
  const command = new AssumeRoleCommand({
    RoleArn: arn,
    RoleSessionName: role.sessionName,
    ExternalId: role.externalId,
    DurationSeconds: SESSION_SECONDS,
  });
  const { Credentials } = await calls.make(callee, signal, (client, options) =>
    client.send(command, options),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    const message = `STS answered AssumeRole of ${arn} without credentials`;
    throw new CallError({ class: 'broken-answer', error: 'BrokenAnswerError', message }, undefined);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
