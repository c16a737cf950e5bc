/**
 * Reads the text of a source, with the credentials that we run with, whole and within a bound. Parameter Store is asked
 * through Powertools, which is loaded only where a parameter is named.
 */
import type { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { readFailure } from '../../../tag-manager/calls/call-failure.ts';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import { type BucketCall, createBucketCalls } from '../../file/bucket-calls.ts';
import { readHere, TooLargeError, wholeText } from './read-here.ts';
import { SOURCE_ACTIONS, type Source } from './source.ts';

/** Throws an Error that says what is wrong, and which permission it takes. */
export type ReadText = (source: Source, signal: AbortSignal) => Promise<string>;

export interface ReadTextOptions {
  readonly calls: Calls;
  readonly region: string;
  /** Owns the buckets that are named without an account; `undefined` where nobody was asked. */
  readonly ownAccount: string | undefined;
}

export function createReadText(options: ReadTextOptions): ReadText {
  const call = createBucketCalls(options.calls, options.region);
  return async (source, signal) => {
    if (source.kind === 'parameter') {
      return readParameter(source.name, options, signal).catch((error) => explain(error, 'parameter'));
    }
    if (source.kind === 'object') {
      return readObject(source, call, options.ownAccount, signal).catch((error) => explain(error, 'object'));
    }
    return (await readHere(source, signal)) ?? '';
  };
}

async function readParameter(
  name: string,
  { calls, region }: ReadTextOptions,
  signal: AbortSignal,
): Promise<string> {
  const { GetParameterError, SSMClient, SSMProvider } = await import('./ssm-client.ts');
  const callee = { client: SSMClient, account: undefined, region };
  return calls.make(callee, signal, async (client, sendOptions) => {
    const send = (command: Parameters<typeof client.send>[0]) => client.send(command, sendOptions);
    // Powertools passes no signal on, so the client that it is given does.
    const provider = new SSMProvider({ awsSdkV3Client: Object.assign(Object.create(client), { send }) });
    try {
      // How old a value may be is decided by whoever asks, for all sources alike.
      return (await provider.get(name, { forceFetch: true, decrypt: true })) ?? '';
    } catch (error) {
      throw error instanceof GetParameterError ? (error.cause ?? error) : error;
    }
  });
}

async function readObject(
  { bucket, key, owner }: Extract<Source, { kind: 'object' }>,
  call: BucketCall,
  ownAccount: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const input = { Bucket: bucket, Key: key, ExpectedBucketOwner: owner ?? ownAccount };
  return call(bucket, signal, async (client, options) => {
    const { Body } = await client.send(new GetObjectCommand(input), options);
    return wholeText(Body as Readable, options.abortSignal);
  });
}

/** AWS does not always say which permission is missing. */
function explain(error: unknown, kind: keyof typeof SOURCE_ACTIONS): never {
  if (error instanceof Error && error.cause instanceof TooLargeError) throw error.cause;
  const { class: failureClass, message } = readFailure(error);
  if (failureClass !== 'denied') throw error;
  const { actions, whereEncrypted } = SOURCE_ACTIONS[kind];
  const needed = `${actions.join(', ')}, and ${whereEncrypted.join(', ')} where it is encrypted with a key of yours`;
  throw new Error(`${message}. This takes ${needed}`, { cause: error });
}
