/** Who calls: identities, the credentials that stand for them, and what CloudTrail writes of them. */
import { randomBytes } from 'node:crypto';
import { partitionOf } from './arn.ts';
import type { Clock } from './clock.ts';
import { stableId } from './random.ts';

interface CallerOf {
  readonly account: string;
  /** The AWS service that calls on this identity's behalf, for example `autoscaling.amazonaws.com`. */
  readonly invokedBy?: string;
}

export type Identity =
  | (CallerOf & { readonly type: 'Root' })
  | (CallerOf & { readonly type: 'IAMUser'; readonly userName: string; readonly path?: string })
  | (CallerOf & {
      readonly type: 'AssumedRole';
      readonly roleName: string;
      readonly sessionName: string;
      readonly path?: string;
      readonly sourceIdentity?: string;
    })
  | (CallerOf & { readonly type: 'FederatedUser'; readonly userName: string });

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Caller {
  readonly identity: Identity;
  readonly accessKeyId: string;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** The same, in real time; absent where the key does not expire. */
  readonly expiresAt?: number;
}

export interface Identities {
  /** Credentials of an identity: the same each time. */
  credentials(identity: Identity): Credentials;
  /** Temporary credentials of an identity: others each time. */
  session(identity: Identity, expiresAt: number): Credentials;
  /** Who an access key stands for, and when it was issued. */
  find(accessKeyId: string): Caller | undefined;
}

/** An empty register of access keys. */
export function createIdentities(clock: Clock): Identities {
  const callers = new Map<string, Caller>();
  const issued = new Map<string, Credentials>();
  let sessions = 0;
  return {
    find: (accessKeyId) => callers.get(accessKeyId),
    session: (identity, expiresAt) => {
      const credentials = issue(identity, `session ${++sessions}`);
      const { accessKeyId } = credentials;
      callers.set(accessKeyId, { identity, accessKeyId, issuedAt: clock.now(), expiresAt });
      return credentials;
    },
    credentials: (identity) => {
      const seed = JSON.stringify(identity);
      const known = issued.get(seed);
      if (known) return known;
      const credentials = issue(identity, seed);
      const { accessKeyId } = credentials;
      callers.set(accessKeyId, { identity, accessKeyId, issuedAt: clock.now() });
      issued.set(seed, credentials);
      return credentials;
    },
  };
}

/**
 * Access keys of users begin AKIA, temporary ones ASIA, and those come with a session token (IAM User Guide,
 * "Understanding unique ID prefixes").
 */
function issue(identity: Identity, seed: string): Credentials {
  const temporary = identity.type === 'AssumedRole' || identity.type === 'FederatedUser';
  const accessKeyId = stableId(temporary ? 'ASIA' : 'AKIA', `key ${seed}`).slice(0, 20);
  const secretAccessKey = randomBytes(30).toString('base64');
  if (!temporary) return { accessKeyId, secretAccessKey };
  return { accessKeyId, secretAccessKey, sessionToken: randomBytes(96).toString('base64') };
}

/** The caller's ARN, as GetCallerIdentity and CloudTrail give it. */
export function arnOf(identity: Identity, region: string): string {
  const start = `arn:${partitionOf(region)}`;
  switch (identity.type) {
    case 'Root':
      return `${start}:iam::${identity.account}:root`;
    case 'IAMUser':
      return `${start}:iam::${identity.account}:user${identity.path ?? '/'}${identity.userName}`;
    case 'AssumedRole':
      return `${start}:sts::${identity.account}:assumed-role/${identity.roleName}/${identity.sessionName}`;
    case 'FederatedUser':
      return `${start}:sts::${identity.account}:federated-user/${identity.userName}`;
  }
}

/** The caller's unique id: `AIDA…`, `AROA…:session`, the account of the root user, `account:name` of a federated one. */
export function principalIdOf(identity: Identity): string {
  switch (identity.type) {
    case 'Root':
      return identity.account;
    case 'IAMUser':
      return stableId('AIDA', `user ${identity.account} ${identity.userName}`);
    case 'AssumedRole':
      return `${roleIdOf(identity.account, identity.roleName)}:${identity.sessionName}`;
    case 'FederatedUser':
      return `${identity.account}:${identity.userName}`;
  }
}

/** A role's unique id. */
export function roleIdOf(account: string, roleName: string): string {
  return stableId('AROA', `role ${account} ${roleName}`);
}
