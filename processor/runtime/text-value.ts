/**
 * What the text of a variable may be: how it is read, and what counts where there is none. That is all that variables
 * take of a schema; zod, by which documents are checked, would be a third of the start of a command.
 */

export interface TextValue<Value> {
  /** Throws TextError. `undefined`: the variable is not set. */
  read(text: string | undefined): Value;
  /** The same, and a value where it is not set. */
  default(value: Value): TextValue<Value>;
  optional(): TextValue<Value | undefined>;
}

/** What is wrong with a text, in words: what was expected, and got. */
export class TextError extends Error {
  override readonly name = 'TextError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** `parse` throws an Error that says what is wrong with the text, `whereAbsent` a TextError where there must be one. */
export function textValue<Value, Absent = never>(
  parse: (text: string) => Value,
  whereAbsent: () => Absent = notSet('is not set'),
): TextValue<Value | Absent> {
  return {
    read(text) {
      if (text === undefined) return whereAbsent();
      try {
        return parse(text);
      } catch (error) {
        throw error instanceof TextError ? error : new TextError([(error as Error).message]);
      }
    },
    default: (value) => textValue<Value | Absent, Value | Absent>(parse, () => value),
    optional: () => textValue(parse, () => undefined),
  };
}

/** For a variable that must be set. */
export function notSet(problem: string): () => never {
  return () => {
    throw new TextError([problem]);
  };
}

/** Any text. */
export const anyText = textValue((text) => text);

/** A text of a form; `expected` says which. */
export function formed(isFormed: (text: string) => boolean, expected: string): TextValue<string> {
  return textValue((text) => {
    if (isFormed(text)) return text;
    throw new TextError([`expected ${expected}, got ${JSON.stringify(text)}`]);
  });
}
