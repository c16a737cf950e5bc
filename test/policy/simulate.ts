/** IAM in place of a test: whether policies allow what is asked. */
import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { PolicyDocument, Statement } from '../../processor/policy/document.ts';
import { memberTrust } from '../../processor/policy/policies.ts';
import { ACCOUNT } from '../helpers/events.ts';
import type { Asked } from './asked.ts';

export type Answer = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied' | (string & {});

const roleIn = (account: string) => `arn:aws:iam::${account}:role/auto-tagger`;

/**
 * Answers by the statements that name the action. No statement denies, and none has a wildcard in an action, which is checked: so
 * the others can change nothing, and need not be parsed each time.
 */
export function createIam(documents: readonly PolicyDocument[]) {
  const byAction = new Map<string, Statement[]>();
  for (const statement of documents.flatMap(({ Statement: statements }) => statements)) {
    if (statement.Effect !== 'Allow') throw new Error(`${statement.Sid} denies`);
    for (const action of statement.Action) {
      if (/[*?]/.test(action)) throw new Error(`${statement.Sid} has ${action}`);
      const name = action.toLowerCase();
      byAction.set(name, [...(byAction.get(name) ?? []), statement]);
    }
  }
  return (asked: Asked): Promise<Answer> =>
    simulate(
      asked,
      (byAction.get(asked.action.toLowerCase()) ?? []).map((statement) => ({
        Version: '2012-10-17',
        Statement: [{ ...statement, Action: [asked.action] }],
      })),
    );
}

async function simulate(
  { action, resource, account, context }: Asked,
  documents: readonly PolicyDocument[],
): Promise<Answer> {
  const isForRole = action === 'sts:AssumeRole';
  const principal = roleIn(isForRole ? ACCOUNT : account);
  const simulation: Simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: account },
      contextVariables: context,
    },
    identityPolicies: documents.map((policy, at) => ({ name: `policy-${at}`, policy })),
    ...(isForRole && { resourcePolicy: memberTrust(principal, undefined) }), // the other side lets us in
    ...(action.startsWith('kms:') && { resourcePolicy: keyPolicy(account) }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType !== 'error') return answer.overallResult;
  const { message } = answer.errors;
  // The reference lists no type of that form for the action, or several: then nothing tells which of the keys it knows.
  return /^(no|multiple)\.resource\.types$/.test(message) ? runUnsafeSimulation(simulation, {}) : message;
}

/** As AWS makes it: the policies of the account decide (KMS Developer Guide, "Default key policy"). */
function keyPolicy(account: string) {
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }],
  };
}
