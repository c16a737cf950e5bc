/**
 * What the policies of the function's role allow, by IAM's own simulation: many questions a call. It knows the role's policies,
 * its permissions boundary and the organization's; not the policies of buckets, keys and roles elsewhere.
 */

import pLimit from 'p-limit';
import { chunks } from '../../../tag-manager/calls/chunks.ts';
import type { Answer } from '../answer.ts';
import type { Asker } from '../asker.ts';
import type { Decision, Permission, Question } from './facts.ts';
import { type AnswerTo, simulatePrincipalPolicy } from './services.ts';

/** Each action of a call is asked for each of its resources, and a page of the answer has 100. */
const QUESTIONS_A_CALL = { ofOneAction: 100, ofSeveral: 10 } as const;

/** IAM throttles it at a few calls a second. */
const CALLS_AT_ONCE = 4;

/** One would do. */
const MAX_PAGES = 20;

/** In the order of the questions. */
export async function simulate(
  asker: Asker,
  role: string,
  questions: readonly Question[],
): Promise<readonly Permission[]> {
  const limit = pLimit(CALLS_AT_ONCE);
  const groups = Map.groupBy(questions, ({ resource, context }) =>
    JSON.stringify([resource === '*', context]),
  );
  const batches = [...groups.values()].flatMap(batchesOf);
  const answered = await Promise.all(batches.map((batch) => limit(() => ask(asker, role, batch))));
  const decisions = new Map(answered.flat().map((permission) => [permission.question, permission]));
  return questions.flatMap((question) => decisions.get(question) ?? []);
}

function batchesOf(group: readonly Question[]): readonly (readonly Question[])[] {
  const isOfOneAction = new Set(group.map(({ action }) => action)).size === 1;
  return chunks(group, isOfOneAction ? QUESTIONS_A_CALL.ofOneAction : QUESTIONS_A_CALL.ofSeveral);
}

async function ask(asker: Asker, role: string, batch: readonly Question[]): Promise<readonly Permission[]> {
  const entries = Object.entries(batch[0]?.context ?? {}).map(([ContextKeyName, ContextKeyValues]) => ({
    ContextKeyName,
    ContextKeyValues,
    ContextKeyType: ContextKeyName === 'aws:TagKeys' ? 'stringList' : 'string',
  }));
  const input = {
    PolicySourceArn: role,
    ActionNames: unique(batch.map(({ action }) => action)),
    ResourceArns: unique(batch.map(({ resource }) => resource)),
    ...(entries.length > 0 && { ContextEntries: entries }),
  };
  const decisions = new Map<string, Decision>();
  let Marker: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await asker.askShaped('iam:SimulatePrincipalPolicy', simulatePrincipalPolicy(), {
      ...input,
      ...(Marker !== undefined && { Marker }),
    });
    if (answer.kind !== 'found') return batch.map((question) => ({ question, decision: answer }));
    for (const [name, decision] of decisionsOf(answer.value.EvaluationResults)) decisions.set(name, decision);
    Marker = answer.value.Marker;
    if (answer.value.IsTruncated !== true) break;
  }
  return batch.map((question) => ({ question, decision: decisionOn(question, decisions) }));
}

function decisionOn(
  { action, resource }: Question,
  decisions: ReadonlyMap<string, Decision>,
): Answer<Decision> {
  const value = decisions.get(nameOf(action, resource));
  if (value !== undefined) {
    const missingContext = value.missingContext.filter((key) => !isOurs(key) || decides(key, action));
    return { kind: 'found', value: { ...value, missingContext } };
  }
  return { kind: 'unknown', why: 'IAM did not answer for this action and resource', todo: 'run it again' };
}

type Result = NonNullable<AnswerTo<typeof simulatePrincipalPolicy>['EvaluationResults']>[number];

/**
 * Keys of the conditions in the policies that are made for the role. IAM names all keys of all its policies as missing, whatever they
 * are about; a question that needs one of these has it.
 */
const OF_OUR_POLICIES: ReadonlySet<string> = new Set(
  'aws:TagKeys aws:ResourceOrgID ec2:CreateAction s3:prefix kms:ViaService kms:EncryptionContext:PARAMETER_ARN'
    .toLowerCase()
    .split(' '),
);

function isOurs(key: string): boolean {
  return OF_OUR_POLICIES.has(key.toLowerCase());
}

/** But which organization the account is of may not be known. */
function decides(key: string, action: string): boolean {
  return action === 'sts:AssumeRole' && key.toLowerCase() === 'aws:resourceorgid';
}

/** Of several resources, an action's answer for each may stand within its own (IAM API Reference, "EvaluationResult"). */
function decisionsOf(results: readonly Result[] = []): readonly (readonly [string, Decision])[] {
  return results.flatMap((result) => {
    const { EvalActionName: action = '', EvalResourceName: resource = '*' } = result;
    const isInOrganization = result.OrganizationsDecisionDetail?.AllowedByOrganizations !== false;
    const own = decisionOf(result.EvalDecision, result, isInOrganization);
    const each = (result.ResourceSpecificResults ?? []).map(
      (one) =>
        [
          nameOf(action, one.EvalResourceName ?? ''),
          decisionOf(one.EvalResourceDecision, one, isInOrganization),
        ] as const,
    );
    return [[nameOf(action, resource), own] as const, ...each];
  });
}

function decisionOf(
  decision: string | undefined,
  {
    MissingContextValues: missingContext = [],
    PermissionsBoundaryDecisionDetail: boundary,
  }: Pick<Result, 'MissingContextValues' | 'PermissionsBoundaryDecisionDetail'>,
  isInOrganization: boolean,
): Decision {
  const deniedBy = !isInOrganization
    ? 'a service control policy'
    : boundary?.AllowedByPermissionsBoundary === false
      ? 'the permissions boundary'
      : decision === 'explicitDeny'
        ? 'a policy'
        : undefined;
  return { isAllowed: decision === 'allowed', missingContext, deniedBy };
}

function nameOf(action: string, resource: string): string {
  return `${action.toLowerCase()} ${resource}`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
