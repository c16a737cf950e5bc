/**
 * What a tagger is: one tagging API of AWS, reading, adding and removing tags. All targets of one batch are in the same account
 * and region. Every target gets its own answer; a tagger never throws.
 */
import type { Partition } from '../../parser/partition.ts';
import { type CallFailure, readFailure } from '../calls/call-failure.ts';
import type { Calls, Send } from '../calls/calls.ts';
import type { TagSet } from '../tags/tag-set.ts';

export interface Target {
  readonly arn: string;
  /** Instance id, bucket name and the like: what the tag call wants where that is not the ARN. */
  readonly id: string;
  /** What the API calls the resource by, where that is neither its ARN nor the id. */
  readonly tagId?: string | undefined;
  /** Service and type: `ec2:instance`. */
  readonly type: string;
  readonly partition: Partition;
  readonly account: string;
  readonly region: string;
}

/** What the API calls the resource by, if not by its ARN. */
export function tagIdOf({ tagId, id }: Target): string {
  return tagId ?? id;
}

export type Attempt<Value> = { readonly value: Value } | { readonly failure: CallFailure };

export interface Tagger {
  /** Targets in one `read`, `write` or `remove`. */
  readonly maxTargets: number;
  /** The tags of each target, in the order of the targets. */
  read(calls: Calls, targets: readonly Target[], signal: AbortSignal): Promise<readonly Attempt<TagSet>[]>;
  /** Adds the tags to each target; other tags stay. In the order of the targets. */
  write(
    calls: Calls,
    targets: readonly Target[],
    tags: TagSet,
    signal: AbortSignal,
  ): Promise<readonly Attempt<void>[]>;
  /** When the service made the resource, in epoch milliseconds; `undefined` where it does not say. */
  createdAt?(calls: Calls, target: Target, signal: AbortSignal): Promise<Attempt<number | undefined>>;
  /** What the service writes the tags of the target on too; of types whose tags stay on them, none. */
  members?(calls: Calls, target: Target, signal: AbortSignal): Promise<Attempt<readonly Target[]>>;
  /** Removes the tags of these keys from each target, whatever their values. In the order of the targets. */
  remove(
    calls: Calls,
    targets: readonly Target[],
    tags: TagSet,
    signal: AbortSignal,
  ): Promise<readonly Attempt<void>[]>;
}

/** Makes one call to the API, in the account and region of the target. */
export type Make<Client> = <Output>(send: Send<Client, Output>) => Promise<Output>;

/** One answer a target, whatever the others do. */
export function forEach<Value>(
  targets: readonly Target[],
  call: (target: Target) => Promise<Value>,
): Promise<Attempt<Value>[]> {
  return Promise.all(targets.map((target) => attempt(() => call(target))));
}

export async function attempt<Value>(call: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await call() };
  } catch (error) {
    return { failure: readFailure(error) };
  }
}
