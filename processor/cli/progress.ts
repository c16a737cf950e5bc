/**
 * A line on a terminal's stderr that tells how far we are, for whatever takes longer than a moment. While it is there, what
 * else goes to the terminal is printed above it.
 */
import type { Ora } from 'ora';

export interface Progress {
  update(text: string): void;
  stop(): void;
}

const A_MOMENT_MS = 500;

/** It stops by itself when the signal is aborted. */
export function startProgress(signal: AbortSignal): Progress {
  const { stderr } = process;
  let text = 'reading';
  let spinner: Ora | undefined;
  let isStopped = false;

  async function start(): Promise<void> {
    const { default: ora } = await import('ora'); // most commands have ended before they need it
    // It would take the keyboard over, and Ctrl-C with it.
    if (!isStopped) spinner = ora({ text, stream: stderr, discardStdin: false }).start();
  }

  const timer = stderr.isTTY ? setTimeout(start, A_MOMENT_MS) : undefined;
  const stop = () => {
    isStopped = true;
    clearTimeout(timer);
    spinner?.stop();
    signal.removeEventListener('abort', stop);
  };
  signal.addEventListener('abort', stop);
  return {
    update(next) {
      text = next;
      if (spinner !== undefined) spinner.text = next;
    },
    stop,
  };
}
