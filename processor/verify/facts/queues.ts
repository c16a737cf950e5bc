/** The queues: those that invoke the function, that of what failed, and where dead letters go. */
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parseArn } from '../../../parser/arn.ts';
import { some } from '../../policy/own-grants.ts';
import type { Settings } from '../../runtime/settings.ts';
import { type Answer, foundIn, mapAnswer } from '../answer.ts';
import type { Asker } from '../asker.ts';
import type { Mapping, QueueFacts, QueueRole } from './facts.ts';
import { deadLettersOf, urlOf } from './queue-names.ts';

export async function lookUpQueues(
  asker: Asker,
  mappings: Answer<readonly Mapping[]>,
  settings: Settings,
): Promise<readonly QueueFacts[]> {
  const first = await Promise.all(
    namedQueues(foundIn(mappings) ?? [], settings).map(([role, arn]) => lookUpQueue(asker, role, arn)),
  );
  const known = new Set(first.map(({ arn }) => arn));
  const dead = new Set(first.flatMap((queue) => deadLettersOf(queue) ?? []).filter((arn) => !known.has(arn)));
  const rest = await Promise.all([...dead].map((arn) => lookUpQueue(asker, 'dead-letters', arn)));
  return [...first, ...rest];
}

/** The queues of `RETRY_QUEUE_URL` and `FAILURE_QUEUE_URL`, those of `EVENT_QUEUES` that invoke the function; whatever else invokes it brings it work. */
function namedQueues(
  mappings: readonly Mapping[],
  { retryQueueArn: retry, failureQueueArn: failures, eventQueues }: Settings,
): readonly (readonly [QueueRole, string])[] {
  const others = mappings.map(({ queueArn }) => queueArn).filter((arn) => arn !== retry);
  const named = (role: QueueRole, arn: string | undefined) => some(arn).map((one) => [role, one] as const);
  return [
    ...others.map((arn) => [eventQueues.includes(arn) ? 'events' : 'work', arn] as const),
    ...named('retry', retry),
    ...named('failures', failures),
  ];
}

async function lookUpQueue({ ask }: Asker, role: QueueRole, arn: string): Promise<QueueFacts> {
  const { region = '' } = parseArn(arn) ?? {};
  const QueueUrl = urlOf(arn);
  const answer = await ask(
    'sqs:GetQueueAttributes',
    SQSClient,
    (client, options) =>
      client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }), options),
    region,
  );
  return { role, arn, attributes: mapAnswer(answer, ({ Attributes = {} }) => Attributes) };
}
