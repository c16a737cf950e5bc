/** What the facts of a row mean, in the words that users read: on the command line and in docs/coverage.md alike. */
import type { Confidence } from '../../parser/catalogue/row.ts';
import type { Api } from '../../tag-manager/apis/api.ts';
import { whyNamedOnly } from '../file/services.ts';
import type { CoveredEvent, Sums } from './coverage.ts';

/** How sure a row is, surest first. */
export const HOW_SURE: Readonly<Record<Confidence, { readonly words: string; readonly meaning: string }>> = {
  verified: {
    words: 'seen in real records',
    meaning: 'records of real accounts name the resource where the row looks for it',
  },
  documented: {
    words: 'documented',
    meaning: "examples in AWS's documentation, or records that somebody has edited, name it there",
  },
  peer: { words: 'read by another tagger', meaning: 'another tool that tags resources reads it there' },
  model: {
    words: "from AWS's service model",
    meaning: 'the model of the API says what the call answers, and CloudTrail writes down what it answers',
  },
  weak: {
    words: 'from the service model, with doubts',
    meaning: 'the same, but the model leaves room for doubt',
  },
};

export const CONFIDENCES = Object.keys(HOW_SURE) as readonly Confidence[];

/** What else a user should know of an event. */
export function notesOf(event: CoveredEvent): readonly string[] {
  const regions = Object.keys(event.creationIn ?? {});
  return [
    ...(event.isAlso ? ['made beside what the call is about'] : []),
    ...(event.when === undefined ? [] : ['one of several kinds of records']),
    ...(event.naming === 'reusable' ? ['its name can be used again'] : []),
    ...(event.creation === 'idempotent' ? ['a repeated call succeeds without creating'] : []),
    ...(event.creation === 'upsert' ? [upsertNote(event)] : []),
    ...(regions.length > 0 ? [`in ${regions.join(', ')} a repeated call succeeds without creating`] : []),
  ];
}

function upsertNote({ newWhen }: CoveredEvent): string {
  return newWhen === undefined
    ? 'the call also updates: tagged only with UPSERTS=tag'
    : 'the call also updates: tagged where the record proves that it created';
}

/** Of a service that `SERVICES=all` leaves out. */
export function notByDefault(service: string, quoted: (name: string) => string = (name) => name): string {
  return `left out by ${quoted('SERVICES=all')}, because ${whyNamedOnly(service)}: ${quoted(`SERVICES=all,${service}`)} tags it too`;
}

/** Which permissions reading and adding tags takes, a line each; those that it works without have a purpose. */
export function permissionLines(
  { actions, authorizedAs }: Api,
  quoted: (name: string) => string = (name) => name,
): readonly string[] {
  const { read, write, optional = [], unscoped = [] } = actions;
  const named = (action: string) =>
    unscoped.includes(action) ? `${quoted(action)} (can be granted for ${quoted('*')} only)` : quoted(action);
  return [
    `reads tags with ${named(read)}`,
    `adds tags with ${named(write)}`,
    ...(authorizedAs === undefined ? [] : [`authorized against ${quoted(authorizedAs)}`]),
    ...optional.map(({ action, purpose }) => `optional: ${named(action)}: ${purpose}`),
  ];
}

/** `1,434 API calls create: resources of 1,295 types in 277 services` */
export function sumsInWords({ calls, types, services }: Sums): string {
  return `${inWords(calls)} API calls create: resources of ${inWords(types)} types in ${inWords(services)} services`;
}

export function inWords(number: number): string {
  return number.toLocaleString('en');
}

export function counted(number: number, noun: string): string {
  return `${inWords(number)} ${noun}${number === 1 ? '' : 's'}`;
}
