/**
 * Events of CloudTrail as soon as they happen: rules that send to a queue of their own. Those of our region and account are on the
 * default bus, where AWS puts its events; those that are forwarded from other regions and accounts come over a bus of ours, which
 * nothing else listens to, and which takes them from the accounts that we tag in alone.
 */
import { Aws, CfnResource } from 'aws-cdk-lib';
import { CfnRule, EventBus } from 'aws-cdk-lib/aws-events';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import {
  type EventPattern,
  eventPatterns,
  SENT_BY_CLOUDTRAIL,
  SUCCEEDED,
} from '../processor/real-time/event-patterns.ts';
import type { Settings } from '../processor/runtime/settings.ts';
import type { Chosen } from './chosen.ts';
import { arnHere, type Names } from './names.ts';
import type { Queues } from './queues.ts';
import { letSend } from './sender.ts';

export interface RealTimeProps {
  readonly names: Names;
  readonly chosen: Chosen;
  readonly settings: Settings;
  readonly queues: Queues;
}

/** Gives the patterns that have a rule each, for whoever forwards; none without `realTime`. */
export function listenToEvents(scope: Construct, props: RealTimeProps): readonly EventPattern[] {
  const { names, chosen, settings, queues } = props;
  const { events, key } = queues;
  if (events === undefined) return [];
  const patterns = eventPatterns({ services: settings.planning.services, deletions: chosen.store });
  for (const [at, pattern] of patterns.entries()) {
    createEventRule(scope, `Events${at + 1}`, { name: names.eventRule(at + 1), pattern, to: events });
  }
  listenToForwarded(scope, props, events);
  const rules = [`rule/${names.eventRule('*')}`, `rule/${names.eventBus}/${names.eventBus}`];
  const sender = {
    sid: 'Events',
    service: 'events.amazonaws.com',
    conditions: { ArnLike: { 'aws:SourceArn': rules.map((rule) => arnHere('events', rule)) } },
    // As of the work queue: that EventBridge names the rule to a key, no page of AWS promises.
    keyConditions: {
      StringEquals: { 'kms:EncryptionContext:aws:sqs:arn': arnHere('sqs', names.queue('events')) },
    },
  };
  letSend(sender, events, key);
  return patterns;
}

interface EventRuleProps {
  readonly name: string;
  readonly pattern: object;
  readonly to: Queue;
  /** @default the default bus */
  readonly bus?: string;
}

function createEventRule(scope: Construct, id: string, { name, pattern, to, bus }: EventRuleProps): void {
  new CfnRule(scope, id, {
    name,
    description: 'Events of CloudTrail, for auto-tagger',
    ...(bus !== undefined && { eventBusName: bus }),
    eventPattern: pattern,
    targets: [{ id: 'auto-tagger', arn: to.queueArn }],
  });
}

/** What is forwarded was matched by the same patterns where it happened; what else a member sends, the function passes over. */
function listenToForwarded(scope: Construct, { names, chosen }: RealTimeProps, to: Queue): void {
  const bus = new EventBus(scope, 'EventsBus', { eventBusName: names.eventBus });
  const pattern = { ...SENT_BY_CLOUDTRAIL, detail: SUCCEEDED };
  createEventRule(scope, 'ForwardedEvents', { name: names.eventBus, pattern, to, bus: bus.eventBusName });
  const senders = sendersOf(chosen);
  if (senders === undefined) return; // our own account needs no policy of the bus
  new CfnResource(scope, 'EventsBusPolicy', {
    type: 'AWS::Events::EventBusPolicy',
    properties: {
      EventBusName: bus.eventBusName,
      StatementId: 'Members',
      Statement: { Effect: 'Allow', Action: 'events:PutEvents', Resource: bus.eventBusArn, ...senders },
    },
  });
}

/** The accounts whose role may be assumed: what happens in others is not tagged. */
function sendersOf({ memberRoleName, memberAccounts, organizationId }: Chosen): object | undefined {
  if (memberRoleName === undefined) return undefined;
  if (memberAccounts === undefined) {
    return { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } } };
  }
  return { Principal: { AWS: memberAccounts.map((id) => `arn:${Aws.PARTITION}:iam::${id}:root`) } };
}
