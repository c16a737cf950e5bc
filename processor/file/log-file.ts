/**
 * Where records come from: objects in S3, files on disk, and records by themselves, each under a name and with
 * a way to open it. Small files are taken whole, large ones streamed.
 */
import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { nameOf as nameOfRecord, type RecordSource } from '../../parser/event/record-facts.ts';
import { readFolderOwner } from '../../parser/log-key.ts';
import { fileBody } from '../../parser/reading/file-body.ts';
import { WHOLE_COMPRESSED_BYTES } from '../../parser/reading/gunzip-whole.ts';
import type { LogBody } from '../../parser/reading/log-body.ts';
import { readTogether } from '../../parser/reading/read-together.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import { readFailure } from '../../tag-manager/calls/call-failure.ts';
import { onAbort } from '../../tag-manager/calls/on-abort.ts';
import { type LogFileRef, nameOf } from '../log-file-ref.ts';
import type { LogReader } from './log-reader.ts';
import type { Records } from './plan-file.ts';

/** What holds the records, kept whole so that we can come back to it. */
export type LogLocation =
  | ({ readonly kind: 's3' } & LogFileRef)
  | { readonly kind: 'path'; readonly path: string }
  /** No file: a record by itself, of the account that EventBridge names. */
  | { readonly kind: 'event'; readonly account: string };

export interface LogFile {
  /** A path, or `s3://bucket/key`: what reports call it. */
  readonly name: string;
  readonly location: LogLocation;
  /** Throws what keeps us from the bytes; aborting the signal ends the reading, too. */
  open(signal: AbortSignal): OpenedFile | Promise<OpenedFile>;
  /** Records before this one have been dealt with by an earlier invocation. @default 0 */
  readonly fromIndex?: number;
  /** The only resources that this is about. @default all of them */
  readonly onlyArns?: ReadonlySet<string>;
}

export interface OpenedFile {
  readonly records: Records;
  /** Its account is the only one whose records the file may hold. */
  readonly source: RecordSource;
}

/** The account in a local path means nothing: files are copied and renamed. */
export function localLogFile(path: string): LogFile {
  return openedBy(path, () => fileBody(path));
}

/** More save nothing (measured). */
const TOGETHER = 16;

/** The small ones among them are read and decompressed some at a time, when the first of these is asked for. */
export function* localLogFiles(paths: readonly string[]): Generator<LogFile> {
  for (let at = 0; at < paths.length; at += TOGETHER) {
    const group = paths.slice(at, at + TOGETHER);
    const read = readTogether(group);
    for (const [index, path] of group.entries()) yield openedBy(path, () => read[index] ?? fileBody(path));
  }
}

function openedBy(path: string, bodyOf: () => LogBody): LogFile {
  return {
    name: path,
    location: { kind: 'path', path },
    open: () => ({ records: bodyOf(), source: { origin: 'log', account: undefined } }),
  };
}

/** A record that was taken out of its file, or came without one. */
export function singleRecord(record: CloudTrailRecord, location: LogLocation): LogFile {
  const source = sourceAt(location);
  return {
    name: nameOfLocation(location, record),
    location,
    open: async () => ({ records: [record], source }),
  };
}

function nameOfLocation(location: LogLocation, record: CloudTrailRecord): string {
  switch (location.kind) {
    case 's3':
      return nameOf(location);
    case 'path':
      return location.path;
    case 'event':
      return `event ${nameOfRecord(record) || 'without an id'}`;
  }
}

function sourceAt(location: LogLocation): RecordSource {
  if (location.kind === 'event') return { origin: 'event', account: location.account };
  return location.kind === 's3' ? sourceOfObject(location.key) : { origin: 'log', account: undefined };
}

function sourceOfObject(key: string): RecordSource {
  return { origin: 'log', account: undefined, ...readFolderOwner(key) };
}

/** S3 sends without a pause. */
const MAX_SILENCE_MS = 10_000;

/** Of a body that breaks off in the middle, or says nothing for `maxSilenceMs`, `records` throws. */
export function s3LogFile(logs: LogReader, ref: LogFileRef, maxSilenceMs: number = MAX_SILENCE_MS): LogFile {
  const { key, otherKey } = ref;
  return {
    name: nameOf(ref),
    location: { kind: 's3', ...ref },
    async open(signal) {
      const get = (wanted: string, ifMatch?: string) =>
        logs.getObject({ ...ref, key: wanted }, ifMatch, signal);
      const { answer, found } = await get(key).then(
        (answer) => ({ answer, found: key }),
        async (error: Error) => {
          if (otherKey === undefined || readFailure(error).error !== 'NoSuchKey') throw error;
          return { answer: await get(otherKey), found: otherKey };
        },
      );
      const records = await bodyOf(answer, (etag) => get(found, etag), { maxSilenceMs, signal });
      return { records, source: sourceOfObject(found) };
    },
  };
}

interface Reading {
  readonly maxSilenceMs: number;
  readonly signal: AbortSignal;
}

async function bodyOf(
  first: GetObjectCommandOutput,
  getAgain: (etag: string | undefined) => Promise<GetObjectCommandOutput>,
  reading: Reading,
): Promise<LogBody> {
  if ((first.ContentLength ?? Number.POSITIVE_INFINITY) <= WHOLE_COMPRESSED_BYTES) {
    return wholeOf(first, reading);
  }
  let unread: GetObjectCommandOutput | undefined = first;
  return async function* chunks() {
    // A second pass must read the same object, not one that was written since.
    const answer: GetObjectCommandOutput = unread ?? (await getAgain(first.ETag));
    unread = undefined;
    yield* chunksOf(answer, reading);
  };
}

/** Without an iterator, which takes as long as all else that is done with a small body. */
function wholeOf({ Body }: GetObjectCommandOutput, { maxSilenceMs, signal }: Reading): Promise<Uint8Array> {
  const body = Body as Readable;
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    const timer = setTimeout(() => body.destroy(new SilentBodyError(maxSilenceMs)), maxSilenceMs);
    const forget = onAbort(signal, () => body.destroy(signal.reason));
    const settled = () => {
      clearTimeout(timer);
      forget();
    };
    body.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk);
      timer.refresh();
    });
    body.once('end', () => {
      settled();
      resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks));
    });
    body.once('error', (error) => {
      settled();
      reject(error);
    });
    body.once('close', () => {
      if (body.readableEnded) return;
      settled();
      reject(new Error('the body of the object broke off'));
    });
    if (signal.aborted) body.destroy(signal.reason);
  });
}

/** The clients' own time limit ends when the headers have come; a reader that takes its time is not held against S3. */
async function* chunksOf(
  { Body }: GetObjectCommandOutput,
  { maxSilenceMs, signal }: Reading,
): AsyncGenerator<Uint8Array> {
  const body = Body as Readable;
  const cutOff = () => body.destroy(new SilentBodyError(maxSilenceMs));
  const forget = onAbort(signal, () => body.destroy(signal.reason));
  let timer = setTimeout(cutOff, maxSilenceMs);
  try {
    signal.throwIfAborted();
    for await (const chunk of body) {
      clearTimeout(timer);
      yield chunk;
      timer = setTimeout(cutOff, maxSilenceMs);
    }
  } finally {
    clearTimeout(timer);
    forget();
    body.destroy();
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
