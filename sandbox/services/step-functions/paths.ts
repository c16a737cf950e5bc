/**
 * Data of the States Language that is read by JSONPath: paths, payload templates and intrinsic functions, as far as definitions here
 * use them (states-language.net/spec.html, "Paths", "Payload Template"; Developer Guide, "Intrinsic functions"). What else there is
 * is refused.
 */
import { StatesError } from './states-error.ts';

/** What `$` and `$$` stand for. */
export interface PathData {
  readonly input: unknown;
  readonly context?: unknown;
}

const STEP = /^(?:\.([A-Za-z_][\w-]*)|\[(\d+)\])/;

/** `undefined` where there is nothing. */
export function find(path: string, data: PathData): unknown {
  const isContext = path.startsWith('$$');
  let rest = path.slice(isContext ? 2 : 1);
  let value = isContext ? data.context : data.input;
  while (rest !== '') {
    const [step, name, index] = STEP.exec(rest) ?? [];
    if (step === undefined) throw new StatesError('States.Runtime', `the sandbox does not read ${path}`);
    value = taken(value, name ?? index);
    rest = rest.slice(step.length);
  }
  return value;
}

function taken(value: unknown, member: string | undefined): unknown {
  if (typeof value !== 'object' || value === null || member === undefined) return undefined;
  return Object.hasOwn(value, member) ? (value as Readonly<Record<string, unknown>>)[member] : undefined;
}

/** Fails where there is nothing. */
export function at(path: string, data: PathData): unknown {
  const value = find(path, data);
  if (value !== undefined) return value;
  throw new StatesError(
    'States.Runtime',
    `The JSONPath '${path}' could not be found in the input '${JSON.stringify(data.input)?.slice(0, 200)}'`,
  );
}

/** Members whose names end in `.$` are paths or intrinsic functions. */
export function filled(template: unknown, data: PathData): unknown {
  if (Array.isArray(template)) return template.map((each) => filled(each, data));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$') ? [name.slice(0, -2), computed(String(value), data)] : [name, filled(value, data)],
    ),
  );
}

const INTRINSICS: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  'States.Array': (args) => args,
  'States.ArrayGetItem': ([array, index]) => (array as readonly unknown[])[Number(index)],
  'States.ArrayLength': ([array]) => (array as readonly unknown[]).length,
  'States.MathAdd': ([one, other]) => Number(one) + Number(other),
};

function computed(text: string, data: PathData): unknown {
  if (text.startsWith('$')) return at(text, data);
  if (/^-?\d+$/.test(text)) return Number(text);
  const [, name = '', args = ''] = /^(States\.\w+)\((.*)\)$/s.exec(text) ?? [];
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined)
    throw new StatesError('States.IntrinsicFailure', `the sandbox does not know ${text}`);
  return intrinsic(args.split(',').map((arg) => computed(arg.trim(), data)));
}

/** ResultPath: where in the state's input its result is put; `null` throws it away. */
export function placed(input: unknown, path: string | null | undefined, result: unknown): unknown {
  if (path === null) return input;
  if (path === undefined || path === '$') return result;
  const name = /^\$\.(\w+)$/.exec(path)?.[1];
  if (name === undefined) throw new StatesError('States.Runtime', `the sandbox does not read ${path}`);
  return { ...(input as object), [name]: result };
}
