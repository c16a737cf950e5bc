/** How the bytes of a file begin, and what that says of them. */

/** RFC 1952, section 2.3.1. */
export const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** U+FEFF in UTF-8, which some tools put before a document; it belongs to none (RFC 8259, section 8.1). */
const MARK = [0xef, 0xbb, 0xbf] as const;

/** So many bytes are enough to ask the functions below. */
export const ENOUGH_BYTES = MARK.length + 1;

const BEFORE_JSON = new Set(Buffer.from('{[ \t\r\n'));

export function isGzip(bytes: Uint8Array): boolean {
  return startsWith(bytes, GZIP_MAGIC);
}

/** An object, an array, or the white space before one: a file that something on the way has decompressed already. */
export function isJson(bytes: Uint8Array): boolean {
  const [first = 0] = bytes.subarray(markLength(bytes));
  return BEFORE_JSON.has(first);
}

/** Bytes of the byte order mark: 3, or 0 where there is none. */
export function markLength(bytes: Uint8Array): number {
  return startsWith(bytes, MARK) ? MARK.length : 0;
}

function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((byte, at) => bytes[at] === byte);
}
