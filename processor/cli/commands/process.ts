/** `process`: what log files say was created, tagged. */
import { appendFileSync } from 'node:fs';
import { printableJson } from '../../../parser/printable.ts';
import type { CommandCall } from '../command.ts';
import { printerFor } from '../printer-for.ts';
import { runFiles } from '../run-files.ts';
import { startTagging } from './start-tagging.ts';

export async function run({ args, options, terminal, signal }: CommandCall): Promise<boolean> {
  const { explain = false, failures } = options;
  if (failures !== undefined) appendFileSync(failures, ''); // throws now where it could not be written later
  const runtime = await startTagging(options, { signal, complain: terminal.complain });
  try {
    return await runFiles(args, runtime, {
      explain,
      printer: printerFor(options, terminal),
      complain: terminal.complain,
      signal,
      ...(failures !== undefined && { keep: (message: object) => appendLine(failures, message) }),
    });
  } finally {
    runtime.destroy();
  }
}

/** At once, so that nothing is lost when we are stopped. */
function appendLine(path: string, message: object): void {
  appendFileSync(path, `${printableJson(message)}\n`);
}
