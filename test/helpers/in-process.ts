/** The command line in this process: what it says and how it ends, without the time that a process of its own takes. */
import type { Ending } from '../../processor/cli/endings.ts';
import { createInterruption } from '../../processor/cli/interruption.ts';
import { main } from '../../processor/cli/main.ts';

export interface InProcessRun {
  readonly ending: Ending;
  readonly stdout: string;
  /** One for each complaint. */
  readonly complaints: readonly string[];
}

/** `columns` is the width of the terminal; without one, the answer goes elsewhere. */
export async function runHere(args: readonly string[], columns?: number): Promise<InProcessRun> {
  let stdout = '';
  const complaints: string[] = [];
  const terminal = {
    print: (text: string) => {
      stdout += text;
    },
    complain: (problem: string) => {
      complaints.push(problem);
    },
    columns,
  };
  const ending = await main(args, {
    terminal,
    interruption: createInterruption(terminal),
    demo: () => Promise.reject(new Error('the demo is a process of its own')),
  });
  return { ending, stdout, complaints };
}
