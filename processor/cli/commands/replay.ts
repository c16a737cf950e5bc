/** `replay`: what was handed on as failed, dealt with again. */
import { readQueueUrl } from '../../runtime/queue-url.ts';
import { ownRegion, placeOf } from '../../runtime/settings.ts';
import type { CommandCall } from '../command.ts';
import { printerFor } from '../printer-for.ts';
import { replay } from '../replay.ts';
import { startTagging } from './start-tagging.ts';

export async function run({ args, options, terminal, signal }: CommandCall): Promise<boolean> {
  const [source = ''] = args;
  const region = isQueue(source)
    ? readQueueUrl(source, placeOf(process.env, 'command-line')).region
    : ownRegion(process.env);
  const runtime = await startTagging(options);
  const printer = printerFor(options, terminal, true);
  try {
    const { totals, left } = await replay(source, {
      runtime,
      region,
      keepsAll: runtime.settings.tags.dryRun,
      onReport: (report) => printer.file(report),
      complain: terminal.complain,
      signal,
    });
    printer.summary(totals);
    return left === 0;
  } finally {
    runtime.destroy();
  }
}

function isQueue(source: string): boolean {
  return /^https?:/.test(source);
}
