/**
 * Who made a call, read off `userIdentity` (CloudTrail user guide, "CloudTrail userIdentity element").
 */
import { textAt, valuesAt } from './path.ts';
import { type CloudTrailRecord, isJsonObject } from './record.ts';
import { isPersonalName } from './session-name.ts';

export interface Creator {
  /** The caller's ARN; absent for services and for callers of another account. */
  readonly arn: string | undefined;
  /** Session, user or role name, or whatever the record has; never empty. */
  readonly name: string;
  /** The human behind it where the record knows one, else the user or role. */
  readonly person: string;
  /** The service that called on the creator's behalf: `cloudformation.amazonaws.com`. */
  readonly invokedBy: string | undefined;
}

/** `undefined` where the record says nothing of a caller. */
export function readCreator(record: CloudTrailRecord): Creator | undefined {
  const identity = identityReader(record);
  const name = shortName(identity);
  if (name === undefined) return undefined;
  return {
    arn: identity('arn'),
    name,
    person: personName(identity, webIdentitySubject(record)) ?? name,
    invokedBy: identity('invokedBy'),
  };
}

type Identity = (path: string) => string | undefined;

/** CloudTrail masks what may be a secret, such as a mistyped user name. */
const MASKED = 'HIDDEN_DUE_TO_SECURITY_REASONS';

function identityReader(record: CloudTrailRecord): Identity {
  return (path) => {
    const text = textAt(record, `userIdentity.${path}`);
    return text === MASKED ? undefined : text;
  };
}

function shortName(identity: Identity): string | undefined {
  const account = identity('accountId');
  return (
    sessionName(identity) ??
    lastPart(identity('arn')) ??
    roleName(identity) ??
    identity('userName') ??
    identity('onBehalfOf.userId') ??
    identity('invokedBy') ??
    (account === undefined ? identity('principalId') : `aws-account-${account}`)
  );
}

/**
 * `sourceIdentity` is set once and passed on from role to role; an Identity Center session bears the user's
 * name; other sessions count only when they look like one. The subject of a web identity comes last: it may
 * be a repository or a service account.
 */
function personName(identity: Identity, webIdentity: string | undefined): string | undefined {
  const sourceIdentity = identity('sessionContext.sourceIdentity');
  if (sourceIdentity !== undefined) return sourceIdentity;
  const session = sessionName(identity);
  const role = roleName(identity);
  if (session === undefined || role === undefined) return identity('onBehalfOf.userId');
  if (role.startsWith('AWSReservedSSO_')) return session;
  if (role.startsWith('AWSServiceRoleFor')) return role;
  const isDelivered = identity('sessionContext.ec2RoleDelivery') !== undefined; // to an EC2 instance
  if (!isDelivered && session !== role && isPersonalName(session)) return session;
  return identity('onBehalfOf.userId') ?? webIdentity ?? role;
}

/** `AROA…:SESSION`, or `111122223333:NAME` for a federated user. */
function sessionName(identity: Identity): string | undefined {
  const principalId = identity('principalId');
  const colon = principalId?.indexOf(':') ?? -1;
  return principalId === undefined || colon < 0 ? undefined : nonEmpty(principalId.slice(colon + 1));
}

/** `sessionContext` is absent in some records; the ARN of a session names the role too. */
function roleName(identity: Identity): string | undefined {
  const fromArn = /:assumed-role\/([^/]+)\//.exec(identity('arn') ?? '')?.[1];
  return lastPart(identity('sessionContext.sessionIssuer.arn')) ?? fromArn;
}

/** `arn:aws:iam::111122223333:user/path/NAME` and `…:root`. */
function lastPart(arn: string | undefined): string | undefined {
  return arn === undefined ? undefined : nonEmpty(arn.split(/[:/]/).at(-1) ?? '');
}

/** Providers put their own host before the attribute: `accounts.google.com:sub`, `www.amazon.com:user_id`. */
function webIdentitySubject(record: CloudTrailRecord): string | undefined {
  const [attributes] = valuesAt(record, 'userIdentity.sessionContext.webIdFederationData.attributes');
  if (!isJsonObject(attributes)) return undefined;
  const subject = Object.entries(attributes).find(([key]) => /:(sub|user_id)$/.test(key))?.[1];
  return typeof subject === 'string' ? nonEmpty(subject) : undefined;
}

function nonEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}
