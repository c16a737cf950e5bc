/** The ways from a log bucket to the function: who tells whom of a new log file, and what stands in each way. */
import { foundIn, type Unknown } from '../answer.ts';
import type { Facts, LogBucketFacts, NotificationTarget } from '../facts/facts.ts';
import { trailsTo } from '../facts/prefixes.ts';
import { nameOf } from '../finding.ts';
import { takesObject } from './event-pattern.ts';
import { exampleKeys } from './example-keys.ts';
import { lets, type Sender } from './policy-lets.ts';

export interface Way {
  /** `the bucket notifies the queue auto-tagger-work`. */
  readonly told: string;
  /** Why nothing comes this way, or why that is not known; `undefined` where it does come. */
  readonly problem: string | Unknown | undefined;
  /** Whoever sends to a queue of ours at the end. */
  readonly sender?: Sender & { readonly queueArn: string };
}

/** Those that end at the function or at a queue that invokes it; none where nobody tells it. */
export function waysFrom(bucket: LogBucketFacts, facts: Facts): readonly Way[] {
  const keys = exampleKeys(bucket, facts);
  const work = facts.queues.flatMap(({ role, arn }) => (role === 'work' ? arn : []));
  const known: Known = { bucket, facts, keys, work };
  const targets = foundIn(bucket.notification)?.targets ?? [];
  const told = targets.flatMap((target) => WAYS_OF[target.kind](target, known));
  return [...told, ...trailTopicWays(known), ...ruleWays(known)];
}

interface Known {
  readonly bucket: LogBucketFacts;
  readonly facts: Facts;
  /** Of log files; all of them must come through. */
  readonly keys: readonly string[];
  readonly work: readonly string[];
}

const WAYS_OF: Readonly<
  Record<NotificationTarget['kind'], (target: NotificationTarget, known: Known) => readonly Way[]>
> = {
  queue: (target, { bucket, facts, keys, work }) => {
    if (!work.includes(target.arn)) return [];
    const sender = { ...fromBucket(bucket, facts, 'sqs:SendMessage'), queueArn: target.arn };
    return [
      {
        told: `the bucket notifies the queue ${nameOf(target.arn)}`,
        problem: filtered(target, keys),
        sender,
      },
    ];
  },
  topic: (target, known) => {
    const { bucket, keys } = known;
    return topicWays(target.arn, filtered(target, keys), 'the bucket tells', bucket, known);
  },
  function: (target, { bucket, facts, keys }) => {
    const { functionName } = facts.place;
    if (!isFunction(target.arn, functionName)) return [];
    const mayInvoke = lets(
      foundIn(bucket.functionPolicy),
      fromBucket(bucket, facts, 'lambda:InvokeFunction'),
    );
    const denied =
      mayInvoke === false ? `the policy of the function does not let the bucket invoke it` : undefined;
    return [{ told: `the bucket invokes ${functionName}`, problem: filtered(target, keys) ?? denied }];
  },
};

function fromBucket({ name, owner }: LogBucketFacts, { place }: Facts, action: string): Sender {
  const sourceArn = `arn:${place.partition}:s3:::${name}`;
  return { service: 's3.amazonaws.com', action, sourceArn, sourceAccount: owner };
}

/** CloudTrail delivers by PutObject. */
const CREATED = /^s3:ObjectCreated:(\*|Put)$/;

function filtered(
  { events, prefix, suffix }: NotificationTarget,
  keys: readonly string[],
): string | undefined {
  if (!events.some((event) => CREATED.test(event))) {
    return `it tells of ${events.join(', ')}, and not of s3:ObjectCreated:*`;
  }
  const lost = keys.find((key) => !key.startsWith(prefix) || !key.endsWith(suffix));
  if (lost === undefined) return undefined;
  return `its filter (prefix "${prefix}", suffix "${suffix}") does not let log files through, such as ${lost}`;
}

function topicWays(
  arn: string,
  problem: string | undefined,
  who: string,
  bucket: LogBucketFacts,
  { facts, work }: Known,
): readonly Way[] {
  const endpoints = bucket.subscriptions.get(arn);
  const told = `${who} the topic ${nameOf(arn)}, and that`;
  if (endpoints?.kind === 'unknown') return [{ told: `${told} whomever`, problem: endpoints }];
  return (foundIn(endpoints) ?? []).flatMap((endpoint): Way | readonly Way[] => {
    if (work.includes(endpoint)) {
      const sender = senderOf('sns.amazonaws.com', arn, endpoint);
      return { told: `${told} the queue ${nameOf(endpoint)}`, problem, sender };
    }
    return isFunction(endpoint, facts.place.functionName) ? { told: `${told} the function`, problem } : [];
  });
}

/** By an ARN with or without a version or alias behind its name. */
function isFunction(arn: string, functionName: string): boolean {
  return `${arn}:`.includes(`:function:${functionName}:`);
}

function senderOf(service: string, sourceArn: string, queueArn: string) {
  return { service, action: 'sqs:SendMessage', sourceArn, sourceAccount: undefined, queueArn };
}

/** A trail tells its topic of all its files. */
function trailTopicWays(known: Known): readonly Way[] {
  const { bucket, facts } = known;
  const topics = trailsTo(bucket.name, facts.trails).flatMap(({ topicArn }) => topicArn ?? []);
  return [...new Set(topics)].flatMap((arn) => topicWays(arn, undefined, 'the trail tells', bucket, known));
}

/** Events must be on, unless the bucket does not tell whether they are. */
function ruleWays({ bucket, keys, work }: Known): readonly Way[] {
  const { notification } = bucket;
  if (foundIn(notification)?.eventBridge === false) return [];
  // Whether the bucket sends events at all.
  const open = notification.kind === 'unknown' ? notification : undefined;
  return (foundIn(bucket.rules) ?? []).map(({ arn, isEnabled, pattern }) => {
    const takes = keys.map((key) => takesObject(pattern, bucket.name, key));
    const problem = !isEnabled
      ? 'the rule is disabled'
      : takes.includes(false)
        ? `its pattern does not take log files, such as ${keys[takes.indexOf(false)]}`
        : open;
    const [queueArn = ''] = work;
    return {
      told: `EventBridge sends to the queue by the rule ${nameOf(arn)}`,
      problem,
      sender: senderOf('events.amazonaws.com', arn, queueArn),
    };
  });
}
