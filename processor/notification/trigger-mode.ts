/**
 * A deployment may be restricted to one caller. Our own messages are taken all the same when they come from a queue:
 * what was put off must be able to come back.
 */
import type { Caller } from './form.ts';
import type { AnyForm } from './forms.ts';
import { type Invocation, InvocationError } from './invocation.ts';
import { type Unit, unreadable } from './task.ts';

export const TRIGGER_MODES = [
  'auto',
  's3',
  'sns',
  'sqs',
  'eventbridge',
  'lambda',
  'batch',
  'step-functions',
  'manual',
] as const satisfies readonly ('auto' | Caller)[];

export type TriggerMode = (typeof TRIGGER_MODES)[number];

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
  if (caller !== 'sqs' || !found.units.some(isOurs)) throw new InvocationError('OtherTrigger', refusal);
  const units = found.units.map((unit) => (isOurs(unit) ? unit : { ...unit, tasks: [unreadable(refusal)] }));
  return { ...found, caller, units };
}

/** Only an answer to SQS gives messages back one by one, so that is what a mixture is answered with. */
function callerOf(outermost: readonly AnyForm[]): Caller {
  const callers = outermost.map((form) => form.callers[0] ?? 'manual');
  return callers.find((caller) => caller === 'sqs') ?? callers[0] ?? 'manual';
}

function isOurs(unit: Unit): boolean {
  return unit.tasks.length > 0 && unit.tasks.every((task) => task.kind === 'retry');
}
