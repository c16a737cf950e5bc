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
  /** Of the terminal. @default the answer goes elsewhere */
  readonly columns?: number | undefined;
  /** The command is stopped, as by Ctrl-C, once a complaint is like this. @default never */
  readonly stopsAt?: RegExp;
  readonly onPrint?: (text: string) => void;
  readonly untilPrinted?: () => Promise<void>;
}

export async function runHere(
  args: readonly string[],
  {
    columns,
    ask,
    onComplaint,
    onStart,
    stopsAt,
    onPrint,
    untilPrinted = async () => {},
  }: InProcessOptions = {},
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
      onComplaint?.(problem, interruption.stop);
      if (stopsAt?.test(problem)) interruption.stop();
    },
    columns,
    ask,
  };
  const interruption = createInterruption(terminal);
  onStart?.(interruption.stop);
  const demo = () => Promise.reject(new Error('the demo is a process of its own'));
  const ending = await main(args, { terminal, interruption, demo });
  return { ending, stdout, complaints };
}
