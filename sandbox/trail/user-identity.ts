/** `userIdentity`, as CloudTrail writes it for each type of caller (CloudTrail user guide, "userIdentity element"). */
import { partitionOf } from '../arn.ts';
import { arnOf, type Caller, principalIdOf, roleIdOf } from '../identity.ts';

/** The `userIdentity` of a call in a region. */
export function userIdentityOf({ identity, accessKeyId, issuedAt }: Caller, region: string): object {
  const caller = {
    type: identity.type,
    principalId: principalIdOf(identity),
    arn: arnOf(identity, region),
    accountId: identity.account,
    accessKeyId,
  };
  const invokedBy = identity.invokedBy === undefined ? {} : { invokedBy: identity.invokedBy };
  const attributes = { creationDate: toSecond(issuedAt), mfaAuthenticated: 'false' };
  switch (identity.type) {
    case 'Root':
      return { ...caller, ...invokedBy };
    case 'IAMUser':
      return { ...caller, userName: identity.userName, ...invokedBy };
    case 'FederatedUser': {
      const issuer = { type: 'Root', principalId: identity.account, accountId: identity.account };
      return { ...caller, sessionContext: { sessionIssuer: issuer, attributes }, ...invokedBy };
    }
    case 'AssumedRole': {
      const sessionIssuer = {
        type: 'Role',
        principalId: roleIdOf(identity.account, identity.roleName),
        arn: `arn:${partitionOf(region)}:iam::${identity.account}:role${identity.path ?? '/'}${identity.roleName}`,
        accountId: identity.account,
        userName: identity.roleName,
      };
      const source = identity.sourceIdentity === undefined ? {} : { sourceIdentity: identity.sourceIdentity };
      return { ...caller, sessionContext: { sessionIssuer, attributes, ...source }, ...invokedBy };
    }
  }
}

/** ISO 8601 to the second. */
export const toSecond = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
