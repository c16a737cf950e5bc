/** What a bucket is told about new log files: as CloudFormation writes it, and as S3's own API does. */
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';

export type Destination =
  | { readonly kind: 'queue' | 'topic' | 'function'; readonly arn: string }
  | { readonly kind: 'eventbridge' };

/** Log files, and what CloudTrail writes beside them: the function passes over that. */
const EVENT = 's3:ObjectCreated:*';
const SUFFIX = '.json.gz';

export function forCloudFormation(
  destination: Destination,
  keyPrefix: string,
): CfnBucket.NotificationConfigurationProperty {
  if (destination.kind === 'eventbridge') return { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  const { kind, arn } = destination;
  const rules = [
    { name: 'prefix', value: keyPrefix },
    { name: 'suffix', value: SUFFIX },
  ];
  const common = { event: EVENT, filter: { s3Key: { rules } } };
  switch (kind) {
    case 'queue':
      return { queueConfigurations: [{ ...common, queue: arn }] };
    case 'topic':
      return { topicConfigurations: [{ ...common, topic: arn }] };
    case 'function':
      return { lambdaConfigurations: [{ ...common, function: arn }] };
  }
}

/** For `aws s3api put-bucket-notification-configuration`, which replaces all that the bucket has been told before. */
export function forApi(destination: Destination, keyPrefix: string): Readonly<Record<string, unknown>> {
  if (destination.kind === 'eventbridge') return { EventBridgeConfiguration: {} };
  const { kind, arn } = destination;
  const FilterRules = [
    { Name: 'prefix', Value: keyPrefix },
    { Name: 'suffix', Value: SUFFIX },
  ];
  const common = { Id: 'auto-tagger', Events: [EVENT], Filter: { Key: { FilterRules } } };
  switch (kind) {
    case 'queue':
      return { QueueConfigurations: [{ ...common, QueueArn: arn }] };
    case 'topic':
      return { TopicConfigurations: [{ ...common, TopicArn: arn }] };
    case 'function':
      return { LambdaFunctionConfigurations: [{ ...common, LambdaFunctionArn: arn }] };
  }
}
