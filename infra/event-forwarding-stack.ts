/**
 * What another region or account needs where events are to come at once: the rules that match them there, which send them to the bus
 * of the function, and the role that may do that alone. For a StackSet of all regions; where the function is itself, its own stack has
 * these rules, and this one makes none.
 */
import { Aws, CfnCondition, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { EventPattern } from '../processor/real-time/event-patterns.ts';
import { arnHere, namesOf } from './names.ts';
import { withoutBootstrap } from './synthesizer.ts';

export interface EventForwardingProps {
  /** Of the function's stack. */
  readonly name: string;
  /** Those of the function's own rules. */
  readonly patterns: readonly EventPattern[];
}

export class EventForwardingStack extends Stack {
  constructor(scope: Construct, id: string, { name, patterns }: EventForwardingProps) {
    super(scope, id, {
      description: 'Sends events of CloudTrail to auto-tagger, in another region or account',
      synthesizer: withoutBootstrap(),
    });
    const account = new CfnParameter(this, 'FunctionAccount', {
      description: 'The account that auto-tagger runs in',
      allowedPattern: '\\d{12}',
      constraintDescription: 'the account that auto-tagger runs in, 12 digits',
    }).valueAsString;
    const region = new CfnParameter(this, 'FunctionRegion', {
      description: 'The region that auto-tagger runs in',
      allowedPattern: '[a-z]{2}(-[a-z]+)+-\\d',
      constraintDescription: 'the region that auto-tagger runs in, such as eu-west-1',
    }).valueAsString;
    const isElsewhere = new CfnCondition(this, 'IsElsewhere', {
      expression: Fn.conditionNot(
        Fn.conditionAnd(Fn.conditionEquals(Aws.ACCOUNT_ID, account), Fn.conditionEquals(Aws.REGION, region)),
      ),
    });
    const names = namesOf(name);
    const bus = `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/${names.eventBus}`;
    const role = new Role(this, 'Role', {
      description: 'Sends events of CloudTrail to auto-tagger',
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': arnHere('events', `rule/${names.eventRule('*')}`) },
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
    for (const [at, pattern] of patterns.entries()) {
      const rule = new CfnRule(this, `Events${at + 1}`, {
        description: 'Events of CloudTrail, for auto-tagger',
        name: names.eventRule(at + 1),
        eventPattern: pattern,
        targets: [{ id: 'auto-tagger', arn: bus, roleArn: role.roleArn }],
      });
      rule.cfnOptions.condition = isElsewhere;
    }
  }
}
