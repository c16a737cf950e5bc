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
  /** Answers what is asked. @default nobody can be asked */
  readonly ask?: Terminal['ask'];
  /** Hears of each complaint as it comes; `stop` is Ctrl-C. */
  readonly onComplaint?: (problem: string, stop: () => void) => void;
  /** Is given Ctrl-C at once. */
  readonly onStart?: (stop: () => void) => void;
}

/** `columns` is the width of the terminal; without one, the answer goes elsewhere. */
export async function runHere(
  args: readonly string[],
  columns?: number,
  { ask, onComplaint, onStart }: InProcessOptions = {},
): Promise<InProcessRun> {
  let stdout = '';
  const complaints: string[] = [];
  const terminal: Terminal = {
    print: (text: string) => {
      stdout += text;
    },
    complain: (problem: string) => {
      complaints.push(problem);
      onComplaint?.(problem, interruption.stop);
    },
    columns,
    ask,
  };
  const interruption = createInterruption(terminal);
  onStart?.(interruption.stop);
  const ending = await main(args, {
    terminal,
    interruption,
    demo: () => Promise.reject(new Error('the demo is a process of its own')),
  });
  return { ending, stdout, complaints };
}
