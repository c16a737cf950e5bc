/**
 * From what a row says of tag keys and values to the rules that they are made legal by. A row names characters as the
 * inside of one character class, never as a whole pattern: a class takes linear time whatever is matched, and the
 * patterns of service models do not. What of a pattern is no class stands in the row as `most`, `least` or `reserved`;
 * the few that could not be said so are any character in the row (`.*`, `\P{C}*`) with a second try in plainer ones.
 */
import type { KeyRules, ValueRules } from './api.ts';

/** As a row says it. */
export interface CharacterRules {
  readonly most?: number;
  readonly least?: number;
  /** `common`, `any`, or the inside of a class, from `^` on of those that are refused; absent where nobody states it. */
  readonly characters?: string;
  /** `uncommon`, or the inside of a class. */
  readonly doubtful?: string;
  readonly reserved?: readonly string[];
  /** Of keys. */
  readonly caseless?: boolean;
}

/** The set of most services ("Tag naming limits and requirements"): letters, white space, digits and these. */
const COMMON = String.raw`\p{L}\p{Z}\p{N}_.:/=+\-@`;

/** What every service takes, however narrow its set. */
const NARROW = String.raw`a-zA-Z0-9 _.:/=+\-`;

/** Control characters are accepted where any character is, but only make tags unreadable. */
const CONTROL = /\p{Cc}/gu;

const MAX_KEY_CHARACTERS = 128;
const MAX_VALUE_CHARACTERS = 256;

export function keyRules(rules: CharacterRules = {}): KeyRules {
  const { most, characters, reserved = ['aws:'], caseless = false } = rules;
  return {
    maxCharacters: most ?? MAX_KEY_CHARACTERS,
    refused: refusedBy(characters),
    reservedPrefixes: reserved,
    areCaseless: caseless,
  };
}

export function valueRules(rules: CharacterRules = {}): ValueRules {
  const { most, least = 0, characters, reserved = [] } = rules;
  const doubtful = doubtfulOf(rules);
  return {
    maxCharacters: most ?? MAX_VALUE_CHARACTERS,
    refused: refusedBy(characters),
    needsValue: least > 0,
    reservedPrefixes: reserved,
    ...(doubtful === undefined ? {} : { doubtful }),
  };
}

/** What a key must keep to in order to be taken by almost all services: the narrowest length, all reserved beginnings. */
export const KEYS_EVERYWHERE: KeyRules = keyRules({
  most: 127, // EC2
  characters: 'common',
  reserved: ['aws:', 'rds:'],
});

/** Where nobody states the characters, the common ones are tried first. */
function refusedBy(characters = 'common'): RegExp {
  if (characters === 'any') return CONTROL;
  if (characters === 'common') return new RegExp(`[^${COMMON}]`, 'gu');
  if (characters.startsWith('^')) return new RegExp(`[${characters.slice(1)}\\p{Cc}]`, 'gu');
  return new RegExp(`[^${characters}]`, 'gu');
}

function doubtfulOf({ characters, doubtful }: CharacterRules): RegExp | undefined {
  if (doubtful === 'uncommon') return new RegExp(`[^${COMMON}]`, 'gu');
  if (doubtful !== undefined) return new RegExp(`[${doubtful}]`, 'gu');
  return characters === undefined ? new RegExp(`[^${NARROW}]`, 'gu') : undefined;
}
