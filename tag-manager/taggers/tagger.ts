/**
 * What a tagger is: one tagging API of AWS, reading and adding tags. All targets of one call are in the same
 * account and region. Every target gets its own answer; a tagger never throws.
 */
import type { Partition } from '../../parser/partition.ts';
import type { ClientClass, Clients, SdkClient } from '../calls/clients.ts';
import type { TagSet } from '../tags/tag-set.ts';

export interface Target {
  readonly arn: string;
  /** Instance id, bucket name and the like. */
  readonly id: string;
  readonly partition: Partition;
  readonly account: string;
  readonly region: string;
}

export type Attempt<Value> = { readonly value: Value } | { readonly error: unknown };

export interface Tagger {
  /** Targets in one call of `read` or `write`. */
  readonly maxTargets: number;
  /** The tags of each target, in the order of the targets. */
  read(clients: Clients, targets: readonly Target[]): Promise<readonly Attempt<TagSet>[]>;
  /** Adds the tags to each target; other tags stay. In the order of the targets. */
  write(clients: Clients, targets: readonly Target[], tags: TagSet): Promise<readonly Attempt<void>[]>;
}

/** A tagging API that takes one resource a call. */
export interface SingleApi<Client extends SdkClient> {
  readonly client: ClientClass<Client>;
  read(client: Client, target: Target): Promise<TagSet>;
  write(client: Client, target: Target, tags: TagSet): Promise<unknown>;
}

export function singleTagger<Client extends SdkClient>(api: SingleApi<Client>): Tagger {
  const clientFor = (clients: Clients, { account, region }: Target) =>
    clients.get(api.client, account, region);
  return {
    maxTargets: 1,
    read: (clients, targets) => forEach(targets, (target) => api.read(clientFor(clients, target), target)),
    write: (clients, targets, tags) =>
      forEach(targets, async (target) => {
        await api.write(clientFor(clients, target), target, tags);
      }),
  };
}

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
    return { error };
  }
}
