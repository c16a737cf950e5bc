/**
 * IAM's simulation of the policies of a role (IAM/latest/APIReference/API_SimulatePrincipalPolicy). A role is put with
 * `policies` among its details; whether they allow what is asked is told by iam-simulate, which knows what AWS publishes.
 */
import { parseArn } from '../arn.ts';
import { AwsError } from '../aws-error.ts';
import type { Context, Output, Service } from '../operation.ts';
import { awsQuery } from '../protocols/query.ts';
import type { Resource } from '../world.ts';
import { formSpelling, QUERY_REFUSALS } from './common.ts';

export const iam: Service = {
  name: 'iam',
  eventSource: 'iam.amazonaws.com',
  eventVersion: '1.08',
  protocol: awsQuery('https://iam.amazonaws.com/doc/2010-05-08/'),
  ...QUERY_REFUSALS,
  spelling: formSpelling('iam'),
  operations: { SimulatePrincipalPolicy: { run: simulatePrincipalPolicy, unrecorded: true } },
};

interface ContextEntry {
  readonly ContextKeyName: string;
  readonly ContextKeyValues: readonly string[];
}

interface SimulateInput {
  readonly PolicySourceArn?: string;
  readonly ActionNames?: readonly string[];
  readonly ResourceArns?: readonly string[];
  readonly ContextEntries?: readonly ContextEntry[];
  readonly MaxItems?: string;
  readonly Marker?: string;
}

interface Policy {
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Condition?: object;
}

interface Role {
  readonly policies: readonly Policy[];
  /** What else denies it everything. */
  readonly deniedBy?: 'organization' | 'boundary';
}

async function simulatePrincipalPolicy(context: Context, input: SimulateInput): Promise<Output> {
  const { PolicySourceArn: arn = '', ActionNames = [], ResourceArns = ['*'], Marker = '0' } = input;
  const role = context.world.resources.get(arn) as Resource<Role> | undefined;
  if (role?.account !== context.account) {
    throw new AwsError('NoSuchEntity', 404, `The role with name ${arn.split('/').at(-1)} cannot be found.`);
  }
  const end = Number(Marker) + Number(input.MaxItems ?? 100);
  const asked = ActionNames.flatMap((action) => ResourceArns.map((resource) => ({ action, resource })));
  const page = await Promise.all(
    asked.slice(Number(Marker), end).map(async ({ action, resource }) => ({
      action,
      resource,
      decision: await evaluate(role, action, resource, input.ContextEntries),
    })),
  );
  const { deniedBy } = role.details;
  const beyond = {
    ...(deniedBy === 'organization' && { OrganizationsDecisionDetail: { AllowedByOrganizations: false } }),
    ...(deniedBy === 'boundary' && {
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    }),
  };
  const MissingContextValues = missingKeys(role.details.policies, input.ContextEntries);
  return {
    EvaluationResults: [...Map.groupBy(page, ({ action }) => action)].map(([EvalActionName, results]) => ({
      EvalActionName,
      ...(results.length === 1 && { EvalResourceName: results[0]?.resource }),
      EvalDecision: results.every(({ decision }) => decision === 'allowed') ? 'allowed' : 'implicitDeny',
      ...beyond,
      ResourceSpecificResults: results.map(({ resource, decision }) => ({
        EvalResourceName: resource,
        EvalResourceDecision: decision,
        MissingContextValues,
        ...beyond,
      })),
    })),
    IsTruncated: end < asked.length,
    ...(end < asked.length && { Marker: String(end) }),
  };
}

/** All keys of all policies that nobody told, whatever they are about. */
function missingKeys(policies: Role['policies'], entries: readonly ContextEntry[] = []): readonly string[] {
  const statements = policies.flatMap(({ Statement }) => Statement);
  const conditions = statements.flatMap(({ Condition = {} }) => Object.values(Condition));
  const told = new Set(entries.map(({ ContextKeyName }) => ContextKeyName));
  return [...new Set(conditions.flatMap(Object.keys))].filter((key) => !told.has(key));
}

/** By the policies: as long as they are the same, so are their answers. */
const ANSWERS = new WeakMap<Role['policies'], Map<string, Promise<string>>>();

function evaluate(
  role: Resource<Role>,
  action: string,
  resource: string,
  entries: readonly ContextEntry[] = [],
): Promise<string> {
  const { policies, deniedBy } = role.details;
  if (deniedBy !== undefined) return Promise.resolve('implicitDeny');
  const answers = ANSWERS.get(policies) ?? new Map<string, Promise<string>>();
  ANSWERS.set(policies, answers);
  const name = JSON.stringify([role.arn, action, resource, entries]);
  const answer = answers.get(name) ?? simulate(role, action, resource, entries);
  answers.set(name, answer);
  return answer;
}

async function simulate(
  { arn, account, details }: Resource<Role>,
  action: string,
  resource: string,
  entries: readonly ContextEntry[],
): Promise<string> {
  const asked = /^(kms|sts):/.exec(action)?.[1];
  // Nobody may do that, and iam-simulate fails at it.
  if (asked !== undefined && parseArn(resource)?.service !== OWNERS[asked]) return 'implicitDeny';
  // Most who start a sandbox ask nothing of IAM.
  const { runSimulation, runUnsafeSimulation } = await import('@cloud-copilot/iam-simulate');
  const contextVariables = Object.fromEntries(
    entries.map(({ ContextKeyName: key, ContextKeyValues: values }) => [
      key,
      key === 'aws:TagKeys' ? [...values] : (values[0] ?? ''),
    ]),
  );
  const simulation = {
    request: { principal: arn, action, resource: { resource, accountId: account }, contextVariables },
    identityPolicies: naming(details.policies, action).map((policy, at) => ({
      name: `policy-${at}`,
      policy,
    })),
    ...(asked !== undefined && { resourcePolicy: leavesItTo(account) }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const answer = await runSimulation(simulation, {});
  // Where the reference lists no type of that form for the action, nothing tells which of the keys it knows.
  const decision =
    answer.resultType === 'error' ? await runUnsafeSimulation(simulation, {}) : answer.overallResult;
  return DECISIONS[decision] ?? 'implicitDeny';
}

/** Statements that allow other actions change nothing, and would have to be parsed each time. */
function naming(policies: Role['policies'], action: string): readonly object[] {
  const mayDecide = ({ Effect, Action }: Statement) =>
    Effect !== 'Allow' ||
    [Action].flat().some((each) => /[*?]/.test(each) || each.toLowerCase() === action.toLowerCase());
  return policies.flatMap((policy) => {
    const Statement = policy.Statement.filter(mayDecide);
    return Statement.length === 0 ? [] : { ...policy, Statement };
  });
}

/** Services whose resources have a say of their own in who may, and in whose ARNs these are. */
const OWNERS: Readonly<Record<string, string>> = { kms: 'kms', sts: 'iam' };

/** The simulation of AWS looks at the principal's side alone: the other side leaves it to the policies of the account. */
function leavesItTo(account: string) {
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: ['kms:*', 'sts:*'], Resource: '*' }],
  };
}

const DECISIONS: Readonly<Record<string, string>> = { Allowed: 'allowed', ExplicitlyDenied: 'explicitDeny' };
