/** What we use of the client of SNS, apart, so that it is loaded by whoever calls it, and bundled without the rest. */
export { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
