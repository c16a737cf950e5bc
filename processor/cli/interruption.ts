/**
 * Ctrl-C and its like. The first time the command is asked to stop: it begins nothing new, lets calls under way
 * end, and says what was done. The second time the process ends at once.
 */
import { setMaxListeners } from 'node:events';
import { InterruptedError } from '../../tag-manager/calls/stop.ts';
import { ENDINGS } from './endings.ts';
import type { Terminal } from './terminal.ts';

export interface Interruption {
  /** Aborted when the user wants the command to stop: then it says what was done, and ends. */
  readonly signal: AbortSignal;
  /** Stops the command as Ctrl-C does, because going on makes no sense: complains of the problem, of the first only. */
  readonly giveUp: (problem: string) => void;
  readonly isGivenUp: () => boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens until the process ends. */
export function listenForInterruption(terminal: Terminal): Interruption {
  const { stop, ...interruption } = createInterruption(terminal);
  const onSignal = () => {
    if (interruption.signal.aborted) process.exit(ENDINGS.interrupted.exitCode);
    stop();
    terminal.complain(
      'stopping: calls under way end first, then you see what was done; once more stops at once',
    );
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return interruption;
}

/** Without listening to anything. */
export function createInterruption({
  complain,
}: Pick<Terminal, 'complain'>): Interruption & { stop(): void } {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // everything that waits listens
  const stop = () => controller.abort(new InterruptedError());
  let isGivenUp = false;
  return {
    signal: controller.signal,
    stop,
    isGivenUp: () => isGivenUp,
    giveUp(problem) {
      if (isGivenUp) return;
      isGivenUp = true;
      complain(problem);
      stop();
    },
  };
}
