/** Checks of the queues. */
import { foundIn } from '../answer.ts';
import type { Facts, Mapping, QueueFacts } from '../facts/facts.ts';
import { redriveOf, urlOf } from '../facts/queue-names.ts';
import { counted, type Finding, hint, missing, ok, unknown } from '../finding.ts';
import { type CheckRow, GONE } from './check-row.ts';
import { lets } from './policy-lets.ts';
import { waysFrom } from './ways.ts';

/** AWS Lambda Developer Guide, "Using Lambda with Amazon SQS". */
const VISIBILITY_FACTOR = 6;
/** A resource that is still being created is given up after 20 times (docs/configuration.md). */
const LEAST_RECEIVES = 20;
const DAY_SECONDS = 86_400;
/** What waits longer than a weekend with its holidays is lost otherwise. */
const LEAST_DAYS = 4;

/** As the stack has it. */
const RECEIVES = 25;
const DAYS = { alive: 10, dead: 14 } as const;

/** Deploying again would change nothing: CloudFormation does not see what was changed by hand. */
function setting(arn: string, attribute: string): string {
  return `aws sqs set-queue-attributes --queue-url ${urlOf(arn)} --attributes ${attribute}`;
}

function keeping(arn: string, days: number): string {
  return setting(arn, `MessageRetentionPeriod=${days * DAY_SECONDS}`);
}

export const QUEUE_CHECKS: readonly CheckRow[] = [
  {
    name: 'queues.there',
    asks: 'the queues are there: work, retry, failures, dead letters',
    actions: ['sqs:GetQueueAttributes'],
    check: ({ queues, settings }) => {
      if (settings.kind !== 'read') return [];
      const unset = [
        ...(settings.settings.retryQueueUrl === undefined ? ['RETRY_QUEUE_URL'] : []),
        ...(settings.settings.failureQueueUrl === undefined ? ['FAILURE_QUEUE_URL'] : []),
      ].map((name) => missing(`${name} is not set: what cannot be done at once is lost`, 'deploy it again'));
      const each = queues.flatMap(({ arn, attributes }) => {
        if (attributes.kind === 'found') return [];
        if (attributes.kind === 'unknown') return unknown(`the queue ${nameOf(arn)}`, attributes);
        return missing(`there is no queue ${nameOf(arn)}`, GONE);
      });
      const there = queues
        .filter(({ attributes }) => attributes.kind === 'found')
        .map(({ arn }) => nameOf(arn));
      return [...unset, ...each, ...(there.length > 0 ? [ok(`${there.join(', ')} are there`)] : [])];
    },
  },
  {
    name: 'queues.visibility',
    asks: `the visibility timeout of work and retry is ${VISIBILITY_FACTOR} times the function's time limit, and the batch window`,
    actions: ['sqs:GetQueueAttributes', 'lambda:GetFunctionConfiguration', 'lambda:ListEventSourceMappings'],
    check: (facts) =>
      each(
        inUse(facts),
        (queue) => checkVisibility(queue, facts),
        'no message is handed out twice at a time',
      ),
  },
  {
    name: 'queues.redrive',
    asks: `what cannot be dealt with, of work and retry, becomes a dead letter, after ${LEAST_RECEIVES} times or more`,
    actions: ['sqs:GetQueueAttributes'],
    check: (facts) => each(inUse(facts), checkRedrive, 'what cannot be dealt with becomes a dead letter'),
  },
  {
    name: 'queues.retention',
    asks: `queues keep messages for ${LEAST_DAYS} days or longer, and dead letters longer than the others`,
    actions: ['sqs:GetQueueAttributes'],
    check: ({ queues }) => {
      const found = known(queues);
      return each(found, (queue) => checkRetention(queue, found), 'messages are kept long enough');
    },
  },
  {
    name: 'queues.sender',
    asks: 'the policy of the work queue lets whoever tells of new log files send',
    actions: ['sqs:GetQueueAttributes', 's3:GetBucketNotification'],
    check: (facts) => checkSenders(facts),
  },
  {
    name: 'queues.waiting',
    asks: 'nothing waits in the queues of failures and of dead letters',
    actions: ['sqs:GetQueueAttributes'],
    check: ({ queues }) => {
      const ends = known(queues).filter(({ role }) => LOOK[role] !== undefined);
      return each(ends, checkWaiting, 'nothing waits to be looked at');
    },
  },
];

const nameOf = (arn: string) => arn.split(':').at(-1) ?? arn;

/** Where nothing is wrong with any of them, that is said in one line. */
function each(
  queues: readonly Known[],
  check: (queue: Known) => readonly Finding[],
  well: string,
): readonly Finding[] {
  if (queues.length === 0) return [];
  const wrong = queues.flatMap(check);
  return wrong.length > 0 ? wrong : [ok(`${well}: ${queues.map(({ arn }) => nameOf(arn)).join(', ')}`)];
}

