/** How templates come out that need nothing of the CDK in the account: without a look at which version of it is there. */
import { DefaultStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';

export function withoutBootstrap(): IStackSynthesizer {
  const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
  return synthesizer as IStackSynthesizer; // optional members of it may be undefined, which its own type forgets
}
