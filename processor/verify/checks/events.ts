/** Checks of events that come at once: rules must send all of them to the queue that brings them, and it must take them. */
import { wantedEvents } from '../../real-time/event-patterns.ts';
import { foundIn } from '../answer.ts';
import type { Facts, QueueFacts, RuleFacts } from '../facts/facts.ts';
import { counted, type Finding, hint, missing, nameOf, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';
import { takesEvent } from './event-pattern.ts';
import { lets } from './policy-lets.ts';
import { known } from './queue-attributes.ts';

export const EVENT_CHECKS: readonly CheckRow[] = [
  {
    name: 'events.told',
    asks: 'where a queue of `EVENT_QUEUES` invokes it: rules of EventBridge send all events that tagged services create something by to that queue, whose policy lets them',
    actions: ['events:ListRuleNamesByTarget', 'events:DescribeRule', 'sqs:GetQueueAttributes'],
    check: (facts) => {
      const queues = facts.queues.filter(({ role }) => role === 'events');
      return queues.length === 0 ? [] : [...checkRules(facts, queues), ...checkSenders(facts, queues)];
    },
  },
];

const DEPLOY = 'deploy with realTime=true; until then these are tagged when their log files come';

function checkRules(
  { settings, eventRules, place }: Facts,
  queues: readonly QueueFacts[],
): readonly Finding[] {
  if (settings.kind !== 'read') return [];
  const to = queues.map(({ arn }) => nameOf(arn)).join(', ');
  if (eventRules.kind === 'unknown') return [unknown(`which rules send events to ${to}`, eventRules)];
  const rules = (foundIn(eventRules) ?? []).filter(({ arn }) => isOnDefaultBus(arn));
  if (rules.length === 0) {
    const what = `no rule of ${place.region} sends events to ${to}: they are of other regions, or come in another way`;
    return [hint(what, DEPLOY)];
  }
  const { planning, store } = settings.settings;
  const wanted = wantedEvents({ services: planning.services, deletions: store !== undefined });
  const enabled = rules.filter(({ isEnabled }) => isEnabled);
  const missed = wanted.filter(({ eventSource, eventName }) => !isTaken(enabled, eventSource, eventName));
  const [first] = missed;
  if (first === undefined) {
    return [ok(`${counted(rules.length, 'rule')} send all events that are wanted to ${to}`)];
  }
  const disabled = rules.filter(({ isEnabled }) => !isEnabled).map(({ arn }) => nameOf(arn));
  const because = disabled.length === 0 ? '' : `; disabled: ${disabled.join(', ')}`;
  const what = `no rule sends ${first.eventName} of ${first.eventSource} to ${to}, nor ${counted(missed.length - 1, 'other event')}${because}`;
  return [missing(what, disabled.length === 0 ? DEPLOY : `aws events enable-rule --name ${disabled[0]}`)];
}

/** `rule/name`, and not `rule/bus/name`. */
function isOnDefaultBus(arn: string): boolean {
  return arn.split('/').length === 2;
}

/** What a pattern asks in another way counts as taken. */
function isTaken(rules: readonly RuleFacts[], eventSource: string, eventName: string): boolean {
  return rules.some(({ pattern }) => takesEvent(pattern, eventSource, eventName) !== false);
}

function checkSenders({ eventRules }: Facts, queues: readonly QueueFacts[]): readonly Finding[] {
  const rules = foundIn(eventRules) ?? [];
  return known(queues).flatMap(({ arn, values: { Policy } }) => {
    const denied = rules.filter((rule) => {
      const sender = { service: 'events.amazonaws.com', action: 'sqs:SendMessage', sourceArn: rule.arn };
      return lets(Policy, { ...sender, sourceAccount: undefined }) === false;
    });
    const [first] = denied;
    if (first === undefined) return [];
    const what = `the policy of ${nameOf(arn)} does not let ${counted(denied.length, 'rule')} send, such as ${first.arn}`;
    return missing(
      what,
      `allow it there: sqs:SendMessage for events.amazonaws.com, where aws:SourceArn is ${first.arn}`,
    );
  });
}
