/**
 * A deployment may be restricted to one caller. Our own messages are taken all the same when they come from a queue of
 * ours: what was put off must be able to come back.
 */
import type { Caller, TriggerMode } from './callers.ts';
import type { AnyForm } from './forms.ts';
import { type Invocation, InvocationError } from './invocation.ts';
import { type Item, unreadable } from './task.ts';

/** Throws `InvocationError` for an event of another caller. */
export function restrict(
  found: Omit<Invocation, 'caller'>,
  outermost: readonly AnyForm[],
  mode: TriggerMode,
): Invocation {
  if (mode !== 'auto' && outermost.every((form) => form.callers.includes(mode)))
    return { ...found, caller: mode };
  const caller = callerOf(outermost);
  if (mode === 'auto') return { ...found, caller };

  const refusal = `TRIGGER_MODE is ${mode}, and this came as ${found.form} from ${caller}`;
  if (caller !== 'sqs' || !found.items.some(isOwn)) throw new InvocationError('OtherTrigger', refusal);
  const items = found.items.map((item) => (isOwn(item) ? item : { ...item, tasks: [unreadable(refusal)] }));
  return { ...found, caller, items };
}

/** Only an answer to SQS gives messages back one by one, so that is what a mixture is answered with. */
function callerOf(outermost: readonly AnyForm[]): Caller {
  const callers = outermost.map((form) => form.callers[0] ?? 'manual');
  return callers.find((caller) => caller === 'sqs') ?? callers[0] ?? 'manual';
}

function isOwn({ tasks }: Item): boolean {
  return tasks.length > 0 && tasks.every((task) => task.kind === 'own-message');
}
