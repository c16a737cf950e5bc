/**
 * Expressions, read strictly: what the grammar here does not know is a ValidationException, so that no client relies on
 * what nobody looked at. Names and values come through placeholders only (DynamoDB takes bare names too, but for its
 * 573 reserved words). Source: Amazon DynamoDB Developer Guide, "Using expressions in DynamoDB".
 */
import type { Input } from '../../operation.ts';
import { type AttributeValue, checkValue, compare, type Item, invalid, isEqual, typeOf } from './item.ts';

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | {
      readonly kind: 'compare';
      readonly name: string;
      readonly operator: string;
      readonly value: AttributeValue;
    }
  | {
      readonly kind: 'between';
      readonly name: string;
      readonly low: AttributeValue;
      readonly high: AttributeValue;
    }
  | { readonly kind: 'exists' | 'missing'; readonly name: string }
  | { readonly kind: 'begins'; readonly name: string; readonly value: AttributeValue };

export type Change =
  | { readonly kind: 'set' | 'default' | 'add'; readonly name: string; readonly value: AttributeValue }
  | { readonly kind: 'remove'; readonly name: string };

/** Reads the expressions of one request; `end` refuses placeholders that none of them used, as DynamoDB does. */
export interface Expressions {
  condition(member: string): Condition | undefined;
  changes(member: string): readonly Change[];
  names(member: string): readonly string[] | undefined;
  end(): void;
}

export function expressionsOf(input: Input): Expressions {
  const names = mapOf(input.ExpressionAttributeNames);
  const values = mapOf(input.ExpressionAttributeValues);
  for (const [key, value] of Object.entries(values)) checkValue(`ExpressionAttributeValues ${key}`, value);
  const used = new Set<string>();
  const take = (from: Readonly<Record<string, unknown>>, what: string) => (key: string) => {
    if (!Object.hasOwn(from, key))
      throw invalid(
        `An expression attribute ${what} used in expression is not defined; attribute ${what}: ${key}`,
      );
    used.add(key);
    return from[key];
  };
  const scope: Scope = {
    name: take(names, 'name') as Scope['name'],
    value: take(values, 'value') as Scope['value'],
  };
  const read = <Value>(member: string, parse: (tokens: Tokens) => Value): Value | undefined => {
    const text = input[member];
    if (text === undefined) return undefined;
    if (typeof text !== 'string' || text === '')
      throw invalid(`Invalid ${member}: The expression can not be empty;`);
    const tokens = tokensOf(text, member, scope);
    const parsed = parse(tokens);
    if (tokens.peek() !== undefined) tokens.fail();
    return parsed;
  };
  return {
    condition: (member) => read(member, anyOf),
    changes: (member) => read(member, changesOf) ?? [],
    names: (member) => read(member, (tokens) => listOf(tokens, () => tokens.name())),
    end() {
      for (const [what, from] of [['Names', names] as const, ['Values', values] as const]) {
        const unused = Object.keys(from).filter((key) => !used.has(key));
        if (unused.length > 0)
          throw invalid(
            `Value provided in ExpressionAttribute${what} unused in expressions: keys: {${unused.join(', ')}}`,
          );
      }
    },
  };
}

export function holds(condition: Condition, item: Item | undefined): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((each) => holds(each, item));
    case 'any':
      return condition.of.some((each) => holds(each, item));
    case 'exists':
      return item?.[condition.name] !== undefined;
    case 'missing':
      return item?.[condition.name] === undefined;
    default: {
      const value = item?.[condition.name];
      return value !== undefined && fits(condition, value);
    }
  }
}

function fits(
  condition: Extract<Condition, { readonly kind: 'compare' | 'between' | 'begins' }>,
  value: AttributeValue,
): boolean {
  if (condition.kind === 'begins')
    return typeof value.S === 'string' && value.S.startsWith(String(condition.value.S));
  if (condition.kind === 'between')
    return compare(condition.low, value) <= 0 && compare(value, condition.high) <= 0;
  const isSame = isEqual(value, condition.value);
  if (condition.operator === '=') return isSame;
  if (condition.operator === '<>') return !isSame;
  const order = compare(value, condition.value);
  if (condition.operator === '<') return order < 0;
  if (condition.operator === '<=') return order <= 0;
  if (condition.operator === '>') return order > 0;
  return order >= 0;
}

/** The item after the changes; ADD is for numbers and sets. */
export function changed(item: Item, changes: readonly Change[]): Item {
  const result: Record<string, AttributeValue> = { ...item };
  for (const change of changes) {
    if (change.kind === 'remove') delete result[change.name];
    else if (change.kind === 'set') result[change.name] = change.value;
    else if (change.kind === 'default') result[change.name] = item[change.name] ?? change.value;
    else result[change.name] = sum(item[change.name], change.value);
  }
  return result;
}

