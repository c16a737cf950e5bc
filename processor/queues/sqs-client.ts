/** What we use of the client of SQS, apart, so that it is loaded by whoever calls it, and bundled without the rest. */
export {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
