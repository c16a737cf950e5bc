/** A line on a terminal's stderr that tells how far we are, for whatever takes longer than a moment. */
import ora from 'ora';

export interface Progress {
  update(text: string): void;
  /** Takes the line away while something else is printed. */
  aside(print: () => void): void;
  stop(): void;
}

const A_MOMENT_MS = 500;

/** It stops by itself when the signal is aborted. */
export function startProgress(signal: AbortSignal): Progress {
  const { stderr } = process;
  // Ora would take the keyboard over, and Ctrl-C with it.
  const spinner = ora({ text: 'reading', stream: stderr, isEnabled: stderr.isTTY, discardStdin: false });
  const start = setTimeout(() => stderr.isTTY && spinner.start(), A_MOMENT_MS);
  const stop = () => {
    clearTimeout(start);
    spinner.stop();
    signal.removeEventListener('abort', stop);
  };
  signal.addEventListener('abort', stop);
  return {
    update(text) {
      spinner.text = text;
    },
    aside(print) {
      if (spinner.isSpinning) spinner.clear();
      print();
    },
    stop,
  };
}
