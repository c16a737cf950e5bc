/**
 * Other accounts and the role in each. Whether the function may assume it has two sides: what the function's role is allowed,
 * which IAM simulates; and whom the other role trusts, which only an attempt shows. An attempt of ours shows it where the
 * role trusts us too; so one is made, and the others only if that one went well, or if we are the function's role.
 */
import pLimit from 'p-limit';
import type { MemberRole } from '../../../tag-manager/calls/assume-role.ts';
import { assumeRole } from '../../../tag-manager/calls/assume-role.ts';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import { type Answer, foundIn, mapAnswer } from '../answer.ts';
import type { Asker } from '../asker.ts';
import type { MemberFacts, PlaceFacts } from './facts.ts';
import { simulate } from './permissions.ts';
import { memberQuestions, memberRoleArn } from './questions.ts';
import { describeOrganization, listAccounts } from './services.ts';
import { isSessionOf } from './session.ts';

export interface MembersToAsk {
  readonly role: MemberRole;
  readonly place: PlaceFacts;
  /** ARN of the function's role, where it is known. */
  readonly functionRole: string | undefined;
  /** That the user named. */
  readonly accounts: readonly string[] | undefined;
  readonly calls: Calls;
}

export async function lookUpMembers(asker: Asker, members: MembersToAsk): Promise<MemberFacts> {
  const { role, place, functionRole } = members;
  const [accounts, organization] = await Promise.all([
    members.accounts === undefined ? lookUpAccounts(asker) : found(members.accounts),
    asker.askShaped('organizations:DescribeOrganization', describeOrganization(), {}),
  ]);
  const others = mapAnswer(accounts, (all) => all.filter((account) => account !== place.account));
  const asked = foundIn(others) ?? [];
  const organizationId = foundIn(organization)?.Organization?.Id;
  const questions = memberQuestions(role.name, asked, organizationId, place);
  const [allowed, assumed] = await Promise.all([
    functionRole === undefined ? [] : simulate(asker, functionRole, questions),
    tryAssume(asker, asked, members),
  ]);
  return {
    roleName: role.name,
    accounts: others,
    organization: mapAnswer(organization, ({ Organization }) => Organization?.Id ?? ''),
    allowed,
    assumed,
  };
}

function found<Value>(value: Value): Answer<Value> {
  return { kind: 'found', value };
}

/** Of 20 accounts, for organizations of 20,000. */
const MAX_PAGES = 1_000;

async function lookUpAccounts(asker: Asker): Promise<Answer<readonly string[]>> {
  const active: string[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const input = NextToken === undefined ? {} : { NextToken };
    const answer = await asker.askShaped('organizations:ListAccounts', listAccounts(), input);
    if (answer.kind !== 'found') return answer;
    const { Accounts = [] } = answer.value;
    active.push(...Accounts.flatMap((account) => (isActive(account) ? (account.Id ?? []) : [])));
    NextToken = answer.value.NextToken;
    if (!NextToken) return found(active);
  }
  const why = 'the organization has more accounts than are looked at';
  return { kind: 'unknown', why, todo: 'name some by --accounts' };
}

/** AWS Organizations API Reference, "Account": `Status` has been retired for `State`. */
function isActive({ State, Status }: { readonly State?: string; readonly Status?: string }): boolean {
  return (State ?? Status) === 'ACTIVE';
}

/** As the function does it, eight at a time. */
const ASKED_AT_ONCE = 8;

async function tryAssume(
  asker: Asker,
  accounts: readonly string[],
  { role, place, functionRole, calls }: MembersToAsk,
): Promise<ReadonlyMap<string, Answer<true>>> {
  const attempt = async (account: string) => {
    const arn = memberRoleArn(role.name, account, place.partition);
    const answer = await asker.answerOf('sts:AssumeRole', (signal) =>
      assumeRole(calls, { arn, role, region: place.region }, signal),
    );
    return [account, mapAnswer(answer, (): true => true)] as const;
  };
  const [first, ...rest] = accounts;
  if (first === undefined) return new Map();
  const one = await attempt(first);
  if (one[1].kind !== 'found' && !isSessionOf(functionRole, place.caller)) return new Map([one]);
  const limit = pLimit(ASKED_AT_ONCE);
  return new Map([one, ...(await Promise.all(rest.map((account) => limit(() => attempt(account)))))]);
}
