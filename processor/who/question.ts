/** What is asked: about one resource, by its ARN, its id or its name, or about all that somebody made. Plain data, which goes to threads. */
import { asRecordTells, serviceOf } from '../../parser/catalogue/arn-template.ts';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { SoughtText } from '../../parser/reading/mentions.ts';

export interface ResourceQuestion {
  readonly kind: 'resource';
  /** As it was asked. */
  readonly text: string;
  /** The forms that the ARN may have in records; none of an id or a name. */
  readonly arns: readonly string[];
  /** Behind the last colon or slash. */
  readonly lastPart: string;
  readonly needle: SoughtText | undefined;
}

/** Why an event, or a resource, was not tagged. */
export interface WhyQuestion {
  readonly kind: 'why';
  /** The id of an event, or what `resource` is asked by. */
  readonly text: string;
  readonly resource: ResourceQuestion;
}

export interface CreatorQuestion {
  readonly kind: 'creator';
  /** Patterns, as those of `INCLUDE_CREATORS`. */
  readonly patterns: readonly string[];
  /** ISO 8601, UTC. The first is inside, the last is not. */
  readonly from?: string;
  readonly to?: string;
}

export type Question = ResourceQuestion | CreatorQuestion | WhyQuestion;

/** Longer ones are no name of anything (the longest ARN has 2,048). */
export const MAX_RESOURCE_CHARACTERS = 2_048;

export function askWhy(text: string): WhyQuestion {
  return { kind: 'why', text, resource: askAboutResource(text) };
}

/** Its needle stands in every record that created or deleted the resource, so that other files need not be looked into. */
export function askAboutResource(text: string): ResourceQuestion {
  const lastPart = lastPartOf(text);
  if (!text.startsWith('arn:')) {
    return { kind: 'resource', text, arns: [], lastPart, needle: needleIn(lastPart, !MADE_ID.test(text)) };
  }
  const service = serviceOf(text);
  const templates = new Set(catalogue().flatMap((row) => (serviceOf(row.arn) === service ? row.arn : [])));
  const isFixed = [...templates].some((template) => lastPartOf(template) === lastPart); // no record need hold it
  return {
    kind: 'resource',
    text,
    arns: formsOf(text, templates),
    lastPart,
    needle: isFixed ? undefined : needleIn(lastPart, CASELESS.has(service)),
  };
}

/** As it is, as a record tells it, and without the path that the names of IAM may have. */
function formsOf(arn: string, templates: Iterable<string>): readonly string[] {
  const told = [...templates].map((template) => asRecordTells(template, arn));
  return [...new Set([arn, ...told, pathless(arn)])];
}

/** As names of IAM are kept: it has no two of a type with the same name, whatever their paths. */
export function pathless(arn: string): string {
  return serviceOf(arn) === 'iam' ? arn.replace(/\/.*\//s, '/') : arn;
}

function lastPartOf(arn: string): string {
  return arn.split(/[:/]/).findLast((part) => part !== '' && part !== '*') ?? '';
}

const EVENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** It has the form of one; ids of some resources have it, too. */
export function isEventId(text: string): boolean {
  return EVENT_ID.test(text);
}

/** What JSON writes in one way only. Shorter ones would be found everywhere. */
const PLAIN_RUNS = /[A-Za-z0-9_.-]{3,}/g;

/** An id that AWS made, `i-0abc…` or a UUID: it is written in one way. */
const MADE_ID = /^(?:[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Whose names the catalogue reads with `|lower`. */
const CASELESS = new Set(['rds', 'redshift', 'elasticache']);

function needleIn(text: string, isCaseless: boolean): SoughtText | undefined {
  const runs = [...text.matchAll(PLAIN_RUNS)].map(([run]) => run);
  const [longest] = runs.toSorted((one, other) => other.length - one.length);
  return longest === undefined ? undefined : { text: longest, isCaseless };
}

/** Whether the question may be about a resource that is called so. */
export function isAskedFor(
  { text, arns }: ResourceQuestion,
  resource: {
    readonly arn: string;
    readonly name?: string;
    readonly id?: string;
    readonly tagId?: string | undefined;
  },
): boolean {
  const { arn, name = arn, id, tagId } = resource;
  if (arns.length > 0) return arns.includes(arn) || arns.includes(name);
  return id === text || tagId === text || isCalled(arn, text) || isCalled(name, text);
}

/** What stands behind a colon or a slash: a name may have some of its own, as log groups do. */
function isCalled(arn: string, text: string): boolean {
  if (text === '' || !arn.endsWith(text)) return false;
  const before = arn[arn.length - text.length - 1];
  return before === ':' || before === '/' || text.startsWith('/');
}
