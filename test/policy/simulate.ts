/** IAM in the place of a test: whether the policies of a role allow what is asked, and who may assume a role. */
import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Asked } from './asked.ts';
import type { Document, Statement } from './deployed.ts';

export type Answer = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied' | (string & {});

export interface Iam {
  /** By the statements that name the action alone, and by all keys of the context, whether AWS knows them for the action or not. */
  quickly(asked: Asked): Promise<Answer>;
  /** By the keys that AWS knows for the action and the type of resource. */
  strictly(asked: Asked): Promise<Answer>;
  /** By all documents whole, and all keys of the context. */
  wholly(asked: Asked): Promise<Answer>;
}

type Run = (simulation: Simulation) => Promise<Answer>;

/**
 * No statement denies, and none has a wildcard in an action, which is checked: so those that do not name the action can change
 * nothing, and need not be parsed each time. `letIn`: what the other side says of a role that is assumed.
 */
export function createIam(documents: readonly Document[], principal: string, letIn?: Document): Iam {
  const byAction = new Map<string, Statement[]>();
  for (const statement of documents.flatMap(({ Statement: statements }) => statements)) {
    if (statement.Effect !== 'Allow') throw new Error(`${statement.Sid} denies`);
    for (const action of [statement.Action].flat()) {
      if (/[*?]/.test(action)) throw new Error(`${statement.Sid} has ${action}`);
      const name = action.toLowerCase();
      byAction.set(name, [...(byAction.get(name) ?? []), statement]);
    }
  }
  const ask = (run: Run, asked: Asked, by: readonly Document[]) => {
    const { action, resource, account, context } = asked;
    const resourcePolicy = action === 'sts:AssumeRole' ? letIn : keyPolicyFor(action, account);
    return run({
      request: {
        principal: principal.replace(
          /::\d{12}:/,
          `::${action === 'sts:AssumeRole' ? ownerOf(principal) : account}:`,
        ),
        action,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:PrincipalArn': principal, ...context } as Record<string, string | string[]>,
      },
      identityPolicies: by.map((policy, at) => ({ name: `policy-${at}`, policy: taken(policy) })),
      ...(resourcePolicy !== undefined && { resourcePolicy: taken(resourcePolicy) }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    });
  };
  const naming = ({ action }: Asked) =>
    (byAction.get(action.toLowerCase()) ?? []).map((statement) => ({
      Version: '2012-10-17',
      Statement: [{ ...statement, Action: action }],
    }));
  return {
    quickly: (asked) => ask(unsafe, asked, naming(asked)),
    strictly: (asked) => ask(safe, asked, naming(asked)),
    wholly: (asked) => ask(unsafe, asked, documents),
  };
}

/** As the simulator has one that it need not check again: whether they are well-formed, another test asks. */
function taken(policyDocument: Document) {
  return { __validated: true, policyDocument, metadata: { name: 'policy' }, errors: [] };
}

const ownerOf = (arn: string): string => arn.split(':')[4] ?? '';

const unsafe: Run = async (simulation) => runUnsafeSimulation(simulation, {});

async function safe(simulation: Simulation): Promise<Answer> {
  // Of keys whose names hold a name of their own it knows only those with a slash: not `kms:EncryptionContext:…`.
  if (simulation.request.action.startsWith('kms:')) return unsafe(simulation);
  const answer = await runSimulation(simulation, {});
  if (answer.resultType !== 'error') return answer.overallResult;
  const { message } = answer.errors;
  // The reference lists no type of that form for the action, or several: then nothing tells which of the keys it knows.
  return /^(no|multiple)\.resource\.types$/.test(message) ? unsafe(simulation) : message;
}

/** As AWS makes it: the policies of the account decide (KMS Developer Guide, "Default key policy"). */
function keyPolicyFor(action: string, account: string): Document | undefined {
  if (!action.startsWith('kms:')) return undefined;
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }],
  };
}

/** Whether a resource's own policy lets somebody do something, who may do everything by his own policies; of a role, its trust. */
export function letsIn(
  policy: Document,
  who: string,
  { action, resource, account, context }: Asked,
): Promise<Answer> {
  const isService = who.endsWith('.amazonaws.com');
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  return unsafe({
    request: {
      principal: who,
      action,
      resource: { resource, accountId: account },
      contextVariables: { ...(!isService && { 'aws:PrincipalArn': who }), ...context } as Record<
        string,
        string | string[]
      >,
    },
    identityPolicies: isService ? [] : [{ name: 'everything', policy: everything }],
    resourcePolicy: taken(policy),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  });
}