type Known = QueueFacts & { readonly values: Readonly<Record<string, string>> };

function known(queues: readonly QueueFacts[]): readonly Known[] {
  return queues.flatMap((queue) => {
    const values = foundIn(queue.attributes);
    return values === undefined ? [] : { ...queue, values };
  });
}

function isInUse({ role }: QueueFacts): boolean {
  return role === 'work' || role === 'retry';
}

/** Those that invoke the function. */
function inUse({ queues }: Facts): readonly Known[] {
  return known(queues).filter(isInUse);
}

function checkVisibility(
  { arn, values }: Known,
  { function: { configuration, mappings } }: Facts,
): readonly Finding[] {
  const timeout = foundIn(configuration)?.timeoutSeconds;
  if (timeout === undefined) return [];
  const window = windowOf(arn, foundIn(mappings) ?? []);
  const expected = VISIBILITY_FACTOR * timeout + window;
  const found = Number(values.VisibilityTimeout);
  if (found >= expected) return [];
  const what = `the visibility timeout of ${nameOf(arn)} is ${found} s, and ${expected} s are needed: messages are handed out again while they are dealt with`;
  return [missing(what, setting(arn, `VisibilityTimeout=${expected}`))];
}

function windowOf(arn: string, mappings: readonly Mapping[]): number {
  return mappings.find(({ queueArn }) => queueArn === arn)?.windowSeconds ?? 0;
}

function checkRedrive({ arn, values }: Known): readonly Finding[] {
  const redrive = redriveOf(values.RedrivePolicy);
  const todo = `set its RedrivePolicy: the queue of dead letters, and maxReceiveCount ${RECEIVES} (SQS console, "Dead-letter queue")`;
  if (redrive === undefined) {
    const what = `${nameOf(arn)} has no queue for dead letters: what cannot be dealt with is tried until it is too old`;
    return [missing(what, todo)];
  }
  const { maxReceiveCount } = redrive;
  if (maxReceiveCount >= LEAST_RECEIVES) return [];
  const what = `${nameOf(arn)} gives a message up after ${counted(maxReceiveCount, 'time')}, and ${LEAST_RECEIVES} are needed`;
  return [missing(what, todo)];
}

function checkRetention(queue: Known, queues: readonly Known[]): readonly Finding[] {
  const { arn, role } = queue;
  const kept = daysOf(queue);
  const days = counted(kept, 'day');
  if (kept < LEAST_DAYS) {
    const what = `${nameOf(arn)} keeps messages for ${days}, and ${LEAST_DAYS} are needed`;
    return [missing(what, keeping(arn, isInUse(queue) ? DAYS.alive : DAYS.dead))];
  }
  // A message keeps its age when it becomes a dead letter.
  const longest = Math.max(0, ...queues.filter(isInUse).map(daysOf));
  if (role !== 'dead-letters' || kept > longest) return [];
  const what = `${nameOf(arn)} keeps dead letters for ${days}, counted from when they were sent, and others ${longest}: some are gone at once`;
  return [missing(what, keeping(arn, DAYS.dead))];
}

function daysOf({ values }: Known): number {
  return Number(values.MessageRetentionPeriod) / DAY_SECONDS;
}

function checkSenders(facts: Facts): readonly Finding[] {
  return facts.logs.flatMap((bucket) =>
    waysFrom(bucket, facts).flatMap(({ sender }) => {
      const queue = known(facts.queues).find(({ arn }) => arn === sender?.queueArn);
      if (sender === undefined || queue === undefined) return [];
      const { service, sourceArn } = sender;
      const answer = lets(queue.values.Policy, sender);
      const name = nameOf(queue.arn);
      if (answer === true) return ok(`the policy of ${name} lets ${service} send for ${sourceArn}`);
      if (answer === undefined)
        return unknown(`whether the policy of ${name} lets ${service} send`, {
          why: 'it has conditions that are not known here',
          todo: 'look at it: aws sqs get-queue-attributes --attribute-names Policy',
        });
      const what = `the policy of ${name} does not let ${service} send for ${sourceArn}`;
      return missing(
        what,
        `allow it there: sqs:SendMessage for ${service}, where aws:SourceArn is ${sourceArn}`,
      );
    }),
  );
}

const LOOK: Readonly<Partial<Record<QueueFacts['role'], (arn: string) => string>>> = {
  failures: (arn) => `see why, mend it, then: auto-tagger replay ${urlOf(arn)}`,
  'dead-letters': (arn) =>
    `see the log of the function, then: aws sqs start-message-move-task --source-arn ${arn}`,
};

function checkWaiting({ role, arn, values }: Known): readonly Finding[] {
  const count = Number(values.ApproximateNumberOfMessages);
  const look = LOOK[role];
  if (look === undefined || count === 0) return [];
  return [hint(`${counted(count, 'message')} in ${nameOf(arn)}`, look(arn))];
}
