/**
 * A log file that is believed only if its content is what CloudTrail delivered: the hash is made while it is read, and where
 * it is wrong the reading ends with an error, before anything of the file is tagged.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { openBody } from '../../../parser/reading/log-body.ts';
import type { LogFile, OpenedFile } from '../../file/log-file.ts';
import type { DigestCheck, DigestProblems, FileReason } from './digest-check.ts';
import { DIGEST_REASONS } from './digest-reasons.ts';

/** A log file that is not to be believed. */
export class DigestError extends Error {
  override readonly name = 'DigestError';
  /** A `DigestReason`, under which it is counted. */
  readonly code: FileReason | 'hash-differs';
  /** Its digest may still come. */
  readonly retryable: boolean;

  constructor(code: DigestError['code'], detail: string) {
    super(`not believed: ${DIGEST_REASONS[code].meaning} (${detail})`);
    this.code = code;
    this.retryable = code === 'not-yet';
  }
}

/**
 * `key` is that of the file in its bucket. Opening it throws DigestError where no digest vouches for it; reading does where its hash
 * differs. `onProblems` hears what became known when it was opened.
 */
export function verifiedLogFile(
  file: LogFile,
  key: string,
  check: DigestCheck,
  onProblems: (problems: readonly DigestProblems[]) => void,
): LogFile {
  return {
    ...file,
    async open(signal) {
      const claim = await check.claim(key);
      onProblems(claim.problems);
      if (claim.kind === 'none') throw new DigestError(claim.reason, claim.detail);
      const opened = await file.open(signal);
      return { ...opened, records: await hashed(opened.records, claim.sha256) };
    },
  };
}

type Body = OpenedFile['records'];

/** What is in hand is hashed at once; what streams, whenever it is read, to its end. */
async function hashed(body: Body, expected: string): Promise<Body> {
  if (typeof body === 'function') return () => hashedChunks(body(), expected);
  if (!(body instanceof Uint8Array)) return body;
  for await (const _ of hashedChunks(openBody(body), expected));
  return body;
}

const GZIP_MAGIC = 0x1f;

/** The chunks as they come; at their end it throws where the content has another hash. Broken gzip is for the reader to tell. */
async function* hashedChunks(
  chunks: AsyncIterable<Uint8Array>,
  expected: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const inflate = createGunzip({ chunkSize: 256 * 1024 });
  inflate.on('data', (content: Buffer) => hash.update(content));
  const ended = finished(inflate).then(
    () => true,
    () => false,
  );
  let isGzip: boolean | undefined;
  try {
    for await (const chunk of chunks) {
      isGzip ??= chunk[0] === GZIP_MAGIC; // a console may have decompressed it on the way: the content is the same
      if (!isGzip) hash.update(chunk);
      else if (!inflate.destroyed && !inflate.write(chunk))
        await Promise.race([once(inflate, 'drain'), ended]);
      yield chunk;
    }
    if (isGzip) inflate.end();
    const isSound = !isGzip || (await ended);
    const found = hash.digest('hex');
    if (isSound && found === expected) return;
    throw new DigestError('hash-differs', `expected ${expected}, got ${isSound ? found : 'broken gzip'}`);
  } finally {
    inflate.destroy();
  }
}
