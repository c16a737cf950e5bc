/**
 * Where records come from: objects in S3, files on disk, and records by themselves, each under a name and with
 * a way to open it. Small files are taken whole, large ones streamed.
 */
import type { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { RecordSource } from '../../parser/event/record-facts.ts';
import { readLogKey } from '../../parser/log-key.ts';
import { fileBody } from '../../parser/reading/file-body.ts';
import { WHOLE_COMPRESSED_BYTES } from '../../parser/reading/gunzip-whole.ts';
import type { LogBody } from '../../parser/reading/log-body.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import type { LogFileRef } from '../notification/task.ts';
import type { Records } from './plan-file.ts';

export interface LogFile {
  /** A path, or `s3://bucket/key`: what reports and messages call it. */
  readonly name: string;
  /** Throws what stands between us and the bytes, or the reason of the signal. */
  open(signal?: AbortSignal): Promise<OpenedFile>;
  /** Records before this one have been dealt with by an earlier invocation. @default 0 */
  readonly fromIndex?: number;
  /** The only resource that this is about. @default all of them */
  readonly onlyArn?: string;
}

export interface OpenedFile {
  readonly records: Records;
  /** Its account is the only one whose records the file may hold. */
  readonly source: RecordSource;
}

/** The account in a local path means nothing: files are copied and renamed. */
export function localLogFile(path: string): LogFile {
  const source = { origin: 'log', account: undefined } as const;
  return { name: path, open: async () => ({ records: fileBody(path), source }) };
}

/** A record that came without a file, and must be of the account of its source. */
export function singleRecord(name: string, record: CloudTrailRecord, source: RecordSource): LogFile {
  return { name, open: async () => ({ records: [record], source }) };
}

/** S3 sends without a pause. */
const MAX_SILENCE_MS = 10_000;

/** Of a body that breaks off in the middle, or says nothing for `maxSilenceMs`, `records` throws. */
export function s3LogFile(
  client: S3Client,
  { bucket, key, otherKey, versionId }: LogFileRef,
  maxSilenceMs: number = MAX_SILENCE_MS,
): LogFile {
  const get = (Key: string, IfMatch?: string) =>
    client.send(new GetObjectCommand({ Bucket: bucket, Key, VersionId: versionId, IfMatch }));
  return {
    name: `s3://${bucket}/${key}`,
    async open() {
      const opened = await get(key).then(
        (answer) => ({ answer, found: key }),
        async (error: Error) => {
          if (error.name !== 'NoSuchKey' || otherKey === undefined) throw error;
          return { answer: await get(otherKey), found: otherKey };
        },
      );
      const { answer, found } = opened;
      const logKey = readLogKey(found);
      const account = 'account' in logKey ? logKey.account : undefined;
      const records = await bodyOf(answer, (etag) => get(found, etag), maxSilenceMs);
      return { records, source: { origin: 'log', account } };
    },
  };
}

async function bodyOf(
  first: GetObjectCommandOutput,
  getAgain: (etag: string | undefined) => Promise<GetObjectCommandOutput>,
  maxSilenceMs: number,
): Promise<LogBody> {
  if ((first.ContentLength ?? Number.POSITIVE_INFINITY) <= WHOLE_COMPRESSED_BYTES) {
    return Buffer.concat(await Array.fromAsync(chunksOf(first, maxSilenceMs)));
  }
  let unread: GetObjectCommandOutput | undefined = first;
  return async function* chunks() {
    // A second pass must read the same object, not one that was written since.
    const answer: GetObjectCommandOutput = unread ?? (await getAgain(first.ETag));
    unread = undefined;
    yield* chunksOf(answer, maxSilenceMs);
  };
}

/** The clients' own time limit ends when the headers have come; a reader that takes its time is not held against S3. */
async function* chunksOf({ Body }: GetObjectCommandOutput, maxSilenceMs: number): AsyncGenerator<Uint8Array> {
  const body = Body as Readable;
  const cutOff = () => body.destroy(new SilentBodyError(maxSilenceMs));
  let timer = setTimeout(cutOff, maxSilenceMs);
  try {
    for await (const chunk of body) {
      clearTimeout(timer);
      yield chunk;
      timer = setTimeout(cutOff, maxSilenceMs);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Its name is that of the client's own time-outs. */
class SilentBodyError extends Error {
  override readonly name = 'TimeoutError';
  readonly retryable = true;

  constructor(maxSilenceMs: number) {
    super(`the body of the object broke off: nothing came for ${maxSilenceMs} ms`);
  }
}
