/** What we use of the client of DynamoDB, apart, so that it is loaded by whoever calls it, and bundled without the rest. */
export {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
