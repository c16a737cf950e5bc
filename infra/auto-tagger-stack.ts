/**
 * The ready-made stack: the construct, a switch that stops it, where its code is, and what people need of it afterwards. The
 * template can be deployed without the CDK as well: the parameter `CodeBucket` says where the code was put then.
 */
import { CfnCondition, CfnOutput, CfnParameter, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { accept } from './accept.ts';
import { AutoTagger } from './auto-tagger.ts';
import type { AutoTaggerProps } from './props.ts';

export class AutoTaggerStack extends Stack {
  readonly autoTagger: AutoTagger;

  constructor(scope: Construct, id: string, props: AutoTaggerProps = {}, stackProps: StackProps = {}) {
    super(scope, id, {
      description:
        'auto-tagger: tags what was created with who created it and when, read from CloudTrail log files',
      ...stackProps,
    });
    this.autoTagger = new AutoTagger(this, 'AutoTagger', props);
    this.#canBeStopped();
    this.#codeFromAnyBucket();
    this.#outputs();
  }

  #canBeStopped(): void {
    const running = new CfnParameter(this, 'Running', {
      description: 'no stops it: the queues keep what comes for ten days',
      allowedValues: ['yes', 'no'],
      default: 'yes',
    });
    this.autoTagger.runOnlyIf(
      new CfnCondition(this, 'IsRunning', { expression: Fn.conditionEquals(running.valueAsString, 'yes') }),
    );
  }

  #codeFromAnyBucket(): void {
    const bucket = new CfnParameter(this, 'CodeBucket', {
      description: 'Where the zip files of cdk.out were put; empty for the bucket of the CDK',
      default: '',
    });
    const named = new CfnCondition(this, 'HasCodeBucket', {
      expression: Fn.conditionNot(Fn.conditionEquals(bucket.valueAsString, '')),
    });
    for (const { node } of this.autoTagger.functions) {
      const deployed = node.defaultChild as CfnFunction;
      const { s3Bucket = '', ...rest } = deployed.code as CfnFunction.CodeProperty;
      const chosen = Fn.conditionIf(named.logicalId, bucket.valueAsString, s3Bucket).toString();
      deployed.code = { ...rest, s3Bucket: chosen };
      accept(
        deployed,
        'CloudFormation-Validate::W1030',
        'Where the parameter is empty, the bucket of the CDK is taken.',
      );
    }
  }

  #outputs(): void {
    const {
      function: deployed,
      backfillFunction,
      queues,
      logs,
      role,
      table,
      alertTopic,
      archive,
      bucketNotification,
    } = this.autoTagger;
    const outputs: Readonly<Record<string, string | undefined>> = {
      FunctionName: deployed.functionName,
      BackfillFunctionName: backfillFunction?.functionName,
      FunctionRoleArn: role.roleArn,
      LogBucket: logs.bucketName,
      WorkQueueUrl: queues.work.queueUrl,
      EventQueueUrl: queues.events?.queueUrl,
      RetryQueueUrl: queues.retry.queueUrl,
      FailureQueueUrl: queues.failures.queueUrl,
      DeadLetterQueueUrl: queues.deadLetters.queueUrl,
      TableName: table?.ref,
      TableStreamArn: table?.attrStreamArn,
      AlertTopicArn: alertTopic.topicArn,
      ArchiveBucket: archive?.bucketName,
      BucketNotification:
        bucketNotification === undefined ? undefined : this.toJsonString(bucketNotification),
    };
    for (const [name, value] of Object.entries(outputs)) {
      if (value !== undefined) new CfnOutput(this, name, { value });
    }
  }
}
