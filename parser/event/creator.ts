/**
 * Who made a call, read off `userIdentity` (CloudTrail user guide, "CloudTrail userIdentity element").
 */
import { textAt, valuesAt } from '../path.ts';
import { type CloudTrailRecord, isJsonObject } from '../record.ts';
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

/** The human behind an ARN as `CreatedBy` has it, as far as the ARN tells: of a record with nothing else in it. */
export function personOfArn(arn: string): string {
  const identity: Identity = (path) => (path === 'arn' ? arn : undefined);
  return personName(identity, undefined) ?? shortName(identity) ?? arn;
}

/** Of a session: the role that it is of, and the subject of its web identity, which may be a repository. */
export function readRole(record: CloudTrailRecord): {
  readonly role: string | undefined;
  readonly subject: string | undefined;
} {
  return { role: roleName(identityReader(record)), subject: webIdentitySubject(record) };
}

type Identity = (path: string) => string | undefined;

/** What CloudTrail writes in the place of what may be a secret, such as a mistyped user name. */
const MASKS: ReadonlySet<string> = new Set([
  'HIDDEN_DUE_TO_SECURITY_REASONS',
  '<sensitiveDataRemoved>',
  '****',
]);

function identityReader(record: CloudTrailRecord): Identity {
  return (path) => {
    const text = textAt(record, `userIdentity.${path}`);
    return text === undefined || MASKS.has(text) ? undefined : text;
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
  const centerUser = identity('onBehalfOf.userId');
  if (session === undefined || role === undefined) return centerUser;
  if (role.startsWith('AWSReservedSSO_')) return session;
  if (centerUser !== undefined) return centerUser;
  if (role.startsWith('AWSServiceRoleFor')) return role;
  const isDelivered = identity('sessionContext.ec2RoleDelivery') !== undefined; // to an EC2 instance
  if (!isDelivered && session !== role && isPersonalName(session)) return session;
  return webIdentity ?? role;
}

/**
 * `AROA…:SESSION`, or `111122223333:NAME` for a federated user. Web identities have their provider before the
 * colon, which may hold colons itself: their `userName` says it better.
 */
function sessionName(identity: Identity): string | undefined {
  const fromPrincipal = /^[A-Z0-9_]+:(.+)$/s.exec(identity('principalId') ?? '')?.[1];
  return fromPrincipal ?? assumedRole(identity)?.session;
}

/** `sessionContext` is absent in some records. */
function roleName(identity: Identity): string | undefined {
  return lastPart(identity('sessionContext.sessionIssuer.arn')) ?? assumedRole(identity)?.role;
}

/** The ARN of a session names both: `…:assumed-role/ROLE/SESSION`. */
function assumedRole(identity: Identity): { readonly role: string; readonly session: string } | undefined {
  const [, role, session] = /:assumed-role\/([^/]+)\/([^/]+)$/.exec(identity('arn') ?? '') ?? [];
  return role === undefined || session === undefined ? undefined : { role, session };
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
