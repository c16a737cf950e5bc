/**
 * From whatever invoked the function to the work that it asks for. Envelopes are opened one after the other, however
 * AWS nested them; what is inside is recognised by its shape, by the rows of `forms.ts`. What cannot be understood, or
 * is not believed from whoever sent it, is a task of its own that says so, and the others go on; only an event in which
 * nothing is recognised throws.
 */
import type { TriggerMode } from './callers.ts';
import { inside, type NotificationForm, type Step } from './form.ts';
import { type BatchEcho, readBatchEcho } from './forms/batch-operations.ts';
import { type AnyForm, recognise } from './forms.ts';
import { type Invocation, InvocationError } from './invocation.ts';
import { describe } from './show.ts';
import { type Item, type SqsMessage, type Task, unreadable } from './task.ts';
import { restrict } from './trigger-mode.ts';
import {
  INVOKER,
  isBelieved,
  NO_QUEUES,
  type Sender,
  type TrustedQueues,
  UNKNOWN,
  WHO_IS_BELIEVED,
} from './trust.ts';

/** The deepest that AWS makes has 8: Records, SQS, Lambda destination, Records, SNS, CloudTrail's or S3's Records, S3. */
const MAX_DEPTH = 16;

const EXPECTED =
  'a notification from S3, SNS, SQS, EventBridge, CloudTrail, S3 Batch Operations or Step Functions, ' +
  'or {"bucket", "key" | "keys" | "prefix"}, or {"resourceId", "user"}';

/**
 * `sender` is whose word the event is: that of whoever invoked us, unless it is a message of a queue. Throws
 * `InvocationError` and nothing else; does not change the event. Linear in the event's size.
 */
export function readInvocation(
  event: unknown,
  mode: TriggerMode = 'auto',
  queues: TrustedQueues = NO_QUEUES,
  sender: Sender = INVOKER,
): Invocation {
  const outermost: AnyForm[] = [];
  const items = collectItems();
  let batch: BatchEcho | undefined;
  let run: string | undefined;

  // A stack, not recursion: the event decides how deep it goes. The next in the event's order is on top.
  const pending: Pending[] = [{ step: inside(event), depth: 0, isOutermost: true, sender }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { step, ...place } = next;
    if (step.kind === 'item') {
      const itemId = place.itemId ?? step.id;
      const isOfLambda = place.isOutermost && place.sender.kind === 'invoker';
      const message = isOfLambda ? step.message : undefined; // not one that somebody wrote into another
      items.begin(itemId, message);
      const sender = step.message === undefined ? place.sender : senderOf(message);
      const within = { ...place, itemId, sender, isOutermost: false };
      for (const inner of step.steps.toReversed()) pending.push({ ...within, step: inner });
    } else if (step.kind === 'inside') {
      const at: Place = { ...place, bucket: step.bucket ?? place.bucket };
      const { form, steps } = open(step.value, at, queues);
      const isEnvelope = form !== undefined && form.callers.length > 0;
      if (isEnvelope && at.isOutermost) outermost.push(form);
      if (form?.isWhole) batch = readBatchEcho(step.value);
      if (at.depth === 0) run = runOf(step.value, form);
      if (form?.name === 'own-message') items.markOwn(place.itemId);
      for (const inner of steps.toReversed()) pending.push(below(at, inner, isEnvelope));
    } else {
      items.add(place.itemId, step);
    }
  }
  const [first] = outermost;
  if (first === undefined) throw unknownEvent(event, items.all());
  const found = {
    form: first.name,
    items: items.all(),
    ...(batch && { batch }),
    ...(run !== undefined && { run }),
  };
  return restrict(found, outermost, mode);
}

interface Place {
  readonly depth: number;
  /** Of the outermost item that it lies in: that is what the caller is answered for. */
  readonly itemId?: string | undefined;
  /** For files that name none. */
  readonly bucket?: string | undefined;
  /** Inside no envelope: this is what the caller sent. */
  readonly isOutermost: boolean;
  readonly sender: Sender;
}

interface Pending extends Place {
  readonly step: Step;
}

/** What lies inside an envelope may have been written by anybody, unless the envelope says who it was. */
function below(at: Place, step: Step, isEnvelope: boolean): Pending {
  const place = { ...at, step, depth: at.depth + 1 };
  if (!isEnvelope || step.kind === 'item') return place;
  const sender = (step.kind === 'inside' ? step.sender : undefined) ?? UNKNOWN;
  return { ...place, sender, isOutermost: false };
}

/** Lambda vouches for the queue that it has read. */
function senderOf(message: SqsMessage | undefined): Sender {
  return message === undefined ? UNKNOWN : { kind: 'queue', arn: message.queueArn };
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
    if (depth > 0 && runOf(value, form) !== undefined) {
      return refusal('the run of a backfill is believed only of the whole event');
    }
    if (form.isWhole && depth > 0) return refusal(`${form.name} is taken only as the whole event`);
    return { form, steps: form.read(value, { bucket }) };
  }
  return typeof value === 'string'
    ? { steps: [parsed(value)] }
    : refusal(`expected ${EXPECTED}; got ${describe(value)}`);
}

function runOf(value: unknown, form: NotificationForm | undefined): string | undefined {
  const named = form?.runOf?.(value);
  return named === undefined || typeof named === 'string' ? named : describe(named);
}

function refusal(message: string): Opened {
  return { steps: [unreadable(message)] };
}

function parsed(text: string): Step {
  try {
    return inside(JSON.parse(text));
  } catch {
    // The parser's message would quote the text; ours does, cut.
    return unreadable(`expected JSON, got ${describe(text)}`);
  }
}

/** The tasks of each item, in the order of the event; an id that comes twice is one item. */
function collectItems() {
  const items = new Map<string | undefined, Item & { isOwn?: boolean; readonly tasks: Task[] }>();
  const begin = (id: string | undefined, message?: SqsMessage) => {
    const known = items.get(id) ?? { id, message, tasks: [] };
    items.set(id, known);
    return known;
  };
  return {
    begin,
    markOwn(id: string | undefined): void {
      begin(id).isOwn = true;
    },
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
