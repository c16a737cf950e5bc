/**
 * The second pass over a file whose JSON is broken: finds the byte, because the parser's own errors carry
 * no position. If the gzip layer turns out to be damaged too, that error wins: it explains the other.
 */
import { none } from 'stream-chain/defs.js';
import { jsonVerifier, type VerifierError } from 'stream-json/core/utils/verifier.js';
import { LogFileError } from './log-file-error.ts';

/** Reads the chunks to their end. Bytes are taken as Latin-1, so that one character is one byte. */
export async function findSyntaxError(chunks: AsyncIterable<Buffer>, cause: Error): Promise<LogFileError> {
  const verify = jsonVerifier({ jsonStreaming: true }) as (text: string | typeof none) => unknown;
  let found: VerifierError | undefined;
  for await (const chunk of chunks) {
    found ??= firstError(() => verify(chunk.toString('latin1')));
  }
  found ??= firstError(() => verify(none));
  const where = found === undefined ? 'at an unknown byte' : `at byte ${found.offset}: ${reason(found)}`;
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
