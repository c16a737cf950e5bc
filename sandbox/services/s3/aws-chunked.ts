/**
 * The `aws-chunked` body encoding: chunks with their size in hexadecimal and perhaps a signature, an empty one, then
 * trailers such as the checksum (AmazonS3/latest/API/sigv4-streaming-trailers).
 *
 *   5;chunk-signature=…\r\n hello\r\n 0\r\n x-amz-checksum-crc32:NhCmhg==\r\n \r\n
 */

const LINE_END = '\r\n';

/** The body without its chunk lines, and the trailers by lower-case name. */
export function decodeChunked(encoded: Buffer): { body: Buffer; trailers: Readonly<Record<string, string>> } {
  const chunks: Buffer[] = [];
  let position = 0;
  while (position < encoded.length) {
    const end = encoded.indexOf(LINE_END, position);
    const size = Number.parseInt(encoded.toString('latin1', position, end), 16);
    position = end + LINE_END.length;
    if (!(size > 0)) break;
    chunks.push(encoded.subarray(position, position + size));
    position += size + LINE_END.length;
  }
  const lines = encoded.toString('latin1', position).split(LINE_END);
  const trailers = lines.filter((line) => line.includes(':')).map((line) => line.split(/:(.*)/s, 2));
  return {
    body: Buffer.concat(chunks),
    trailers: Object.fromEntries(
      trailers.map(([name = '', value = '']) => [name.toLowerCase(), value.trim()]),
    ),
  };
}
