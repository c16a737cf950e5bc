/** What is judged of one queue by its attributes: how long it hides and keeps messages, and when it gives them up. */
import { KEPT_DAYS, MAX_RECEIVES, VISIBILITY_FACTOR } from '../../queues/deployed-queues.ts';
import { foundIn } from '../answer.ts';
import type { Facts, Mapping, QueueFacts } from '../facts/facts.ts';
import { redriveOf, urlOf } from '../facts/queue-names.ts';
import { counted, type Finding, missing, nameOf } from '../finding.ts';

/** A resource that is still being created is given up after 20 times (docs/configuration.md). */
export const LEAST_RECEIVES = 20;
const DAY_SECONDS = 86_400;
/** What waits longer than a weekend with its holidays is lost otherwise. */
export const LEAST_DAYS = 4;

/** Deploying again would change nothing: CloudFormation does not see what was changed by hand. */
function setting(arn: string, attribute: string): string {
  return `aws sqs set-queue-attributes --queue-url ${urlOf(arn)} --attributes ${attribute}`;
}

function keeping(arn: string, days: number): string {
  return setting(arn, `MessageRetentionPeriod=${days * DAY_SECONDS}`);
}

/** A queue that answered. */
export type Known = QueueFacts & { readonly values: Readonly<Record<string, string>> };

/** Those that answered. */
export function known(queues: readonly QueueFacts[]): readonly Known[] {
  return queues.flatMap((queue) => {
    const values = foundIn(queue.attributes);
    return values === undefined ? [] : { ...queue, values };
  });
}

/** It invokes the function. */
export function isInUse({ role }: Pick<QueueFacts, 'role'>): boolean {
  return role === 'work' || role === 'events' || role === 'retry';
}

/** Those that invoke the function. */
export function inUse({ queues }: Facts): readonly Known[] {
  return known(queues).filter(isInUse);
}

/** Lambda may have a message for so long. */
export function checkVisibility(
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

/** What is received again and again must end somewhere. */
export function checkRedrive({ arn, values }: Known): readonly Finding[] {
  const redrive = redriveOf(values.RedrivePolicy);
  const todo = `set its RedrivePolicy: the queue of dead letters, and maxReceiveCount ${MAX_RECEIVES} (SQS console, "Dead-letter queue")`;
  if (redrive === undefined) {
    const what = `${nameOf(arn)} has no queue for dead letters: what cannot be dealt with is tried until it is too old`;
    return [missing(what, todo)];
  }
  const { maxReceiveCount } = redrive;
  if (maxReceiveCount >= LEAST_RECEIVES) return [];
  const what = `${nameOf(arn)} gives a message up after ${counted(maxReceiveCount, 'time')}, and ${LEAST_RECEIVES} are needed`;
  return [missing(what, todo)];
}

/** Among all queues that answered. */
export function checkRetention(queue: Known, queues: readonly Known[]): readonly Finding[] {
  const { arn, role } = queue;
  const kept = daysOf(queue);
  const days = counted(kept, 'day');
  if (kept < LEAST_DAYS) {
    const what = `${nameOf(arn)} keeps messages for ${days}, and ${LEAST_DAYS} are needed`;
    return [missing(what, keeping(arn, isInUse(queue) ? KEPT_DAYS.alive : KEPT_DAYS.dead))];
  }
  // A message keeps its age when it becomes a dead letter.
  const longest = Math.max(0, ...queues.filter(isInUse).map(daysOf));
  if (role !== 'dead-letters' || kept > longest) return [];
  const what = `${nameOf(arn)} keeps dead letters for ${days}, counted from when they were sent, and others ${longest}: some are gone at once`;
  return [missing(what, keeping(arn, KEPT_DAYS.dead))];
}

function daysOf({ values }: Known): number {
  return Number(values.MessageRetentionPeriod) / DAY_SECONDS;
}
