/** Checks of other accounts and of the role in each. Of hundreds, like complaints are told once. */
import { type Answer, foundIn } from '../answer.ts';
import type { Facts, MemberFacts, Question } from '../facts/facts.ts';
import { isSessionOf } from '../facts/session.ts';
import { counted, type Finding, few, hint, missing, ok, unknown } from '../finding.ts';
import type { CheckRow } from './check-row.ts';
import { SIMULATION } from './permissions.ts';
import { denialBy, sortedBy } from './simulated.ts';

const HOW = '(docs/deployment.md, "An organization")';

export const ACCOUNT_CHECKS: readonly CheckRow[] = [
  {
    name: 'accounts.known',
    asks: 'which other accounts there are: those of `--accounts`, or all active ones of the organization',
    actions: ['organizations:ListAccounts'],
    check: (facts) => (facts.settings.kind === 'read' ? checkKnown(facts) : []),
  },
  {
    name: 'accounts.allowed',
    asks: "the function's role may assume the role of `MEMBER_ROLE_NAME` in each",
    actions: [SIMULATION, 'organizations:DescribeOrganization'],
    check: ({ members }) => (members === undefined ? [] : checkAllowed(members)),
  },
  {
    name: 'accounts.trust',
    asks: 'that role is there and lets the function in. Only an attempt shows it: where the role trusts the function alone, it is not known unless you are the function',
    actions: ['sts:AssumeRole'],
    check: (facts) => (facts.members === undefined ? [] : checkTrust(facts.members, facts)),
  },
];

const listed = (accounts: readonly string[]) => `${counted(accounts.length, 'account')} (${few(accounts)})`;

function checkKnown({ members, namedAccounts }: Facts): readonly Finding[] {
  if (members === undefined) {
    if (namedAccounts === undefined) return [];
    const what = `MEMBER_ROLE_NAME is not set: nothing is tagged in ${few(namedAccounts)}`;
    return [missing(what, `deploy it with memberRoleName ${HOW}`)];
  }
  const { accounts } = members;
  const name = 'name some by --accounts';
  if (accounts.kind === 'unknown') return [unknown('which accounts there are', accounts, name)];
  const others = foundIn(accounts) ?? [];
  if (others.length === 0) return [hint('there are no other accounts to look at', name)];
  return [ok(`${counted(others.length, 'other account')}: ${few(others)}`)];
}

function checkAllowed({ roleName, allowed: permissions }: MemberFacts): readonly Finding[] {
  const { allowed, denied, open } = sortedBy(permissions);
  const of = (questions: readonly Question[]) =>
    `the role ${roleName} in ${listed(questions.map(({ about }) => about))}`;
  return [
    ...[...denied].map(([by, questions]) =>
      missing(
        `the function may not assume ${of(questions)}: ${denialBy(by)}`,
        by === undefined
          ? 'deploy it with the organizationId, or the memberAccounts, that they are of'
          : `see ${by}`,
      ),
    ),
    ...open.map(({ cause, questions }) => unknown(`whether the function may assume ${of(questions)}`, cause)),
    ...(allowed.length === 0 ? [] : [ok(`the function may ask for ${of(allowed)}`)]),
  ];
}

function checkTrust(members: MemberFacts, { place, function: { configuration } }: Facts): readonly Finding[] {
  const { roleName, assumed, accounts } = members;
  const isFunction = isSessionOf(foundIn(configuration)?.role, place.caller);
  const letIn = those(assumed, ({ kind }) => kind === 'found');
  const refused = those(assumed, ({ kind }) => kind !== 'found');
  const [first] = refused;
  const well = letIn.length > 0 ? [ok(`the role ${roleName} was assumed in ${listed(letIn)}`)] : [];
  if (first === undefined) return well;
  if (isFunction || letIn.length > 0) {
    const answer = assumed.get(first);
    const why = answer?.kind === 'unknown' ? answer.why : 'it is not there';
    const what = `the role ${roleName} could not be assumed in ${listed(refused)}: ${why}`;
    return [missing(what, `deploy the member role there ${HOW}`), ...well];
  }
  return [
    unknown(`whether the role ${roleName} in ${listed(foundIn(accounts) ?? refused)} lets the function in`, {
      why: `you could not assume it in ${first}, which says nothing where it trusts the function alone`,
      todo: `see the alarm ${place.functionName}-accounts-refused; the log of the function names who refuses`,
    }),
  ];
}

function those(assumed: MemberFacts['assumed'], isSo: (answer: Answer<true>) => boolean): readonly string[] {
  return [...assumed].flatMap(([account, answer]) => (isSo(answer) ? account : []));
}
