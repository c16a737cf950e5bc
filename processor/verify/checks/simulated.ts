/** What IAM's simulation said, sorted: allowed, denied and by what, or not known and why. */
import type { Unknown } from '../answer.ts';
import type { Decision, Permission, Question } from '../facts/facts.ts';

export interface Sorted {
  readonly allowed: readonly Question[];
  /** By what denies them; `undefined` where nothing allows them. */
  readonly denied: ReadonlyMap<Decision['deniedBy'], readonly Question[]>;
  /** Those that share a cause are told together. */
  readonly open: readonly { readonly cause: Cause; readonly questions: readonly Question[] }[];
}

export type Cause = Pick<Unknown, 'why' | 'todo'>;

export function sortedBy(permissions: readonly Permission[]): Sorted {
  const open = permissions.flatMap(({ question, decision }) => {
    const cause = causeOf(decision);
    return cause === undefined ? [] : { question, cause };
  });
  const decided = permissions.flatMap(({ question, decision }) =>
    decision.kind === 'found' && causeOf(decision) === undefined ? { question, ...decision.value } : [],
  );
  const denied = decided.filter(({ isAllowed }) => !isAllowed);
  return {
    allowed: decided.filter(({ isAllowed }) => isAllowed).map(({ question }) => question),
    denied: new Map(
      [...Map.groupBy(denied, ({ deniedBy }) => deniedBy)].map(([by, group]) => [
        by,
        group.map(({ question }) => question),
      ]),
    ),
    open: [...Map.groupBy(open, ({ cause }) => cause.why).values()].flatMap(([first, ...rest]) =>
      first === undefined
        ? []
        : { cause: first.cause, questions: [first, ...rest].map(({ question }) => question) },
    ),
  };
}

/** In words, by what. */
export function denialBy(by: Decision['deniedBy']): string {
  return by === undefined ? 'nothing allows it' : `it is denied by ${by}`;
}

/** Why it is not known; `undefined` where it is. */
function causeOf(decision: Permission['decision']): Cause | undefined {
  if (decision.kind === 'unknown') return decision;
  if (decision.kind === 'absent') return { why: 'IAM does not know that role', todo: 'deploy it again' };
  const { isAllowed, missingContext, deniedBy } = decision.value;
  // Of an administrator's role too (aws-containers/amazon-ecs-exec-checker, issue 70).
  if (deniedBy === 'a service control policy') {
    return {
      why: 'by the simulation a service control policy denies it, but that does not know their conditions',
      todo: 'see the service control policies of the account, in the management account',
    };
  }
  if (isAllowed || deniedBy !== undefined || missingContext.length === 0) return undefined;
  return {
    why: `it depends on ${missingContext.join(', ')}, which is not known here`,
    todo: 'run it where that is known: the organization is told to its own accounts only',
  };
}
