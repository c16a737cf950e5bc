/** Deadlines for the tests of the function: none, one that is over, and one that comes when the test says so. */
import { setMaxListeners } from 'node:events';
import { createDeadline, type Deadline, HANDING_ON_MS } from '../../processor/runtime/deadline.ts';
import { TimeUpError } from '../../tag-manager/calls/stop.ts';

export const NO_DEADLINE: Deadline = createDeadline(Number.POSITIVE_INFINITY);

/** All work must stop at once; what is left can be handed on. */
export const TIME_IS_UP: Deadline = deadlineOf(AbortSignal.abort(new TimeUpError()));

/** All work must stop as soon as `isTimeUp` says so, which is asked again and again. */
export function deadlineWhen(isTimeUp: () => boolean): Deadline {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const timer = setInterval(() => {
    if (isTimeUp()) controller.abort(new TimeUpError());
    if (controller.signal.aborted) clearInterval(timer);
  }, 1);
  timer.unref();
  return { ...deadlineOf(controller.signal), clear: () => clearInterval(timer) };
}

/** Work stops after so many milliseconds, and the answer is given as long after it as in a long invocation. */
export function deadlineIn(workMs: number): Deadline {
  const [work, handingOn] = [new AbortController(), new AbortController()];
  const timers = [
    setTimeout(() => work.abort(new TimeUpError()), workMs),
    setTimeout(() => handingOn.abort(new TimeUpError()), workMs + HANDING_ON_MS),
  ];
  return { work: work.signal, handingOn: handingOn.signal, clear: () => timers.forEach(clearTimeout) };
}

function deadlineOf(work: AbortSignal): Deadline {
  return { work, handingOn: NO_DEADLINE.handingOn, clear: () => {} };
}
