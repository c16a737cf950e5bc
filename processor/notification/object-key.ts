/**
 * How each form of notification writes an object key, and the way back to the key as S3 knows it.
 * Sources: Amazon S3 User Guide, "Event message structure" (keys of notifications are URL encoded, with `+` for a
 * space), "Invoke AWS Lambda function" (so are those of Batch Operations), "Listing objects in an inventory".
 */

/** `raw, then decoded`: AWS does not say; the key is tried as it is first, and decoded if there is no such object. */
export type KeyEncoding = 'raw' | 'URL-encoded' | 'raw, then decoded';

export interface DecodedKey {
  readonly key: string;
  readonly otherKey?: string;
}

/** `undefined` where the percent-encoding is broken. */
export function readKey(written: string, encoding: KeyEncoding): DecodedKey | undefined {
  if (encoding === 'raw') return { key: written };
  const decoded = urlDecoded(written);
  if (encoding === 'URL-encoded') return decoded === undefined ? undefined : { key: decoded };
  return decoded === undefined || decoded === written
    ? { key: written }
    : { key: written, otherKey: decoded };
}

function urlDecoded(written: string): string | undefined {
  try {
    return decodeURIComponent(written.replaceAll('+', ' '));
  } catch {
    // A URIError says nothing that its absence does not.
    return undefined;
  }
}
