/** The installed command `who` on a resource that one of many small files tells of, a process each time, against `plan --json` of the same files. */
import { readFileSync } from 'node:fs';
import type { Inputs } from './inputs.ts';
import { interleave } from './measure.ts';
import { installCommand, run } from './processes.ts';

const FILES = 4_000;
const ROUNDS = 11;

export async function benchWho(inputs: Inputs, parent: string) {
  const { script, output } = await installCommand(parent, 'who');
  const small = await inputs.folder(FILES);
  const plan = () => run([script, 'plan', '--json', small], output);

  plan();
  const asked = instanceIn(output);
  const who = () => run([script, 'who', '--json', asked.id, small], output);
  who();
  checkAnswer(output, asked.arn);
  const ms = await interleave({ who: { run: who }, plan: { run: plan } }, ROUNDS);
  return { vsPlan: ms.who / ms.plan, ms };
}

function linesIn(output: string): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function instanceIn(output: string): { readonly arn: string; readonly id: string } {
  const found = linesIn(output).find(({ resourceType }) => resourceType === 'ec2:instance');
  const arn = String(found?.arn);
  const id = arn.split('/').at(-1) ?? '';
  if (!id.startsWith('i-')) throw new Error('none of the files tells of an instance');
  return { arn, id };
}

function checkAnswer(output: string, arn: string): void {
  const [answer, summary] = linesIn(output);
  if (answer?.arn === arn && summary?.files === FILES) return;
  throw new Error(`who answered ${JSON.stringify(answer)} of ${JSON.stringify(summary)}`);
}
