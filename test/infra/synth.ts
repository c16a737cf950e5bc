/**
 * Synthesizes deployments in a process of its own, because jest loads all of the CDK at once: props by name on stdin; templates,
 * what cdk-nag finds, and the function's zip archive on stdout.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { functionZip } from '../../infra/bundle.ts';
import { readOptions } from '../../infra/options.ts';
import { addStacks } from '../../infra/stacks.ts';

/** Templates are held against the schemas of CloudFormation, as in cdk.json. */
const CHECKED = { '@aws-cdk/core:validateAgainstDefaultRules': true };

const options: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(
  await text(process.stdin),
);

const deployments = Object.entries(options).map(([name, each]) => [name, synthesize(each)]);
const zip = functionZip().toString('base64');
process.stdout.write(JSON.stringify({ deployments: Object.fromEntries(deployments), zip }));

function synthesize(given: Readonly<Record<string, unknown>>) {
  const outdir = mkdtempSync(join(tmpdir(), 'auto-tagger-synth-'));
  try {
    const app = new App({ outdir, analyticsReporting: false, context: CHECKED });
    addStacks(app, readOptions(given, {}));
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    const stacks = app.synth().stacksRecursively.map(({ stackName, template }) => [stackName, template]);
    return { templates: Object.fromEntries(stacks), findings: violations.map(({ ruleName }) => ruleName) };
  } catch (error) {
    return { error: (error as Error).message };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
