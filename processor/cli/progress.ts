/** A line on a terminal's stderr that tells how far we are, for whatever takes longer than a moment. */
import ora from 'ora';
import type { Totals } from './totals.ts';

export interface Progress {
  update(totals: Totals): void;
  /** Takes the line away while something else is printed. */
  aside(print: () => void): void;
  stop(): void;
}

const A_MOMENT_MS = 500;

export function startProgress(): Progress {
  const spinner = ora({ text: 'reading', stream: process.stderr, isEnabled: process.stderr.isTTY });
  const start = setTimeout(() => process.stderr.isTTY && spinner.start(), A_MOMENT_MS);
  return {
    update({ files, records, resources }) {
      spinner.text = `${files} files, ${records} records, ${resources} resources`;
    },
    aside(print) {
      if (spinner.isSpinning) spinner.clear();
      print();
    },
    stop() {
      clearTimeout(start);
      spinner.stop();
    },
  };
}
