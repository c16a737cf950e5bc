/** The one call that alerts make. Whoever sends none does not load its client. */
import { parseArn } from '../../parser/arn.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { AlertText } from './alert-text.ts';

/** Throws CallError. */
export async function publish(
  calls: Calls,
  TopicArn: string,
  { subject: Subject, message: Message }: AlertText,
  signal: AbortSignal,
): Promise<void> {
  const { PublishCommand, SNSClient } = await import('./sns-client.ts');
  const callee = { client: SNSClient, account: undefined, region: parseArn(TopicArn)?.region ?? '' };
  const command = new PublishCommand({ TopicArn, Subject, Message });
  await calls.make(callee, signal, (client, options) => client.send(command, options));
}
