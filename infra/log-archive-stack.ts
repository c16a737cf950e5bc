/**
 * What the account of a log archive needs where its bucket tells of log files by EventBridge: a rule that sends them to the bus of
 * the function, in another account of the same region, and the role that may do that alone.
 */
import { Aws, CfnParameter, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { arnHere, namesOf } from './names.ts';
import { logFileEvents } from './notification.ts';
import { withoutBootstrap } from './synthesizer.ts';

export interface LogArchiveProps {
  /** Of the function's stack. */
  readonly name: string;
  readonly bucketName: string;
  /** What stands before `AWSLogs/`: empty, or ending in a slash. */
  readonly prefix: string;
}

export class LogArchiveStack extends Stack {
  constructor(scope: Construct, id: string, { name, bucketName, prefix }: LogArchiveProps) {
    super(scope, id, {
      description: 'Tells auto-tagger, in another account, of log files in the log archive',
      synthesizer: withoutBootstrap(),
    });
    const functionAccount = new CfnParameter(this, 'FunctionAccount', {
      description: 'The account that auto-tagger runs in',
      allowedPattern: '\\d{12}',
    });
    const account = functionAccount.valueAsString;
    const names = namesOf(name);
    const bus = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${account}:event-bus/${names.bus}`;
    const role = new Role(this, 'Role', {
      description: 'Sends events of log files to auto-tagger',
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        // As the console of EventBridge makes such roles.
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnEquals: { 'aws:SourceArn': arnHere('events', `rule/${names.rule}`) },
        },
      }),
      inlinePolicies: {
        send: new PolicyDocument({
          statements: [
            new PolicyStatement({ effect: Effect.ALLOW, actions: ['events:PutEvents'], resources: [bus] }),
          ],
        }),
      },
    });
    const { source, detailType, detail } = logFileEvents({ bucketName, prefix });
    new CfnRule(this, 'LogFiles', {
      description: 'Log files of CloudTrail, for auto-tagger',
      name: names.rule,
      eventPattern: { source, 'detail-type': detailType, detail },
      targets: [{ id: 'auto-tagger', arn: bus, roleArn: role.roleArn }],
    });
  }
}
