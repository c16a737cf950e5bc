/** Who may send to a queue or a topic: a service of AWS, for what of ours it tells, and with the key that this is encrypted with. */
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Sender {
  /** In the sids of the statements. */
  readonly sid: string;
  readonly service: string;
  /** What of ours it must come from, by its ARN and account. */
  readonly conditions: Conditions;
  /** For the key, where they are others. */
  readonly keyConditions?: Conditions;
}

/** A key that is not made here has a policy of its own, and is left alone. */
export function letSend(sender: Sender, to: Queue | Topic, key: IKey | undefined): void {
  const { sid, service, conditions, keyConditions = conditions } = sender;
  const allow = (name: string, actions: string[], resource: string, where: Conditions) =>
    new PolicyStatement({
      sid: name,
      principals: [new ServicePrincipal(service)],
      actions,
      resources: [resource],
      conditions: where,
    });
  const statement =
    to instanceof Topic
      ? allow(sid, ['sns:Publish'], to.topicArn, conditions)
      : allow(sid, ['sqs:SendMessage'], to.queueArn, conditions);
  to.addToResourcePolicy(statement);
  const withKey = ['kms:Decrypt', 'kms:GenerateDataKey*'];
  key?.addToResourcePolicy(allow(`${sid}To${to.node.id}`, withKey, '*', keyConditions)); // this key
}
