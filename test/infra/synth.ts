/**
 * Synthesizes deployments in a process of its own, because jest loads all of the CDK at once: props by name on stdin; templates,
 * what cdk-nag finds, and the function's zip archive on stdout.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { App, Stage } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { functionZip } from '../../infra/bundle.ts';
import { readOptions } from '../../infra/options.ts';
import { addStacks } from '../../infra/stacks.ts';

/** Templates are held against the schemas of CloudFormation, as in cdk.json. */
const CHECKED = { '@aws-cdk/core:validateAgainstDefaultRules': true };

const outdir = mkdtempSync(join(tmpdir(), 'auto-tagger-synth-'));
try {
  const options: Readonly<Record<string, object>> = JSON.parse(await text(process.stdin));
  const app = new App({ outdir, analyticsReporting: false, context: CHECKED });
  const made = Object.entries(options).map(([name, given]) => [name, make(app, name, given)] as const);
  const { stacksRecursively } = app.synth(); // all at once: the schemas take seconds to load
  const deployments = made.map(([name, result]) => {
    const own = stacksRecursively.filter(({ stackName }) => stackName.startsWith(`${name}-`));
    const templates = own.map(({ stackName, template }) => [stackName.slice(name.length + 1), template]);
    return [name, { ...result, templates: Object.fromEntries(templates) }];
  });
  const zip = functionZip().toString('base64');
  process.stdout.write(JSON.stringify({ deployments: Object.fromEntries(deployments), zip }));
} finally {
  rmSync(outdir, { recursive: true });
}

function make(app: App, name: string, given: object) {
  const stage = new Stage(app, name);
  try {
    addStacks(stage, readOptions({ ...given }, {}));
    const { violations } = new AwsSolutionsChecks(stage).validateScope(stage);
    return { findings: violations.map(({ ruleName }) => ruleName) };
  } catch (error) {
    for (const { node } of stage.node.children) stage.node.tryRemoveChild(node.id); // half made
    return { findings: [], error: (error as Error).message };
  }
}
