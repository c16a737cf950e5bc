/** The command line in this process: what it says and how it ends, without the time that a process of its own takes. */
import type { Ending } from '../../processor/cli/endings.ts';
import { createInterruption } from '../../processor/cli/interruption.ts';
import { main } from '../../processor/cli/main.ts';
import type { Terminal } from '../../processor/cli/terminal.ts';
import { keptTerminal } from './kept-terminal.ts';

export interface InProcessRun {
  readonly ending: Ending;
  readonly stdout: string;
  /** An answer that is no text. */
  readonly bytes?: Buffer;
  /** One for each complaint. */
  readonly complaints: readonly string[];
}

export interface InProcessOptions {
  /** Answers what is asked. @default nobody can be asked */
  readonly ask?: Terminal['ask'];
  /** Is given Ctrl-C at once. */
  readonly onStart?: (stop: () => void) => void;
  /** Of the terminal. @default the answer goes elsewhere */
  readonly columns?: number | undefined;
  /** The command is stopped, as by Ctrl-C, once a complaint is like this. @default never */
  readonly stopsAt?: RegExp;
  readonly onPrint?: (text: string) => void;
  readonly untilPrinted?: () => Promise<void>;
}

export async function runHere(
  args: readonly string[],
  { columns, ask, onStart, stopsAt, onPrint, untilPrinted = async () => {} }: InProcessOptions = {},
): Promise<InProcessRun> {
  const { terminal: kept, printed, bytes, complaints } = keptTerminal({ columns, ask, untilPrinted });
  const terminal: Terminal = {
    ...kept,
    print(text) {
      kept.print(text);
      onPrint?.(text);
    },
    complain(problem) {
      kept.complain(problem);
      if (stopsAt?.test(problem)) interruption.stop();
    },
  };
  const interruption = createInterruption(terminal);
  onStart?.(interruption.stop);
  const demo = () => Promise.reject(new Error('the demo is a process of its own'));
  const ending = await main(args, { terminal, interruption, demo });
  return {
    ending,
    stdout: printed.join(''),
    complaints,
    ...(bytes.length > 0 && { bytes: Buffer.concat(bytes) }),
  };
}
