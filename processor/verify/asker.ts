/** Questions to AWS. Only being stopped ends the asking; everything else is an answer. */
import type { TemplateMembers } from '../../tag-manager/apis/api.ts';
import { CallError } from '../../tag-manager/calls/call-failure.ts';
import type { Calls, Send } from '../../tag-manager/calls/calls.ts';
import type { ClientClass, SdkClient } from '../../tag-manager/calls/clients.ts';
import {
  type Shaped,
  type ShapedCall,
  sendShaped,
  shapedClient,
} from '../../tag-manager/services/shaped-call.ts';
import type { Answer } from './answer.ts';

/** Asks AWS, always with the credentials of whoever runs us. Every method throws the reason that the user stopped for. */
export interface Asker {
  readonly region: string;
  /** One call of a client of the SDK; `action` is the IAM action that it takes. */
  ask<Client extends SdkClient, Output>(
    action: string,
    client: ClientClass<Client>,
    send: Send<Client, Output>,
    region?: string,
  ): Promise<Answer<Output>>;
  /** One call of a service that we have no client of. */
  askShaped<Shape extends TemplateMembers>(
    action: string,
    call: ShapedCall<Shape>,
    input: object,
    region?: string,
  ): Promise<Answer<Shaped<Shape>>>;
  /** Any work that makes calls and throws their CallError. */
  answerOf<Value>(action: string, work: (signal: AbortSignal) => Promise<Value>): Promise<Answer<Value>>;
}

export interface AskerOptions {
  readonly calls: Calls;
  readonly region: string;
  /** The user's. */
  readonly signal: AbortSignal;
  /** Until when answers are waited for. */
  readonly deadline: AbortSignal;
}

export function createAsker({ calls, region: home, signal, deadline }: AskerOptions): Asker {
  const either = AbortSignal.any([signal, deadline]);
  async function answerOf<Value>(
    action: string,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Answer<Value>> {
    try {
      return { kind: 'found', value: await work(either) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CallError)) throw error;
      return answerToFailure(action, error);
    }
  }
  const ask: Asker['ask'] = (action, client, send, region = home) =>
    answerOf(action, (each) => calls.make({ client, account: undefined, region }, each, send));
  return {
    region: home,
    answerOf,
    ask,
    askShaped: (action, call, input, region) =>
      ask(action, shapedClient(call), (client, options) => sendShaped(call, input, client, options), region),
  };
}

function answerToFailure(action: string, { failure }: CallError): Answer<never> {
  switch (failure.class) {
    case 'not-found':
      return { kind: 'absent' };
    case 'denied':
      return {
        kind: 'unknown',
        why: `you may not call ${action} (${failure.error})`,
        todo: 'have that allowed for you, or let somebody run this who may',
      };
    default:
      return {
        kind: 'unknown',
        why: `${action} was not answered: ${failure.message} (${failure.error})`,
        todo: 'run it again',
      };
  }
}
