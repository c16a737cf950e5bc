/**
 * What a tag manager tells of its writes, to whoever wants to know afterwards what was changed, or to change it back. Plain
 * data, so that it can be kept as it is. Nothing is written before `intend` has resolved; without a journal nobody is told.
 */
import type { CallFailure } from './calls/call-failure.ts';

/** One resource is about to get tags. Each attempt to write is an intent of its own. */
export interface WriteIntent {
  /** No other intent has it. */
  readonly id: string;
  readonly arn: string;
  /** What the tag call names it by, as its tagger has it. */
  readonly resourceId: string;
  readonly tagId?: string;
  /** Service and type: `ec2:instance`. */
  readonly type: string;
  readonly account: string;
  readonly region: string;
  /** The tagging API. */
  readonly api: string;
  /** What the ledger knows it by, where that is not its ARN. */
  readonly name?: string;
  /** ARN of the resource whose tags the service hands on to this one, which no event of its own is written for. */
  readonly memberOf?: string;
  /** The creation that the tags name. */
  readonly event: {
    readonly id: string;
    readonly source: string;
    readonly name: string;
    readonly time: string;
  };
  /** ARN of who made it, or the name. */
  readonly creator: string;
  /** Why it was decided so, in words; absent where there is nothing to say. */
  readonly reason?: string;
  /** What stood there under the keys of `after` and `removed`, as the service spells them. */
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  /** Keys whose tags are taken away. */
  readonly removed?: readonly string[];
}

/** How a write ended: it is on the resource, unless there is a failure. */
export interface WriteResult {
  /** Of the intent. */
  readonly id: string;
  readonly failure?: CallFailure;
}

export interface Journal {
  /** Keeps them for good. Throws where it cannot: then they are not carried out. */
  intend(intents: readonly WriteIntent[]): Promise<void>;
  /** Never throws: what cannot be kept is an intent of which nobody knows how it ended. */
  end(results: readonly WriteResult[]): Promise<void>;
}

/** Whether a write that failed so may have been carried out all the same: its answer was lost, or that of an earlier attempt. */
export function mayBeWritten({ class: what }: CallFailure): boolean {
  return !NOT_WRITTEN.has(what);
}

const NOT_WRITTEN: ReadonlySet<CallFailure['class']> = new Set([
  'not-found',
  'clock-skew',
  'credentials',
  'denied',
  'too-many-tags',
  'invalid-tags',
  'invalid',
  'unsupported',
]);
