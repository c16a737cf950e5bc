/**
 * A form of notification is a row: what tells it apart, how its keys are written, and what is inside. The rows are in
 * `forms/`, `forms.ts` lists them, `docs/notifications.md` shows them.
 */
import type * as z from 'zod';
import { isJsonObject } from '../../parser/record.ts';
import { narrow } from '../narrow.ts';
import type { Caller } from './callers.ts';
import type { KeyEncoding } from './object-key.ts';
import { describe, shorten } from './show.ts';
import { type SqsMessage, type Task, unreadable } from './task.ts';
import type { BelievedFrom, Sender } from './trust.ts';

/**
 * Properties that an object must have, with any value, this text, or a text of this form; a bare form is that of a
 * text. The word is EventBridge's, which tells events apart in the same way.
 */
export type Pattern = Readonly<Record<string, true | string | RegExp>> | RegExp | 'an array';

/** What a row makes of a value: tasks, values to be opened in turn, or items that are answered for one by one. */
export type Step = Task | Inside | ItemStep;

export interface Inside {
  readonly kind: 'inside';
  readonly value: unknown;
  /** For items below that name no bucket of their own. */
  readonly bucket?: string;
  /** Whose word it is, where an envelope of ours says so. @default that of the sender, who is unknown inside an envelope */
  readonly sender?: Sender;
}

export interface ItemStep {
  readonly kind: 'item';
  readonly id: string;
  readonly message?: SqsMessage | undefined;
  readonly steps: readonly Step[];
}

export interface Context {
  /** Of the batch input around it. */
  readonly bucket: string | undefined;
}

interface FormFacts<Name extends string> {
  readonly name: Name;
  readonly pattern: Pattern;
  readonly believedFrom: BelievedFrom;
  /** Only as the whole event: the caller reads one answer. */
  readonly isWhole?: true;
  /** The run of a backfill that it says it belongs to, whatever somebody wrote there; absent where it cannot say so. */
  readonly runOf?: (value: unknown) => unknown;
  /** Whose deployments take it from outside (`TRIGGER_MODE`), the usual first. Empty for mere containers. */
  readonly callers: readonly Caller[];
  /** Absent where there are no keys in it. */
  readonly keys?: KeyEncoding;
  /** The AWS page, or what it is for where it is ours. */
  readonly source: string;
}

export interface NotificationForm<Name extends string = string> extends FormFacts<Name> {
  /** Takes a value that matches `pattern`. Never throws. */
  readonly read: (value: unknown, context: Context) => readonly Step[];
}

interface Row<Name extends string, Schema extends z.ZodType> extends FormFacts<Name> {
  readonly schema: Schema;
  /** `keys` is the row's own: how `fileTask` must read them. */
  readonly read: (seen: z.output<Schema>, context: Context, keys: KeyEncoding) => readonly Step[];
}

/** Makes a row whose value is narrowed by its schema first; one that does not fit is unreadable and says where. */
export function form<const Name extends string, Schema extends z.ZodType>(
  row: Row<Name, Schema>,
): NotificationForm<Name> {
  const { schema, read, ...facts } = row;
  return {
    ...facts,
    read(value, context) {
      const seen = narrow(schema, value);
      if (seen === undefined)
        return [unreadable(`${row.name}: invalid, in ${shorten(describe(value), 500)}`)];
      return seen.success
        ? read(seen.data, context, row.keys ?? 'raw')
        : [unreadable(`${row.name}: ${explain(seen.error, value)}`)];
    },
  };
}

export function matches(pattern: Pattern, value: unknown): boolean {
  if (pattern === 'an array') return Array.isArray(value);
  if (pattern instanceof RegExp) return typeof value === 'string' && pattern.test(value);
  if (!isJsonObject(value)) return false;
  return Object.entries(pattern).every(([key, expected]) => {
    if (!Object.hasOwn(value, key)) return false;
    const found = value[key];
    if (expected === true) return true;
    return typeof expected === 'string'
      ? found === expected
      : typeof found === 'string' && expected.test(found);
  });
}

export function inside(value: unknown, bucket?: string): Inside {
  return bucket === undefined ? { kind: 'inside', value } : { kind: 'inside', value, bucket };
}

function explain(error: z.ZodError, value: unknown): string {
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  return shorten(`${issue?.message ?? 'invalid'}${where}, in ${describe(value)}`, 500);
}
