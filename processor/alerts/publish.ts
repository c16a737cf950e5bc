/** The one call that alerts make. */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Send } from '../../tag-manager/calls/calls.ts';
import type { AlertText } from './alert-text.ts';

export function publish(
  TopicArn: string,
  { subject: Subject, message: Message }: AlertText,
): Send<SNSClient, unknown> {
  return (client, options) => client.send(new PublishCommand({ TopicArn, Subject, Message }), options);
}
