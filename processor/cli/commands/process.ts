/** `process`: what log files say was created, tagged. */
import type { CommandCall } from '../command.ts';
import { createComplaints } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { openFailuresFile } from '../failures-file.ts';
import { printerFor } from '../printer-for.ts';
import { createRunEnding } from '../run-ending.ts';
import { runFiles } from '../run-files.ts';
import { startTagging } from './start-tagging.ts';

export async function run({ args, options, terminal, signal, giveUp }: CommandCall): Promise<Ending> {
  const { explain = false, failures: path } = options;
  const failures = path === undefined ? undefined : openFailuresFile(path, giveUp); // before the first call
  const ending = createRunEnding();
  const complaints = createComplaints(terminal.complain);
  try {
    const { runtime, ownAccount } = await startTagging(options, {
      signal,
      terminal,
      complaints,
      onStop: ending.addStop,
    });
    try {
      return await runFiles(args, runtime, {
        explain,
        printer: await printerFor(options, terminal, runtime.settings.tags),
        complain: terminal.complain,
        untilPrinted: terminal.untilPrinted,
        complaints,
        ending,
        signal,
        ...(runtime.settings.memberRole === undefined && { ownAccount }),
        ...(failures !== undefined && { keep: failures.keep }),
      });
    } finally {
      runtime.destroy();
    }
  } finally {
    failures?.close();
  }
}
