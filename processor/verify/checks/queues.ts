/** Checks of the queues. */
import { foundIn } from '../answer.ts';
import type { Facts, Mapping, QueueFacts } from '../facts/facts.ts';
import { redriveOf, urlOf } from '../facts/queue-names.ts';
import { counted, type Finding, hint, missing, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';
import { lets } from './policy-lets.ts';
import { waysFrom } from './ways.ts';

/** AWS Lambda Developer Guide, "Using Lambda with Amazon SQS". */
const VISIBILITY_FACTOR = 6;
/** A resource that is still being created is given up after 20 times (docs/configuration.md). */
const LEAST_RECEIVES = 20;
const DAY_SECONDS = 86_400;
/** What waits longer than a weekend with its holidays is lost otherwise. */
const LEAST_DAYS = 4;

const AGAIN = 'deploy it again: the stack sets it';

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
        return missing(`there is no queue ${nameOf(arn)}`, 'deploy it again');
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
      all(
        inUse(facts).flatMap((queue) => checkVisibility(queue, facts)),
        'no message is handed out twice at a time',
      ),
  },
  {
    name: 'queues.redrive',
    asks: `what work and retry cannot get rid of becomes a dead letter, after ${LEAST_RECEIVES} times or more`,
    actions: ['sqs:GetQueueAttributes'],
    check: (facts) =>
      all(inUse(facts).flatMap(checkRedrive), 'what cannot be got rid of becomes a dead letter'),
  },
  {
    name: 'queues.retention',
    asks: `queues keep messages for ${LEAST_DAYS} days or longer, and dead letters longer than the others`,
    actions: ['sqs:GetQueueAttributes'],
    check: (facts) => all(checkRetention(facts), 'messages are kept long enough'),
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
    check: ({ queues }) => all(queues.flatMap(checkWaiting), 'nothing waits to be looked at'),
  },
];

const nameOf = (arn: string) => arn.split(':').at(-1) ?? arn;

/** Where nothing is wrong, that is said in one line. */
function all(findings: readonly Finding[] | undefined, well: string): readonly Finding[] {
  if (findings === undefined) return [];
  return findings.length > 0 ? findings : [ok(well)];
}

type Known = QueueFacts & { readonly values: Readonly<Record<string, string>> };

function known(queues: readonly QueueFacts[]): readonly Known[] {
  return queues.flatMap((queue) => {
    const values = foundIn(queue.attributes);
    return values === undefined ? [] : { ...queue, values };
  });
}

/** Those that invoke the function. */
function inUse({ queues }: Facts): readonly Known[] {
  return known(queues.filter(({ role }) => role === 'work' || role === 'retry'));
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
  return [missing(what, AGAIN)];
}

function windowOf(arn: string, mappings: readonly Mapping[]): number {
  return mappings.find(({ queueArn }) => queueArn === arn)?.windowSeconds ?? 0;
}

function checkRedrive({ arn, values }: Known): readonly Finding[] {
  const redrive = redriveOf(values.RedrivePolicy);
  if (redrive === undefined) {
    return [
      missing(
        `${nameOf(arn)} has no queue for dead letters: what cannot be dealt with is tried until it is too old`,
        AGAIN,
      ),
    ];
  }
  if (redrive.maxReceiveCount >= LEAST_RECEIVES) return [];
  return [
    missing(
      `${nameOf(arn)} gives a message up after ${redrive.maxReceiveCount} times, and expected is ${LEAST_RECEIVES}`,
      AGAIN,
    ),
  ];
}

function checkRetention({ queues }: Facts): readonly Finding[] | undefined {
  const found = known(queues);
  if (found.length === 0) return undefined;
  const days = ({ values }: Known) => Number(values.MessageRetentionPeriod) / DAY_SECONDS;
  const short = found.flatMap((queue) => {
    const kept = days(queue);
    const what = `${nameOf(queue.arn)} keeps messages for ${kept} days, and expected are ${LEAST_DAYS}`;
    return kept >= LEAST_DAYS ? [] : missing(what, AGAIN);
  });
  // A message keeps its age when it becomes a dead letter.
  const dead = found.filter(({ role }) => role === 'dead-letters');
  const longest = Math.max(0, ...found.filter(({ role }) => role === 'work' || role === 'retry').map(days));
  const early = dead
    .filter((queue) => days(queue) <= longest)
    .map((queue) => {
      const what = `${nameOf(queue.arn)} keeps dead letters for ${days(queue)} days, counted from when they were sent, and the others ${longest}: they are gone at once`;
      return missing(what, AGAIN);
    });
  return [...short, ...early];
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
      return missing(`the policy of ${name} does not let ${service} send for ${sourceArn}`, AGAIN);
    }),
  );
}

const LOOK: Readonly<Partial<Record<QueueFacts['role'], (arn: string) => string>>> = {
  failures: (arn) => `see why, mend it, then: auto-tagger replay ${urlOf(arn)}`,
  'dead-letters': (arn) =>
    `see the log of the function, then: aws sqs start-message-move-task --source-arn ${arn}`,
};

function checkWaiting({ role, arn, attributes }: QueueFacts): readonly Finding[] {
  const count = Number(foundIn(attributes)?.ApproximateNumberOfMessages ?? 0);
  const look = LOOK[role];
  if (look === undefined || count === 0) return [];
  return [hint(`${counted(count, 'message')} in ${nameOf(arn)}`, look(arn))];
}
