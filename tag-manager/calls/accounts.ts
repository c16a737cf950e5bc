/**
 * Which accounts we may tag in, and with which credentials. Today that is the account that we run in, with the
 * credentials that we run with; roles in other accounts go here.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';

export interface Accounts {
  /** Whether there are credentials for the account. */
  canTag(account: string): boolean;
  /** For no account: the credentials that we run with. */
  credentialsFor(account: string | undefined): AwsCredentialIdentityProvider;
}

/** `own` is the account of these credentials; `undefined` where nothing is to be tagged. */
export function ownAccountOnly(
  own: string | undefined,
  credentials: AwsCredentialIdentityProvider,
): Accounts {
  return {
    canTag: (account) => account === own,
    credentialsFor: (account) => {
      if (account === undefined || account === own) return credentials;
      throw new RangeError(`there are no credentials for account ${account}`);
    },
  };
}