function sum(existing: AttributeValue | undefined, added: AttributeValue): AttributeValue {
  const type = typeOf(added);
  if (!['N', 'SS', 'NS'].includes(type) || (existing !== undefined && typeOf(existing) !== type))
    throw invalid('An operand in the update expression has an incorrect data type');
  if (existing === undefined) return added;
  if (type === 'N') return { N: String(Number(existing.N) + Number(added.N)) };
  return { [type]: [...new Set([...(existing[type] as string[]), ...(added[type] as string[])])] };
}

interface Scope {
  readonly name: (placeholder: string) => string;
  readonly value: (placeholder: string) => AttributeValue;
}

interface Tokens {
  peek(): string | undefined;
  /** Takes the next token where it is this one, in any case of letters. */
  takes(token: string): boolean;
  expect(token: string): void;
  name(): string;
  value(): AttributeValue;
  next(): string;
  fail(): never;
}

function tokensOf(text: string, member: string, scope: Scope): Tokens {
  const list = text.match(/[#:]?\w+|<>|<=|>=|[=<>(),]|\S/g) ?? [];
  let at = 0;
  const fail = (): never => {
    const near = list.slice(Math.max(0, at - 1), at + 2).join(' ');
    throw invalid(`Invalid ${member}: Syntax error; token: "${list[at] ?? '<EOF>'}", near: "${near}"`);
  };
  const next = (): string => list[at++] ?? fail();
  const takes = (token: string): boolean => {
    if (list[at]?.toUpperCase() !== token.toUpperCase()) return false;
    at++;
    return true;
  };
  return {
    peek: () => list[at],
    takes,
    expect: (token) => {
      if (!takes(token)) fail();
    },
    name: () => (list[at]?.startsWith('#') ? scope.name(next()) : fail()),
    value: () => (list[at]?.startsWith(':') ? scope.value(next()) : fail()),
    next,
    fail,
  };
}

function anyOf(tokens: Tokens): Condition {
  const of = [allOf(tokens)];
  while (tokens.takes('OR')) of.push(allOf(tokens));
  return joined('any', of);
}

function allOf(tokens: Tokens): Condition {
  const of = [oneOf(tokens)];
  while (tokens.takes('AND')) of.push(oneOf(tokens));
  return joined('all', of);
}

function joined(kind: 'all' | 'any', of: readonly Condition[]): Condition {
  const [first] = of;
  return first !== undefined && of.length === 1 ? first : { kind, of };
}

const EXISTENCE = { attribute_exists: 'exists', attribute_not_exists: 'missing' } as const;

function oneOf(tokens: Tokens): Condition {
  if (tokens.takes('(')) {
    const inner = anyOf(tokens);
    tokens.expect(')');
    return inner;
  }
  for (const [word, kind] of Object.entries(EXISTENCE)) {
    if (tokens.takes(word)) return { kind, name: inBrackets(tokens, () => tokens.name()) };
  }
  if (tokens.takes('begins_with')) {
    return inBrackets(tokens, () => {
      const name = tokens.name();
      tokens.expect(',');
      return { kind: 'begins', name, value: tokens.value() };
    });
  }
  const name = tokens.name();
  if (tokens.takes('BETWEEN')) {
    const low = tokens.value();
    tokens.expect('AND');
    return { kind: 'between', name, low, high: tokens.value() };
  }
  const operator = ['=', '<>', '<', '<=', '>', '>='].find((each) => tokens.takes(each)) ?? tokens.fail();
  return { kind: 'compare', name, operator, value: tokens.value() };
}

function inBrackets<Value>(tokens: Tokens, read: () => Value): Value {
  tokens.expect('(');
  const value = read();
  tokens.expect(')');
  return value;
}

function listOf<Value>(tokens: Tokens, read: () => Value): Value[] {
  const list = [read()];
  while (tokens.takes(',')) list.push(read());
  return list;
}

/** Each clause once, in any order; no attribute twice. */
function changesOf(tokens: Tokens): Change[] {
  const changes: Change[] = [];
  const clauses = new Set(['SET', 'ADD', 'REMOVE']);
  while (tokens.peek() !== undefined) {
    const clause = [...clauses].find((each) => tokens.takes(each)) ?? tokens.fail();
    clauses.delete(clause);
    changes.push(...listOf(tokens, () => changeOf(clause, tokens)));
  }
  const names = changes.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw invalid(`Invalid UpdateExpression: Two document paths overlap with each other; path: [${twice}]`);
  return changes;
}

function changeOf(clause: string, tokens: Tokens): Change {
  const name = tokens.name();
  if (clause === 'REMOVE') return { kind: 'remove', name };
  if (clause === 'ADD') return { kind: 'add', name, value: tokens.value() };
  tokens.expect('=');
  if (!tokens.takes('if_not_exists')) return { kind: 'set', name, value: tokens.value() };
  return inBrackets(tokens, () => {
    if (tokens.name() !== name) tokens.fail();
    tokens.expect(',');
    return { kind: 'default', name, value: tokens.value() };
  });
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
