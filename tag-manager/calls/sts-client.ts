/** What we use of the client of STS, apart, so that it is loaded by whoever calls it, and bundled without the rest. */
export { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
