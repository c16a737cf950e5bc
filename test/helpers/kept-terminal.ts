/** A terminal that keeps what a command says. */
import type { Terminal } from '../../processor/cli/terminal.ts';

export interface KeptTerminal {
  readonly terminal: Terminal;
  /** Of the answer, as it was printed piece by piece. */
  readonly printed: readonly string[];
  /** Of an answer that is no text. */
  readonly bytes: readonly Uint8Array[];
  /** One for each complaint. */
  readonly complaints: readonly string[];
}

/** Of no width, and with nobody who could be asked, unless it is given these. */
export function keptTerminal(
  more: Partial<Pick<Terminal, 'columns' | 'ask' | 'untilPrinted'>> = {},
): KeptTerminal {
  const printed: string[] = [];
  const bytes: Uint8Array[] = [];
  const complaints: string[] = [];
  const terminal: Terminal = {
    print: (text) => void printed.push(text),
    printBytes: (piece) => void bytes.push(piece.slice()),
    complain: (problem) => void complaints.push(problem),
    untilPrinted: async () => {},
    columns: undefined,
    ...more,
  };
  return { terminal, printed, bytes, complaints };
}
