/**
 * The archive: what was created, by whom and what became of it, a line a resource, in a bucket of its own (`ARCHIVE_BUCKET`). One
 * object is written of each file or record once that is dealt with; what cannot be archived comes again as a whole, and nothing of
 * it changes twice.
 */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CallError } from '../../tag-manager/calls/call-failure.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import { createBucketCalls } from '../file/bucket-calls.ts';
import type { FileReport } from '../file/file-report.ts';
import type { LogFile } from '../file/log-file.ts';
import { type Archived, archiveKey, unknownKey } from './archive-key.ts';
import { lineOf } from './columns.ts';
import { type GzipObject, PART_BYTES, type Sending, startGzipObject } from './gzip-object.ts';

export interface Archive {
  /** `signal` ends what is under way; it may outlast that of the work. */
  begin(file: LogFile, isOneRecord: boolean, signal: AbortSignal): Archiving;
  /** The event as it came, with where it came from. Absent where such events are not kept. Throws CallError. */
  readonly putUnknown: ((event: unknown, signal: AbortSignal) => Promise<string>) | undefined;
}

/** Of one attempt at a file or a record. */
export interface Archiving {
  /** Resolves once there is room for more; what cannot be written is told in the end. Does not throw. */
  add(outcomes: readonly Outcome[]): Promise<void>;
  /** The report as it is once the object is written: one that could not be is an error of the file. Does not throw. */
  settle(report: FileReport): Promise<FileReport>;
}

export interface ArchiveOptions {
  readonly bucket: string;
  /** Owns it: nobody else can have taken its name to be told who did what. */
  readonly ownAccount: string;
  /** Where the bucket is supposed to be; small objects follow it elsewhere. */
  readonly region: string;
  readonly calls: Calls;
  readonly keepsUnknown: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Lines go to be compressed so many characters at a time. */
const BLOCK = 64 * 1024;

/** S3 answers a part once it has all of it. */
const SENDING = { partBytes: PART_BYTES, partsAtOnce: 2, sendingMs: 60_000 };

export function createArchive(options: ArchiveOptions): Archive {
  const { bucket, ownAccount, region, calls, keepsUnknown, now } = options;
  const call = createBucketCalls(calls, region, S3Client);
  const place = { Bucket: bucket, ExpectedBucketOwner: ownAccount };

  async function put(Key: string, Body: Uint8Array | string, ContentType: string, signal: AbortSignal) {
    const input = { ...place, Key, Body, ContentType };
    await call(bucket, signal, (client, sending) => client.send(new PutObjectCommand(input), sending));
  }

  const sendingTo = (key: string, signal: AbortSignal): Sending => ({
    whole: (body) => put(key, body, 'application/gzip', signal),
    async inParts(body) {
      const { sendInParts } = await import('../file/send-in-parts.ts'); // few objects are so large
      return sendInParts(body, { bucket, key, owner: ownAccount, region }, SENDING, calls, signal);
    },
  });

  async function putUnknown(event: unknown, signal: AbortSignal): Promise<string> {
    const time = new Date(now());
    const key = unknownKey(time);
    const metadata = { ...metadataOf(event, region), ingestion_time: time.toISOString() };
    await put(key, `${JSON.stringify({ event, metadata })}\n`, 'application/json', signal);
    return `s3://${bucket}/${key}`;
  }

  return {
    begin(file, isOneRecord, signal) {
      const ingestionTime = new Date(now()).toISOString();
      const archived = { ...file, isOneRecord };
      return beginObject({ bucket, archived, written: { source: file.name, ingestionTime } }, (key) =>
        startGzipObject(sendingTo(key, signal)),
      );
    },
    putUnknown: keepsUnknown ? putUnknown : undefined,
  };
}

interface OneObject {
  readonly bucket: string;
  readonly archived: Archived;
  readonly written: Parameters<typeof lineOf>[1];
}

/** Most files hold no creation, and nothing is written of them. */
function beginObject(
  { bucket, archived, written }: OneObject,
  start: (key: string) => GzipObject,
): Archiving {
  let object: GzipObject | undefined;
  let failure: unknown;
  return {
    async add(outcomes) {
      const [first] = outcomes;
      if (first === undefined || failure !== undefined) return;
      try {
        if (object === undefined) {
          const key = archiveKey(archived, first.creation);
          if (key === undefined) return;
          object = start(key);
        }
        for (const text of blocks(outcomes, written)) await object.write(text);
      } catch (error) {
        failure = error;
      }
    },
    async settle(report) {
      if (object === undefined && failure === undefined) return report;
      if (report.error !== undefined) {
        await object?.cancel(); // it comes again, and is archived then
        return report;
      }
      try {
        if (failure !== undefined) throw failure;
        await object?.end();
        return report;
      } catch (error) {
        return { ...report, complete: false, error: failureOf(error, bucket) };
      }
    },
  };
}

function* blocks(outcomes: readonly Outcome[], written: OneObject['written']): Generator<string> {
  let text = '';
  for (const outcome of outcomes) {
    text += lineOf(outcome, written);
    if (text.length < BLOCK) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Somebody may give us the permission, or the bucket: so it is tried again, and ends among the dead letters if nobody does. */
function failureOf(error: unknown, bucket: string): NonNullable<FileReport['error']> {
  const { message } = error instanceof CallError ? error.failure : (error as Error);
  return {
    code: 'NotArchived',
    message: `it is dealt with, and cannot be archived in s3://${bucket}: ${message}`,
    class: 'transient',
  };
}

/** What events of EventBridge and many others call where they are from, and what they are. */
function metadataOf(event: unknown, ownRegion: string) {
  const fields = (typeof event === 'object' && event !== null ? event : {}) as Readonly<
    Record<string, unknown>
  >;
  const textOf = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  return {
    source_region: textOf('region') ?? textOf('awsRegion') ?? ownRegion,
    event_tag: textOf('detail-type') ?? textOf('eventName') ?? 'unknown',
  };
}
