/**
 * `npm run catalogue -- gaps BOTOCORE-DATA`: for those who keep the tables up to date, the creating calls that AWS's
 * service models know and the tables do not. Exits with 0 whether there are any or not; 1 if a model could not be read, 2 on
 * wrong usage.
 */
import { parseArgs } from 'node:util';
import { printableJson } from '../parser/printable.ts';
import { keptByNpm } from './cli/npm-options.ts';
import { tableText } from './cli/table.ts';
import { onLostOutput, TERMINAL as terminal } from './cli/terminal.ts';
import { type CreatingCall, creatingCallsOf } from './coverage/gaps.ts';
import { ServiceModelsError, serviceModels } from './coverage/service-model.ts';
import { counted, inWords } from './coverage/words.ts';

const USAGE = 'usage: npm run catalogue -- gaps [--json] BOTOCORE-DATA';

onLostOutput(({ message }) => {
  terminal.complain(`the answer could not be written: ${message}`);
  process.exitCode = 1;
});
process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const call = readArguments(args);
  if ('problem' in call) {
    terminal.complain(call.problem);
    return 2;
  }
  try {
    const found = findGaps(call.folder);
    terminal.print(call.json ? jsonOf(found) : textOf(found));
    return found.unreadable === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ServiceModelsError)) throw error;
    terminal.complain(error.message);
    return 1;
  }
}

type Arguments = { readonly folder: string; readonly json: boolean } | { readonly problem: string };

function readArguments(args: readonly string[]): Arguments {
  const kept = keptByNpm(args, process.env);
  if (kept !== undefined) return { problem: kept };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [command, folder, ...more] = positionals;
    if (command !== 'gaps' || folder === undefined || more.length > 0) return { problem: USAGE };
    return { folder, json: values.json };
  } catch (error) {
    return { problem: `${(error as Error).message}; ${USAGE}` };
  }
}

interface Found {
  readonly gaps: readonly CreatingCall[];
  readonly models: number;
  /** Creating calls that take tags, those with a row among them. */
  readonly calls: number;
  readonly unreadable: number;
}

function findGaps(folder: string): Found {
  const gaps: CreatingCall[] = [];
  let [models, calls, unreadable] = [0, 0, 0];
  for (const model of serviceModels(folder)) {
    models++;
    if ('problem' in model) {
      unreadable++;
      terminal.complain(model.problem);
      continue;
    }
    const creating = creatingCallsOf(model);
    calls += creating.length;
    gaps.push(...creating.filter(({ isKnown }) => !isKnown));
  }
  return { gaps, models, calls, unreadable };
}

function jsonOf({ gaps, models, calls, unreadable }: Found): string {
  const lines = [
    ...gaps.map(({ isKnown: _, ...gap }) => ({ kind: 'gap', ...gap })),
    { kind: 'summary', gaps: gaps.length, calls, models, unreadable },
  ];
  return lines.map((line) => `${printableJson(line)}\n`).join('');
}

function textOf({ gaps, models, calls, unreadable }: Found): string {
  const rows = gaps.map(({ model, eventSource, eventName, tags }) => [model, eventSource, eventName, tags]);
  const table = gaps.length === 0 ? '' : `${tableText(['model', 'event source', 'call', 'tags'], rows)}\n`;
  const problem = unreadable === 0 ? '' : `; ${counted(unreadable, 'model')} could not be read`;
  const sums = `${counted(gaps.length, 'creating call')} without a row, of ${inWords(calls)} that take tags in ${counted(models, 'model')}`;
  return `${table}${sums}${problem}\n`;
}
