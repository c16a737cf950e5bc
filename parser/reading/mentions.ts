/** Whether the document of a log file holds a text anywhere: far cheaper than parsing it, where most files hold it nowhere. */
import type { Bounds } from '../bounds.ts';
import { gunzip } from './gunzip.ts';
import { gunzipWhole } from './gunzip-whole.ts';
import { type LogBody, openBody } from './log-body.ts';

export interface SoughtText {
  /** Of ASCII characters that JSON writes in one way only. */
  readonly text: string;
  /** Letters count in either case. */
  readonly isCaseless: boolean;
}

/** Of a small file that is whole; `undefined` where `mentions` must read it, and says what is wrong with it. */
export function mentionsWhole(
  compressed: Uint8Array,
  sought: SoughtText,
  bounds: Bounds,
): boolean | undefined {
  const document = gunzipWhole(compressed, bounds);
  return document && holds(document, sought);
}

/** Throws what keeps the file from being read as far as the text, or to its end, and the reason of the signal. */
export async function mentions(
  body: LogBody,
  sought: SoughtText,
  bounds: Bounds,
  signal?: AbortSignal,
): Promise<boolean> {
  const whole = body instanceof Uint8Array ? mentionsWhole(body, sought, bounds) : undefined;
  if (whole !== undefined) return whole;
  let end = Buffer.alloc(0); // a text may lie across two chunks
  for await (const chunk of gunzip(openBody(body), bounds, signal)) {
    const seam = Buffer.concat([end, chunk.subarray(0, sought.text.length)]);
    if (holds(seam, sought) || holds(chunk, sought)) return true;
    end = Buffer.concat([end, chunk.subarray(-sought.text.length)]).subarray(-sought.text.length);
  }
  return false;
}

function holds(bytes: Buffer, { text, isCaseless }: SoughtText): boolean {
  if (!isCaseless) return bytes.includes(text, 0, 'latin1');
  return bytes.toString('latin1').toLowerCase().includes(text.toLowerCase());
}
