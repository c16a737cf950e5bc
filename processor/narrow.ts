/** Values from outside: texts parsed, and values narrowed by a schema, whatever somebody made of them. */
import type * as z from 'zod';

/**
 * The answer of the schema; `undefined` where it has none. zod compares the length of whatever has one, and throws where that is no
 * number but an object that cannot become one.
 */
export function narrow<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> | undefined {
  try {
    return schema.safeParse(value);
  } catch {
    return undefined;
  }
}

/** The value of a JSON text; `undefined` where it is none: whoever narrows it says what it should have been. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
