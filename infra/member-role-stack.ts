/**
 * The role that lets the function tag in another account: a template of its own, which a StackSet puts into every account. A
 * condition names the function's role: a trust policy with a principal that is not there yet cannot be deployed, and one whose
 * principal is made anew trusts it no longer.
 */
import { Aws, CfnParameter, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PrincipalWithConditions, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Settings } from '../processor/runtime/settings.ts';
import { namesOf } from './names.ts';
import { addTaggingPolicies } from './permissions.ts';
import { withoutBootstrap } from './synthesizer.ts';

export interface MemberRoleProps {
  /** Of the function's stack. */
  readonly name: string;
  /** With its path, if it has one. */
  readonly roleName: string;
  readonly externalId: string | undefined;
  /** Those of the function: the same services and keys. */
  readonly settings: Settings;
}

export class MemberRoleStack extends Stack {
  constructor(scope: Construct, id: string, { name, roleName, externalId, settings }: MemberRoleProps) {
    super(scope, id, {
      description: 'The role by which auto-tagger tags in this account',
      synthesizer: withoutBootstrap(),
    });
    const functionAccount = new CfnParameter(this, 'FunctionAccount', {
      description: 'The account that auto-tagger runs in',
      allowedPattern: '\\d{12}',
      constraintDescription: 'the account that auto-tagger runs in, 12 digits',
    });
    const account = functionAccount.valueAsString;
    const functionRole = `arn:${Aws.PARTITION}:iam::${account}:role/${namesOf(name).functionRole}`;
    const parts = roleName.split('/');
    const role = new Role(this, 'Role', {
      roleName: parts.at(-1) ?? roleName,
      path: parts.length === 1 ? '/' : `/${parts.slice(0, -1).join('/')}/`,
      description: 'Lets auto-tagger add its tags in this account',
      assumedBy: new PrincipalWithConditions(new AccountPrincipal(account), {
        ArnEquals: { 'aws:PrincipalArn': functionRole },
        ...(externalId !== undefined && { StringEquals: { 'sts:ExternalId': externalId } }),
      }),
    });
    addTaggingPolicies(this, role, settings);
  }
}
