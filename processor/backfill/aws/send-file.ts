/** A file into the backfill bucket, of up to gigabytes. */
import { createReadStream } from 'node:fs';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import { type Destination, sendInParts } from '../../file/send-in-parts.ts';
import { type FileToSend, PART_BYTES, SENDING_MS } from './sending.ts';

const PARTS = { partBytes: PART_BYTES, partsAtOnce: 4, sendingMs: SENDING_MS };

/** More than `PART_BYTES` of it. Gives the ETag as S3 does, in quotes. Throws CallError, or what the disk says. */
export function sendFile(
  { path, bytes }: FileToSend,
  destination: Destination,
  calls: Calls,
  signal: AbortSignal,
): Promise<string> {
  return sendInParts(createReadStream(path), destination, { ...PARTS, bytes }, calls, signal);
}
