/** Checks of the queues. */

import { VISIBILITY_FACTOR } from '../../queues/deployed-queues.ts';
import type { Facts, QueueFacts } from '../facts/facts.ts';
import { urlOf } from '../facts/queue-names.ts';
import { counted, type Finding, hint, missing, nameOf, ok, unknown } from '../finding.ts';
import { type CheckRow, GONE } from './check-row.ts';
import { lets } from './policy-lets.ts';
import {
  checkRedrive,
  checkRetention,
  checkVisibility,
  inUse,
  type Known,
  known,
  LEAST_DAYS,
  LEAST_RECEIVES,
} from './queue-attributes.ts';
import { waysFrom } from './ways.ts';

export const QUEUE_CHECKS: readonly CheckRow[] = [
  {
    name: 'queues.there',
    asks: 'the queues are there: work, retry, failures, dead letters',
    actions: ['sqs:GetQueueAttributes'],
    check: ({ queues, settings }) => {
      if (settings.kind !== 'read') return [];
      const { retryQueueUrl, failureQueueUrl } = settings.settings;
      const unset = [
        ...(retryQueueUrl === undefined
          ? [missing('RETRY_QUEUE_URL is not set: what could be done later is not done', GONE)]
          : []),
        ...(failureQueueUrl === undefined
          ? [missing('FAILURE_QUEUE_URL is not set: what cannot be done is not kept', GONE)]
          : []),
      ];
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
