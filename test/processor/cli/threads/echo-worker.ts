/** The other side of threads.test.ts: gives items back, late or not at all where they say so. */
import { setTimeout } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { LogFileError } from '../../../../parser/reading/log-file-error.ts';
import { serve } from '../../../../processor/cli/threads/serve.ts';

const { prefix } = workerData as { readonly prefix: string };
if (prefix === 'fail') throw new Error('no start');

serve<string, readonly string[]>(async (items) => {
  const echoed: string[] = [];
  for (const item of items) echoed.push(await echo(item));
  return echoed;
});

async function echo(item: string): Promise<string> {
  if (item === 'throw') throw new LogFileError('EmptyFile', 'bad file');
  if (item === 'exit') process.exit(7);
  if (item === 'die') setImmediate(() => lastWords());
  if (item === 'die' || item.startsWith('slow')) await setTimeout(20);
  return prefix + item;
}

function lastWords(): never {
  throw new Error('dead');
}
