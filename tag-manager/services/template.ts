/** Requests made of templates, and answers read by them; the grammar stands beside the type in apis/api.ts. */
import type { Operation, Template, TemplateMembers } from '../apis/api.ts';

/** What stands in a request for the names in its template; what is undefined is left out. */
export interface Filling {
  readonly arn: string;
  /** Several go into one list. */
  readonly ids: readonly string[];
  readonly account: string;
  /** Of a queue. */
  readonly url: string;
  /** Where only keys are asked for, their values do not count. */
  readonly tags: ReadonlyMap<string, string>;
  /** From the page before. */
  readonly next: string | undefined;
  readonly last: string | undefined;
}

/** What an answer said. */
export interface Answer {
  readonly tags: readonly AnsweredTag[];
  readonly next: string | undefined;
  readonly hasMore: boolean;
  /** Epoch milliseconds. */
  readonly times: readonly number[];
  /** Ids of members that its tags go on to. */
  readonly members: readonly string[];
  /** Why the call failed, whatever its status is. */
  readonly failures: readonly AnsweredFailure[];
}

export interface AnsweredFailure {
  /** Its code; empty where there is none, and then it is no failure. */
  readonly error: string;
  readonly message: string;
}

export interface AnsweredTag {
  readonly key: string;
  readonly value: string;
  /** Whose tag it is, where the answer is about several. */
  readonly id: string | undefined;
}

/** All members of a request, wherever in the request they go. */
export function membersOf({ labels, query, headers, in: body }: Operation): TemplateMembers {
  return { ...labels, ...query, ...headers, ...body };
}

/** `Tags[Tag]` is the member `Tags`, whose items are called `Tag`. */
export function splitName(name: string): { readonly member: string; readonly item: string | undefined } {
  const [, member = name, item] = /^(.*)\[(.*)\]$/.exec(name) ?? [];
  return { member, item };
}

export function fill(members: TemplateMembers, filling: Filling): Record<string, unknown> {
  return fillMembers(members, (name) => fillName(name, filling), filling);
}

type Names = (name: string) => unknown;

function fillMembers(members: TemplateMembers, names: Names, filling: Filling): Record<string, unknown> {
  const filled = Object.entries(members).map(([name, template]) => {
    return [splitName(name).member, fillOne(template, names, filling)] as const;
  });
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}

function fillOne(template: Template, names: Names, filling: Filling): unknown {
  if (typeof template === 'boolean') return template;
  if (typeof template === 'string') return names(template);
  if (!isList(template)) return fillMembers(template, names, filling);
  const [item] = template;
  if (item === '$id') return filling.ids;
  if (!JSON.stringify(item).includes('"$key"')) return [fillOne(item, names, filling)];
  return [...filling.tags].map(([key, value]) => {
    const ofTag: Names = (name) => (name === '$key' ? key : name === '$value' ? value : names(name));
    return fillOne(item, ofTag, filling);
  });
}

function fillName(name: string, filling: Filling): unknown {
  switch (name) {
    case '$arn':
      return filling.arn;
    case '$id':
      return filling.ids[0];
    case '$account':
      return filling.account;
    case '$url':
      return filling.url;
    case '$tags':
      return Object.fromEntries(filling.tags);
    case '$next':
      return filling.next;
    case '$last':
      return filling.last;
    default:
      return name;
  }
}

/** What is missing or of another type than the template has it says nothing. */
export function readAnswer(members: TemplateMembers, answer: unknown): Answer {
  const found: Found = { tags: [], next: undefined, hasMore: false, times: [], members: [], failures: [] };
  readInto(found, members, answer);
  return found;
}

interface Found {
  tags: AnsweredTag[];
  next: string | undefined;
  hasMore: boolean;
  times: number[];
  members: string[];
  failures: AnsweredFailure[];
}

function readInto(found: Found, template: Template, value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof template === 'boolean') return;
  if (typeof template === 'string') readName(found, template, value);
  else if (isList(template)) {
    for (const item of Array.isArray(value) ? value : []) readInto(found, template[0], item);
  } else if (typeof value === 'object') readMembers(found, template, value as Record<string, unknown>);
}

function readName(found: Found, name: string, value: unknown): void {
  if (name === '$tags' && typeof value === 'object') {
    for (const [key, text] of Object.entries(value ?? {}))
      found.tags.push({ key, value: textOf(text), id: undefined });
  }
  if (name === '$next' && typeof value === 'string' && value !== '') found.next = value; // the last page may have an empty one
  if (name === '$member' && typeof value === 'string') found.members.push(value);
  if (name === '$more') found.hasMore = value === true;
  if (name === '$time' && value instanceof Date) found.times.push(value.getTime());
  if (name === '$seconds' && /^\d+$/.test(textOf(value))) found.times.push(Number(value) * 1000);
}

function readMembers(found: Found, members: TemplateMembers, value: Readonly<Record<string, unknown>>): void {
  const nameOf = (template: string) => Object.keys(members).find((name) => members[name] === template);
  const [error, message] = [nameOf('$error'), nameOf('$message')];
  if (error !== undefined && textOf(value[error]) !== '') {
    found.failures.push({ error: textOf(value[error]), message: textOf(value[message ?? '']) });
  }
  const [key, text, id] = [nameOf('$key'), nameOf('$value'), nameOf('$id')];
  if (key === undefined || text === undefined) {
    for (const [name, template] of Object.entries(members)) {
      readInto(found, template, value[splitName(name).member]);
    }
    return;
  }
  const whose = id === undefined ? undefined : textOf(value[id]);
  // A tag without a value has the empty one.
  if (typeof value[key] === 'string')
    found.tags.push({ key: value[key], value: textOf(value[text]), id: whose });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isList(template: Template): template is readonly [Template] {
  return Array.isArray(template);
}
