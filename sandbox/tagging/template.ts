/** Requests read by templates, strictly: what is missing, and what is not in the template, is a problem. */
import type { Members, Template } from './table.ts';

/** What a request said in the places of the names. */
export interface Said {
  arn?: string;
  id?: string;
  account?: string;
  readonly tags: Map<string, string>;
  readonly keys: string[];
}

/** Undefined where the value fits; else what is wrong with it, and where. `said` is added to. */
export function readBy(template: Template, value: unknown, said: Said, at = ''): string | undefined {
  if (value === undefined) return `${at} is missing`;
  if (typeof template === 'string' && template.startsWith('$')) return readName(template, value, said, at);
  if (isList(template)) return readList(template[0], value, said, at);
  if (typeof template === 'object' && template !== null) return readMembers(template, value, said, at);
  return template === value ? undefined : `${at} is ${show(value)}, expected ${show(template)}`;
}

function readName(name: string, value: unknown, said: Said, at: string): string | undefined {
  if (name === '$tags') {
    for (const [key, text] of Object.entries(Object(value))) {
      if (typeof text !== 'string') return `${at}.${key} is ${show(text)}, expected a string`;
      if (key !== XML_NAMESPACE) said.tags.set(key, text);
    }
    return typeof value === 'object' ? undefined : `${at} is ${show(value)}, expected a map`;
  }
  if (typeof value !== 'string') return `${at} is ${show(value)}, expected a string`;
  if (name === '$key') said.keys.push(value);
  else {
    const place = PLACES[name];
    if (place === undefined) return `${at} has a template that nobody knows: ${name}`;
    const known = said[place];
    if (known !== undefined && known !== value)
      return `${at} is ${show(value)}, elsewhere it is ${show(known)}`;
    said[place] = value;
  }
  return undefined;
}

const PLACES: Readonly<Record<string, 'arn' | 'id' | 'account'>> = {
  $arn: 'arn',
  $id: 'id',
  $account: 'account',
};

function readList(item: Template, value: unknown, said: Said, at: string): string | undefined {
  const items = Array.isArray(value) ? value : [value]; // XML has no lists of one
  for (const [index, each] of items.entries()) {
    const problem = isTag(item)
      ? readTag(item, each, said, `${at}[${index}]`)
      : readBy(item, each, said, `${at}[${index}]`);
    if (problem !== undefined) return problem;
  }
  return items.length > 0 ? undefined : `${at} is empty`;
}

function isTag(item: Template): item is Members {
  return typeof item === 'object' && item !== null && Object.values(item).includes('$key');
}

function readTag(item: Members, value: unknown, said: Said, at: string): string | undefined {
  const nameOf = (template: string) => Object.keys(item).find((name) => item[name] === template);
  const [keyName = '', valueName = ''] = [nameOf('$key'), nameOf('$value')];
  const { [keyName]: key, [valueName]: text, ...rest } = Object(value) as Record<string, unknown>;
  if (typeof key !== 'string') return `${at}.${keyName} is ${show(key)}, expected a string`;
  if (valueName === '') said.keys.push(key);
  else if (typeof text !== 'string') return `${at}.${valueName} is ${show(text)}, expected a string`;
  else if (said.tags.has(key)) return `${at}.${keyName} is ${show(key)}, as another before it`;
  else said.tags.set(key, text);
  const { [keyName]: _, [valueName]: __, ...others } = item;
  return readMembers(others, rest, said, at);
}

function readMembers(members: Members, value: unknown, said: Said, at: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `${at} is ${show(value)}, expected members`;
  const place = (name: string) => (at === '' ? name : `${at}.${name}`);
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(members, name));
  if (unknown !== undefined) return `${place(unknown)} is not known`;
  for (const [name, template] of Object.entries(members)) {
    const problem = readBy(template, (value as Record<string, unknown>)[name], said, place(name));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What an answer is made of. */
export interface Saying {
  readonly arn: string;
  readonly id: string;
  readonly account: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Of the tag that an item is about. */
  readonly key?: string;
  readonly value?: string;
}

/** An answer by its template. */
export function write(template: Template, saying: Saying): unknown {
  if (template === '$tags') return Object.fromEntries(saying.tags);
  if (isList(template)) return writeList(template[0], saying);
  if (typeof template === 'string' && template.startsWith('$')) return nameIn(saying, template);
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, each]) => [name, write(each, saying)]));
}

/** One item for each tag, in whatever it is wrapped. */
function writeList(item: Template, saying: Saying): unknown[] {
  if (!hasTag(item)) return [write(item, saying)];
  return [...saying.tags].map(([key, value]) => write(item, { ...saying, key, value }));
}

function hasTag(item: Template): boolean {
  if (typeof item !== 'object' || item === null || isList(item)) return item === '$key';
  return Object.values(item).some(hasTag);
}

function nameIn({ arn, id, account, key, value }: Saying, name: string): string {
  const values: Readonly<Record<string, string | undefined>> = {
    $arn: arn,
    $id: id,
    $account: account,
    $key: key,
    $value: value,
  };
  return values[name] ?? name;
}

function isList(template: Template): template is readonly [Template] {
  return Array.isArray(template);
}

const show = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));
const XML_NAMESPACE = '@xmlns';
