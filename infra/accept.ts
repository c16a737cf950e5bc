/** What a check of cdk-nag finds, and why it is as it should be: each with its reason. */
import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export function accept(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Of a policy: one finding for each ARN that has a wildcard in it, so that one which is added later is found. */
export function acceptWildcards(construct: IConstruct, resources: readonly string[], reason: string): void {
  for (const arn of new Set(resources.map((resource) => asShown(Stack.of(construct).resolve(resource))))) {
    if (arn.includes('*')) accept(construct, `AwsSolutions-IAM5[Resource::${arn}]`, reason);
  }
}

/** As cdk-nag shows a value of a template: `arn:<AWS::Partition>:s3:::logs/*`. */
function asShown(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Intrinsic;
  if (Ref !== undefined) return `<${Ref}>`;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (join !== undefined) return join[1].map(asShown).join(join[0]);
  return JSON.stringify(value);
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
}
