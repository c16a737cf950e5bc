/**
 * Ctrl-C and its like. The first time the command is asked to stop: it begins nothing new, lets calls under way
 * end, and says what was done. The second time the process ends at once.
 */
import { setMaxListeners } from 'node:events';
import { InterruptedError } from '../../tag-manager/calls/stop.ts';
import type { Terminal } from './terminal.ts';

/** As shells have it for a program that SIGINT ended: 128 + 2. */
export const EXIT_INTERRUPTED = 130;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens until the process ends. */
export function listenForInterruption({ complain }: Terminal): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // everything that waits listens
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort(new InterruptedError());
    complain('stopping: calls under way end first, then you see what was done; once more stops at once');
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return controller.signal;
}
