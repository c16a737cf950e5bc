/** What the ARN and the attributes of a queue tell of it, and of the queue that takes its dead letters. */
import { urlOfQueue } from '../../queues/queue-arn.ts';
import { foundIn } from '../answer.ts';
import type { QueueFacts } from './facts.ts';

/** The URL of a queue by its ARN. */
export function urlOf(arn: string): string {
  return urlOfQueue(arn) ?? arn; // AWS names no queue that is none
}

/** The queue that a queue sends what was received too often to. */
export function deadLettersOf({ attributes }: QueueFacts): string | undefined {
  return redriveOf(foundIn(attributes)?.RedrivePolicy)?.deadLetterTargetArn;
}

export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** `undefined` where it has none. */
export function redriveOf(policy: string | undefined): Redrive | undefined {
  if (!policy) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Partial<Redrive>;
  if (deadLetterTargetArn === undefined) return undefined;
  return { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) }; // a text in some policies
}
