/**
 * From whatever invoked the function to the work that it asks for. Envelopes are opened one after the other, however
 * AWS nested them; what is inside is recognised by its shape, by the rows of `forms.ts`. What cannot be understood, or
 * is not believed from whoever sent it, is a task of its own that says so, and the others go on; only an event in which
 * nothing is recognised throws.
 */
import type { TriggerMode } from './callers.ts';
import type { Step } from './form.ts';
import { type BatchEcho, readBatchEcho } from './forms/batch-operations.ts';
import { type AnyForm, recognise } from './forms.ts';
import { type Invocation, InvocationError } from './invocation.ts';
import { describe } from './show.ts';
import { type Item, type SqsMessage, type Task, unreadable } from './task.ts';
import { restrict } from './trigger-mode.ts';
import { isBelieved, NO_QUEUES, type Sender, type TrustedQueues, WHO_IS_BELIEVED } from './trust.ts';

/** The deepest that AWS makes has 8: Records, SQS, Lambda destination, Records, SNS, CloudTrail's or S3's Records, S3. */
const MAX_DEPTH = 16;

const EXPECTED =
  'a notification from S3, SNS, SQS, EventBridge, CloudTrail, S3 Batch Operations or Step Functions, ' +
  'or {"bucket", "key" | "keys" | "prefix"}, or {"resourceId", "user"}';

/** Throws `InvocationError` and nothing else; does not change the event. Linear in the event's size. */
export function readInvocation(
  event: unknown,
  mode: TriggerMode = 'auto',
  queues: TrustedQueues = NO_QUEUES,
): Invocation {
  const outermost: AnyForm[] = [];
  const items = collectItems();
  let batch: BatchEcho | undefined;

  // A stack, not recursion: the event decides how deep it goes. The next in the event's order is on top.
  const pending: Pending[] = [{ step: { kind: 'inside', value: event }, depth: 0, sender: INVOKER }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { step, ...place } = next;
    if (step.kind === 'item') {
      const itemId = place.itemId ?? step.id;
      items.begin(itemId, step.message);
      pushAll(pending, step.steps, { ...place, itemId, sender: senderIn(step.message, place.sender) });
    } else if (step.kind === 'inside') {
      const at: Place = { ...place, bucket: step.bucket ?? place.bucket };
      const { form, steps } = open(step.value, at, queues);
      const isEnvelope = form !== undefined && form.callers.length > 0;
      if (isEnvelope && at.sender === INVOKER) outermost.push(form);
      if (form?.isWhole) batch = readBatchEcho(step.value);
      for (const inner of steps.toReversed()) {
        const sender = isEnvelope && inner.kind === 'inside' ? UNKNOWN : at.sender;
        pending.push({ ...at, step: inner, depth: at.depth + 1, sender });
      }
    } else {
      items.add(place.itemId, step);
    }
  }
  const [first] = outermost;
  if (first === undefined) throw unknownEvent(event, items.all());
  const found = { form: first.name, items: items.all(), ...(batch !== undefined && { batch }) };
  return restrict(found, outermost, mode);
}

interface Place {
  readonly depth: number;
  /** Of the outermost item that it lies in: that is what the caller is answered for. */
  readonly itemId?: string | undefined;
  /** For files that name none. */
  readonly bucket?: string | undefined;
  readonly sender: Sender;
}

interface Pending extends Place {
  readonly step: Step;
}

const INVOKER: Sender = { kind: 'invoker' };
const UNKNOWN: Sender = { kind: 'unknown' };

/** Lambda vouches for the queue that it has read, not for a queue that somebody wrote into a message. */
function senderIn(message: SqsMessage | undefined, around: Sender): Sender {
  if (message === undefined) return around;
  return around === INVOKER ? { kind: 'queue', arn: message.queueArn } : UNKNOWN;
}

function pushAll(pending: Pending[], steps: readonly Step[], place: Place): void {
  for (const step of steps.toReversed()) pending.push({ ...place, step });
}

interface Opened {
  /** Absent where the value is not taken. */
  readonly form?: AnyForm;
  readonly steps: readonly Step[];
}

function open(value: unknown, { depth, bucket, sender }: Place, queues: TrustedQueues): Opened {
  if (depth > MAX_DEPTH) return refusal(`more than ${MAX_DEPTH} envelopes inside one another`);
  const form = recognise(value);
  if (form !== undefined) {
    if (!isBelieved(form.believedFrom, sender, queues)) {
      return refusal(`${form.name} is believed only from ${WHO_IS_BELIEVED[form.believedFrom]}`);
    }
    if (form.isWhole && depth > 0) return refusal(`${form.name} is taken only as the whole event`);
    return { form, steps: form.read(value, { bucket }) };
  }
  return typeof value === 'string'
    ? { steps: [parsed(value)] }
    : refusal(`expected ${EXPECTED}; got ${describe(value)}`);
}

function refusal(message: string): Opened {
  return { steps: [unreadable(message)] };
}

function parsed(text: string): Step {
  try {
    return { kind: 'inside', value: JSON.parse(text) };
  } catch {
    // The parser's message would quote the text; ours does, cut.
    return unreadable(`expected JSON, got ${describe(text)}`);
  }
}

/** The tasks of each item, in the order of the event; an id that comes twice is one item. */
function collectItems() {
  const items = new Map<string | undefined, Item & { readonly tasks: Task[] }>();
  const begin = (id: string | undefined, message?: SqsMessage) => {
    const known = items.get(id) ?? { id, message, tasks: [] };
    items.set(id, known);
    return known;
  };
  return {
    begin,
    add(id: string | undefined, task: Task): void {
      begin(id).tasks.push(task);
    },
    all: (): readonly Item[] => [...items.values()],
  };
}

function unknownEvent(event: unknown, items: readonly Item[]): InvocationError {
  const first = items[0]?.tasks[0];
  const message = first?.kind === 'unreadable' ? first.message : `expected ${EXPECTED}`;
  return new InvocationError('UnknownEvent', `cannot tell what the event is, ${describe(event)}: ${message}`);
}
