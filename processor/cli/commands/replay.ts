/** `replay`: what was handed on as failed, dealt with again. */
import { readQueueUrl } from '../../runtime/queue-url.ts';
import type { TaggingRuntime } from '../../runtime/runtime.ts';
import { placeOf } from '../../runtime/settings.ts';
import type { CommandCall } from '../command.ts';
import { createComplaints } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { withRegion } from '../environment.ts';
import { printerFor } from '../printer-for.ts';
import { startProgress } from '../progress.ts';
import { fileSource } from '../replay/file-source.ts';
import { queueSource } from '../replay/queue-source.ts';
import { replay } from '../replay/replay.ts';
import type { ReplaySource } from '../replay/replay-source.ts';
import { startTagging } from './start-tagging.ts';

export async function run(call: CommandCall): Promise<Ending> {
  const { args, options, terminal, signal } = call;
  const [source = ''] = args;
  const place = placeOf(await withRegion(process.env), 'command-line');
  const queue = isUrl(source) ? readQueueUrl(source, place) : undefined;
  const settingsFor = queue === undefined ? 'command-line' : 'replay';
  const complaints = createComplaints(terminal.complain);
  const { runtime } = await startTagging(options, { signal, terminal, complaints }, settingsFor);
  const printer = await printerFor(options, terminal, runtime.settings.tags);
  const progress = startProgress(signal);
  const keepsAll = runtime.settings.tags.dryRun;
  try {
    const from =
      queue === undefined ? fileSource(source, signal) : queueOf(queue.url, queue.region, runtime, call);
    const { totals, messages, left, ending } = await replay(from, {
      runtime,
      keepsAll,
      onReport: printer.file,
      onProgress: (soFar) => progress.update(`${soFar.messages} messages, ${soFar.left} of them left`),
      complaints,
      signal,
    });
    progress.stop();
    printer.summary({ ...totals, messages, left, ...(signal.aborted && { interrupted: true }) });
    complaints.end();
    return ending;
  } finally {
    progress.stop();
    runtime.destroy();
  }
}

function isUrl(source: string): boolean {
  return /^https?:/.test(source);
}

/** A queue that gives nothing for so long is empty: SQS has asked all its servers (long polling). */
const WAIT_SECONDS = 1;

function queueOf(
  url: string,
  region: string,
  { calls }: TaggingRuntime,
  { terminal, signal }: CommandCall,
): ReplaySource {
  const { complain } = terminal;
  return queueSource(url, { calls, region, signal, waitSeconds: WAIT_SECONDS, complain });
}
