/**
 * The topic that alarms and the function's own alerts go to. CloudWatch cannot publish to one that is encrypted with SNS's own key
 * (Amazon CloudWatch User Guide, "Using Amazon CloudWatch alarms"), so it has a key of ours, which costs a dollar a month.
 */
import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { arnHere, type Names } from './names.ts';
import { letSend } from './sender.ts';

export interface AlertTopic {
  readonly topic: ITopic;
  /** Of a topic that is made here, or what is said of the other. */
  readonly keyArn: string | undefined;
}

export interface AlertTopicProps {
  readonly names: Names;
  readonly alertEmail: string | undefined;
  /** A topic that is there already. */
  readonly alertTopicArn: string | undefined;
  readonly alertKeyArn: string | undefined;
}

export function alertTopicOf(scope: Construct, props: AlertTopicProps): AlertTopic {
  const { names, alertEmail, alertTopicArn, alertKeyArn } = props;
  if (alertTopicArn !== undefined) {
    return { topic: Topic.fromTopicArn(scope, 'Alerts', alertTopicArn), keyArn: alertKeyArn };
  }
  const topicName = `${names.function}-alerts`;
  const key = new Key(scope, 'AlertKey', {
    description: 'Alerts of auto-tagger',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY, // nothing is kept with it
  });
  const topic = new Topic(scope, 'Alerts', {
    topicName,
    displayName: 'auto-tagger',
    masterKey: key,
    enforceSSL: true,
  });
  const conditions = {
    StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    ArnLike: { 'aws:SourceArn': arnHere('cloudwatch', `alarm:${names.function}-*`) },
  };
  // For alarms no page of AWS promises a source with the key, and without one they would fail unheard. What SNS encrypts with it is
  // promised (Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys"); the topic's own policy knows the alarms.
  const keyConditions = {
    StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': arnHere('sns', topicName) },
  };
  const alarms = { sid: 'Alarms', service: 'cloudwatch.amazonaws.com', conditions, keyConditions };
  letSend(alarms, topic, key);
  if (alertEmail !== undefined) topic.addSubscription(new EmailSubscription(alertEmail));
  return { topic, keyArn: key.keyArn };
}
