/**
 * The second pass over a file whose JSON is broken: finds the byte, because the parser's own errors carry
 * no position. If the gzip layer turns out to be damaged too, that error wins: it explains the other.
 */
import { none } from 'stream-chain/defs.js';
import { jsonVerifier, type VerifierError } from 'stream-json/core/utils/verifier.js';
import { markLength } from './beginnings.ts';
import { startGivingWay } from './give-way.ts';
import { LogFileError } from './log-file-error.ts';

/** Small enough to be verified within a moment. */
const PIECE_BYTES = 64 * 1024;

/**
 * Reads the chunks to their end, or until the signal is aborted, whose reason it throws. Bytes are taken as Latin-1, so
 * that one character is one byte.
 */
export async function findSyntaxError(
  chunks: AsyncIterable<Buffer>,
  cause: Error,
  signal?: AbortSignal,
): Promise<LogFileError> {
  const giveWay = startGivingWay(signal);
  const verify = jsonVerifier({ jsonStreaming: true }) as (text: string | typeof none) => unknown;
  let found: VerifierError | undefined;
  let markBytes: number | undefined; // in front of the document, and no part of it
  for await (const chunk of chunks) {
    const begin = markBytes === undefined ? markLength(chunk) : 0;
    markBytes ??= begin;
    for (let at = begin; found === undefined && at < chunk.length; at += PIECE_BYTES) {
      await giveWay();
      found = firstError(() => verify(chunk.toString('latin1', at, at + PIECE_BYTES)));
    }
  }
  found ??= firstError(() => verify(none));
  const where =
    found === undefined
      ? 'at an unknown byte'
      : `at byte ${found.offset + (markBytes ?? 0)}: ${reason(found)}`;
  return new LogFileError('NotJson', `not JSON ${where}`, { cause });
}

function firstError(step: () => unknown): VerifierError | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    return error as VerifierError;
  }
}

/** The verifier says "ERROR at 7 (1, 8): Verifier cannot parse input: expected a value". */
function reason(error: VerifierError): string {
  return error.message.replace(/^ERROR at [^:]*: Verifier (cannot parse input: |has )/, '');
}
