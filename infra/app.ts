/**
 * The CDK app: the stack that `npx cdk deploy` deploys, and beside it the templates for other accounts, each checked by the
 * rules of AWS Solutions. Options come from the context and the environment; whoever mistypes one is told.
 */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readOptions } from './options.ts';
import { addStacks } from './stacks.ts';

const app = new App({ analyticsReporting: false });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
try {
  addStacks(app, readOptions(app.node.getAllContext(), process.env));
  app.synth();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
