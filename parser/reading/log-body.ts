/** What a log file holds, in a form that can be read more than once. */
import type { Inflated } from './inflated.ts';

/**
 * The compressed bytes of one log file: all of them in hand, or a function that opens them as a stream,
 * from the first byte, as often as it is called (a second pass finds the byte at which broken JSON breaks). Or, of a small
 * file, what they were decompressed to already.
 */
export type LogBody = Uint8Array | (() => AsyncIterable<Uint8Array>) | Inflated;

export function openBody(body: LogBody): AsyncIterable<Uint8Array> {
  if (typeof body === 'function') return body();
  return body instanceof Uint8Array ? once(body) : body.again();
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
