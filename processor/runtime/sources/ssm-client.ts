/** What we use of Parameter Store, apart, so that it is loaded only where a parameter is named, and bundled without the rest. */
export { GetParameterError } from '@aws-lambda-powertools/parameters/errors';
export { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
export { SSMClient } from '@aws-sdk/client-ssm';
