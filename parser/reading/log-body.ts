/**
 * The compressed bytes of one log file: all of them in hand, or a function that opens them as a stream,
 * from the first byte, as often as it is called (a second pass finds the byte at which broken JSON breaks).
 */
export type LogBody = Uint8Array | (() => AsyncIterable<Uint8Array>);

export function openBody(body: LogBody): AsyncIterable<Uint8Array> {
  return typeof body === 'function' ? body() : once(body);
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
