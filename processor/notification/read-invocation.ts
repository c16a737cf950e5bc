/**
 * From whatever invoked the function to the work that it asks for. Envelopes are opened one after the other, however
 * AWS nested them; what is inside is recognised by its shape, by the rows of `forms.ts`. A part that cannot be
 * understood is a task of its own that says so, and the others go on; only an event in which nothing is recognised
 * throws.
 */
import type { Step, Within } from './form.ts';
import { type BatchEcho, readBatchEcho } from './forms/batch-operations.ts';
import { type AnyForm, recognise } from './forms.ts';
import { type Invocation, InvocationError } from './invocation.ts';
import { describe } from './show.ts';
import { type Task, type Unit, unreadable } from './task.ts';
import { restrict, type TriggerMode } from './trigger-mode.ts';

/** The deepest that AWS makes has 8: Records, SQS, Lambda destination, Records, SNS, CloudTrail's or S3's Records, S3. */
const MAX_DEPTH = 16;

const EXPECTED =
  'a notification from S3, SNS, SQS, EventBridge, CloudTrail, S3 Batch Operations or Step Functions, ' +
  'or {"bucket", "key" | "keys" | "prefix"}, or {"resourceId", "user"}';

/** Throws `InvocationError` and nothing else; does not change the event. Linear in the event's size. */
export function readInvocation(event: unknown, mode: TriggerMode = 'auto'): Invocation {
  const outermost: AnyForm[] = [];
  const tasksOf = new Map<string | undefined, Task[]>();
  let batch: BatchEcho | undefined;

  // A stack, not recursion: the event decides how deep it goes. The next in the event's order is on top.
  const pending: Pending[] = [{ step: { kind: 'inside', value: event }, depth: 0, isOutermost: true }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { step, depth, unit, isOutermost } = next;
    const bucket = (step.kind === 'inside' ? step.bucket : undefined) ?? next.bucket;
    if (step.kind === 'part') {
      const id = unit ?? step.id;
      if (!tasksOf.has(id)) tasksOf.set(id, []);
      pushAll(pending, step.steps, { depth, unit: id, bucket, isOutermost });
    } else if (step.kind === 'inside') {
      const { form, steps } = open(step.value, { depth, bucket, isOutermost });
      const isEnvelope = form !== undefined && form.callers.length > 0;
      if (isOutermost && isEnvelope) outermost.push(form);
      if (form?.within === 'alone') batch = readBatchEcho(step.value);
      pushAll(pending, steps, { depth: depth + 1, unit, bucket, isOutermost: isOutermost && !isEnvelope });
    } else {
      const tasks = tasksOf.get(unit);
      if (tasks === undefined) tasksOf.set(unit, [step]);
      else tasks.push(step);
    }
  }
  const units = [...tasksOf].map(([id, tasks]): Unit => ({ id, tasks }));
  const [first] = outermost;
  if (first === undefined) throw unknownEvent(event, units);
  const found = { form: first.name, units, ...(batch === undefined ? {} : { batch }) };
  return restrict(found, outermost, mode);
}

interface Place {
  readonly depth: number;
  /** The outermost part that it lies in: that is what the caller is answered for. */
  readonly unit?: string | undefined;
  /** For items that name none. */
  readonly bucket?: string | undefined;
  /** Nothing but containers around it. */
  readonly isOutermost: boolean;
}

interface Pending extends Place {
  readonly step: Step;
}

function pushAll(pending: Pending[], steps: readonly Step[], place: Place): void {
  for (const step of steps.toReversed()) pending.push({ ...place, step });
}

interface Opened {
  readonly form?: AnyForm;
  readonly steps: readonly Step[];
}

function open(value: unknown, { depth, bucket, isOutermost }: Place): Opened {
  if (depth > MAX_DEPTH)
    return { steps: [unreadable(`more than ${MAX_DEPTH} envelopes inside one another`)] };
  const places: Within[] = ['anywhere'];
  if (isOutermost) places.push('outermost');
  if (depth === 0) places.push('alone');
  const form = recognise(value, places);
  if (form !== undefined) return { form, steps: form.read(value, { bucket }) };
  if (typeof value === 'string') return { steps: [parsed(value)] };
  return { steps: [unreadable(`expected ${EXPECTED}; got ${describe(value)}`)] };
}

function parsed(text: string): Step {
  try {
    return { kind: 'inside', value: JSON.parse(text) };
  } catch {
    // The parser's message would quote the text; ours does, cut.
    return unreadable(`expected JSON, got ${describe(text)}`);
  }
}

function unknownEvent(event: unknown, units: readonly Unit[]): InvocationError {
  const first = units[0]?.tasks[0];
  const message = first?.kind === 'unreadable' ? first.message : `expected ${EXPECTED}`;
  return new InvocationError('UnknownEvent', `cannot tell what the event is, ${describe(event)}: ${message}`);
}
