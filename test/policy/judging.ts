/** What is asked, judged in numbers: which are refused, which are allowed; and documents with a statement less or an action more. */
import { size } from '../helpers/runs.ts';
import type { Asked } from './asked.ts';
import type { Document } from './deployed.ts';
import type { Iam } from './simulate.ts';

/** Strictly some of all actions, and in `npm run prove` all calls; the others by the statements alone. */
async function answers(calls: readonly Asked[], iam: Iam) {
  const strict = new Set(size(some(oneOfEach(calls)), calls));
  return Promise.all(
    calls.map(
      async (each) => [each, await (strict.has(each) ? iam.strictly(each) : iam.quickly(each))] as const,
    ),
  );
}

export async function refused(calls: readonly Asked[], iam: Iam): Promise<readonly string[]> {
  const all = await answers(calls, iam);
  return all.flatMap(([each, answer]) => (answer === 'Allowed' ? [] : [`${answer}: ${nameOf(each)}`]));
}

/** Whether any is. */
export async function isRefused(calls: readonly Asked[], iam: Iam): Promise<boolean> {
  for (const each of calls) if ((await iam.quickly(each)) !== 'Allowed') return true;
  return false;
}

export async function allowed(
  calls: readonly Asked[],
  iam: Iam,
  how: keyof Iam = 'quickly',
): Promise<readonly string[]> {
  const all = await Promise.all(calls.map(async (each) => [each, await iam[how](each)] as const));
  return all.flatMap(([each, answer]) => (answer === 'Allowed' ? [nameOf(each)] : []));
}

const nameOf = ({ action, resource, context }: Asked) =>
  `${action} on ${resource} ${JSON.stringify(context)}`;

export const actionsAsked = (calls: readonly Asked[]): readonly string[] =>
  [...new Set(calls.map(({ action }) => action))].sort();

export const actionsOf = (documents: readonly Document[]): readonly string[] =>
  [...new Set(documents.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)))].sort();

export const sidsOf = (documents: readonly Document[]): readonly string[] => [
  ...new Set(documents.flatMap(({ Statement }) => Statement.map(({ Sid = '' }) => Sid))),
];

export const without = (document: Document, sid: string): Document => ({
  ...document,
  Statement: document.Statement.filter(({ Sid }) => Sid !== sid),
});

export const only = (document: Document, sid: string): Document => ({
  ...document,
  Statement: document.Statement.filter(({ Sid }) => Sid === sid),
});

export const withAction = (document: Document, action: string): Document => {
  const [first, ...rest] = document.Statement;
  if (first === undefined) throw new Error('there is no statement');
  return { ...document, Statement: [{ ...first, Action: [first.Action, action].flat() }, ...rest] };
};

/** A part of many, for every day. */
export const some = (calls: readonly Asked[]): readonly Asked[] =>
  calls.filter((_, at) => size(calls.length < 50 || at % 8 === 0, true));

export const oneOfEach = <Each extends Asked>(calls: readonly Each[]): readonly Each[] => [
  ...new Map(calls.map((each) => [each.action, each])).values(),
];
