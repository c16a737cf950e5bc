/**
 * All templates of one deployment: the stack, at the top, so that it is what `cdk deploy` deploys; and those for other accounts, in
 * a stage of their own, for StackSets and for whoever owns the log archive.
 */
import { Stage } from 'aws-cdk-lib';
import { AutoTaggerStack } from './auto-tagger-stack.ts';
import { EventForwardingStack } from './event-forwarding-stack.ts';
import { LogArchiveStack } from './log-archive-stack.ts';
import { MemberRoleStack } from './member-role-stack.ts';
import type { AutoTaggerProps } from './props.ts';
import { withoutBootstrap } from './synthesizer.ts';

export function addStacks(app: Stage, props: AutoTaggerProps): AutoTaggerStack {
  const { name = 'auto-tagger', memberRoleName, memberRoleExternalId, trigger, logBucketAccount } = props;
  const stack = new AutoTaggerStack(app, name, props, {
    synthesizer: withoutBootstrap(), // needs no CDK in the account
  });
  const { settings, logs, eventPatterns } = stack.autoTagger;
  const others = new Stage(app, 'other-accounts');
  if (memberRoleName !== undefined) {
    const role = { name, roleName: memberRoleName, externalId: memberRoleExternalId, settings };
    new MemberRoleStack(others, `${name}-member-role`, role);
  }
  if (trigger === 'eventbridge' && logBucketAccount !== undefined) {
    new LogArchiveStack(others, `${name}-log-archive`, {
      name,
      bucketName: logs.bucketName,
      prefix: logs.prefix,
    });
  }
  if (eventPatterns.length > 0) {
    new EventForwardingStack(others, `${name}-event-forwarding`, { name, patterns: eventPatterns });
  }
  return stack;
}
