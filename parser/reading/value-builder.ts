/**
 * Builds one JSON value out of the parser's tokens, and gives it up, without holding it any longer, once it
 * is over the size bound.
 */
import { Assembler } from 'stream-json/assembler.js';
import type { Token } from 'stream-json/core/parser.js';

/** Of a value that was given up: enough of a key to tell it from those we look for; pieces have 256 at most. */
const MAX_KEY_LENGTH = 256;

export interface ValueBuilder {
  take(token: Token): void;
  /** The last key that was read to its end, at whatever depth, also in a value that was given up. */
  readonly lastKey: string;
  readonly tooLarge: boolean;
  /** The value, once its last token was taken; meaningless when `tooLarge`. */
  readonly value: unknown;
}

/**
 * The size is that of the value written without white space and without commas, escapes decoded, in UTF-16
 * units: never more than the bytes it takes in the file, so what is small in the file is small here.
 */
export function buildValue(maxBytes: number): ValueBuilder {
  let assembler: Assembler | undefined = new Assembler();
  let size = 0;
  let text = ''; // of the key, string or number that we are in
  let inKey = false;
  let lastKey = '';

  return {
    take(token) {
      size += sizeOf(token);
      if (size > maxBytes) assembler = undefined;
      switch (token.name) {
        case 'startKey':
        case 'startString':
        case 'startNumber':
          text = '';
          inKey = token.name === 'startKey';
          break;
        case 'stringChunk':
        case 'numberChunk':
          if (assembler !== undefined || (inKey && text.length < MAX_KEY_LENGTH)) text += token.value;
          break;
        case 'endKey':
          lastKey = text;
          assembler?.consume({ name: 'keyValue', value: text });
          break;
        case 'endString':
          assembler?.consume({ name: 'stringValue', value: text });
          break;
        case 'endNumber':
          assembler?.consume({ name: 'numberValue', value: text });
          break;
        default:
          assembler?.consume(token);
      }
    },
    get lastKey() {
      return lastKey;
    },
    get tooLarge() {
      return assembler === undefined;
    },
    get value() {
      return assembler?.current;
    },
  };
}

function sizeOf(token: Token): number {
  switch (token.name) {
    case 'stringChunk':
    case 'numberChunk':
      return token.value.length;
    case 'startNumber':
    case 'endNumber':
      return 0;
    case 'falseValue':
      return 'false'.length;
    case 'trueValue':
    case 'nullValue':
      return 'true'.length;
    default:
      return 1; // a brace, a bracket or a quote
  }
}
