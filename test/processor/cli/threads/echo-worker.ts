/** The other side of threads.test.ts: gives items back, late or not at all where they say so. */
import { setTimeout } from 'node:timers/promises';
import { LogFileError } from '../../../../parser/reading/log-file-error.ts';
import { serve } from '../../../../processor/cli/threads/serve.ts';

serve<string, string, readonly string[]>((prefix) => {
  if (prefix === 'fail') throw new Error('no start');
  return async (items) => {
    const echoed: string[] = [];
    for (const item of items) echoed.push(prefix + (await echo(item)));
    return echoed;
  };
});

async function echo(item: string): Promise<string> {
  if (item === 'throw') throw new LogFileError('EmptyFile', 'bad file');
  if (item === 'exit') process.exit(7);
  if (item === 'die') setImmediate(() => lastWords());
  if (item === 'die' || item.startsWith('slow')) await setTimeout(20);
  return item;
}

function lastWords(): never {
  throw new Error('dead');
}
