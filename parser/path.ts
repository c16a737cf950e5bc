/**
 * Dotted paths into a record: `a.b[].c`. `x[]` takes the elements of a list, or a single object as a list of
 * one, because CloudTrail writes XML lists of one element as that element. Keys are compared without regard
 * to case, because services spell them differently (`Host`, `host`). A suffix `|last` or `|beforeLast` takes
 * the last or second to last part of a value between slashes; `|noslash` takes a slash off its beginning; `|lower`
 * writes it in lower case.
 */
import { isJsonObject, type JsonObject } from './record.ts';

type Transform = (text: string) => string | undefined;

const TRANSFORMS: Readonly<Record<string, Transform>> = {
  last: (text) => text.split('/').at(-1),
  beforeLast: (text) => text.split('/').at(-2),
  noslash: (text) => text.replace(/^\//, ''),
  lower: (text) => text.toLowerCase(),
};

/** Every value that the path reaches, in order; nothing where it leads nowhere, and never a null. */
export function valuesAt(from: unknown, path: string): readonly unknown[] {
  const { steps, transforms } = compiled(path);
  let values: readonly unknown[] = [from];
  for (const step of steps) {
    values = values.length === 1 ? follow(values[0], step) : values.flatMap((value) => follow(value, step));
  }
  return transforms.length === 0 ? values : values.map((value) => transforms.reduce(transform, value));
}

/** The values of the first path that reaches any. */
export function firstValuesAt(from: unknown, paths: readonly string[]): readonly unknown[] {
  for (const path of paths) {
    const values = valuesAt(from, path);
    if (values.length > 0) return values;
  }
  return [];
}

/** The value at a path that should reach just one string; `undefined` for anything else, and for ''. */
export function textAt(from: unknown, path: string): string | undefined {
  const [value] = valuesAt(from, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

interface Step {
  readonly key: string;
  readonly isList: boolean;
}

interface CompiledPath {
  readonly steps: readonly Step[];
  readonly transforms: readonly string[];
}

/** The paths of the catalogue are few, and each is asked for in every record: taken apart once. */
const compiledPaths = new Map<string, CompiledPath>();

function compiled(path: string): CompiledPath {
  const known = compiledPaths.get(path);
  if (known !== undefined) return known;
  const [route = '', ...transforms] = path.split('|');
  const steps = route.split('.').map((step) => {
    const isList = step.endsWith('[]');
    return { key: isList ? step.slice(0, -2) : step, isList };
  });
  compiledPaths.set(path, { steps, transforms });
  return { steps, transforms };
}

function follow(value: unknown, { key, isList }: Step): readonly unknown[] {
  if (!isJsonObject(value)) return [];
  const found = property(value, key);
  if (found === undefined || found === null) return [];
  return isList && Array.isArray(found) ? found.filter((element) => element !== null) : [found];
}

function property(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
}

function transform(value: unknown, name: string): unknown {
  return typeof value === 'string' ? TRANSFORMS[name]?.(value) : value;
}
