/** Reads texts that lie on this machine, whole and within a bound: no client of AWS is loaded for them. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { onAbort } from '../../../tag-manager/calls/on-abort.ts';
import type { Source } from './source.ts';

/** Look-ups for tens of thousands of people; what is larger was meant for something else. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** The text of a variable itself, or of a file; `undefined` for what lies elsewhere. */
export function readHere(source: Source, signal: AbortSignal): Promise<string> | undefined {
  if (source.kind === 'text') return Promise.resolve(source.text);
  return source.kind === 'file' ? wholeText(createReadStream(source.path), signal) : undefined;
}

/** Throws TooLargeError, what the body throws, and the reason of the signal. Closes the body. */
export async function wholeText(
  body: Readable,
  signal: AbortSignal,
  maxBytes: number = MAX_TEXT_BYTES,
): Promise<string> {
  const forget = onAbort(signal, () => body.destroy(signal.reason));
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new TooLargeError(maxBytes);
      chunks.push(chunk);
    }
  } finally {
    forget();
    body.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A text over the bound; the message is for the user. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';

  constructor(maxBytes: number) {
    super(`it is larger than ${maxBytes} bytes`);
  }
}
