/** The command line in this process: what it says and how it ends, without the time that a process of its own takes. */
import type { Ending } from '../../processor/cli/endings.ts';
import { createInterruption } from '../../processor/cli/interruption.ts';
import { main } from '../../processor/cli/main.ts';
import type { Terminal } from '../../processor/cli/terminal.ts';

export interface InProcessRun {
  readonly ending: Ending;
  readonly stdout: string;
  /** One for each complaint. */
  readonly complaints: readonly string[];
}

export interface InProcessOptions {
  /** Of the terminal. @default the answer goes elsewhere */
  readonly columns?: number | undefined;
  /** The command is stopped, as by Ctrl-C, once a complaint is like this. @default never */
  readonly stopsAt?: RegExp;
  readonly onPrint?: (text: string) => void;
  readonly untilPrinted?: () => Promise<void>;
}

export async function runHere(
  args: readonly string[],
  { columns, stopsAt, onPrint, untilPrinted = async () => {} }: InProcessOptions = {},
): Promise<InProcessRun> {
  let stdout = '';
  const complaints: string[] = [];
  const terminal: Terminal = {
    print(text) {
      stdout += text;
      onPrint?.(text);
    },
    untilPrinted,
    complain(problem) {
      complaints.push(problem);
      if (stopsAt?.test(problem)) interruption.stop();
    },
    columns,
  };
  const interruption = createInterruption(terminal);
  const demo = () => Promise.reject(new Error('the demo is a process of its own'));
  const ending = await main(args, { terminal, interruption, demo });
  return { ending, stdout, complaints };
}
