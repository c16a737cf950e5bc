/**
 * What a file says of accounts that AWS does not let us into: once it is read to its end, and before anything is tagged,
 * each of its accounts is asked for, and what is of those that refuse is counted as `no-role`.
 */
import type { RecordFacts } from '../../parser/event/record-facts.ts';
import { printable } from '../../parser/printable.ts';
import type { Accounts } from '../../tag-manager/calls/accounts.ts';
import type { HeldEvents, PassedOver, Plan, Refusal } from './plan-file.ts';

export type AccountAccess = Pick<Accounts, 'closed' | 'refused'>;

/** Why, by account. */
export type Refusals = ReadonlyMap<string, string>;

/** For who calls nobody. */
export const ALL_OURS: AccountAccess = { closed: () => undefined, refused: async () => undefined };

/** What is of accounts that nobody need ask for. */
export function refusedByAccount(
  { account, partition }: RecordFacts,
  { closed }: AccountAccess,
): Refusal | undefined {
  const detail = closed(account, partition.name);
  return detail === undefined ? undefined : { reason: 'no-role', detail };
}

/** Those that refuse. An account that cannot be asked for the moment is none of them. */
export async function askAccounts(
  accounts: Iterable<string>,
  { refused }: AccountAccess,
  signal: AbortSignal,
): Promise<Refusals> {
  const asked = Array.from(accounts, async (account) => [account, await refused(account, signal)] as const);
  const answers = await Promise.all(asked);
  return new Map(answers.flatMap(([account, why]) => (why === undefined ? [] : [[account, why] as const])));
}

/** Creations of accounts that refuse are counted among the ignored. */
export function withoutRefused(plan: Plan, refusals: Refusals): Plan {
  let count = 0;
  for (const account of refusals.keys()) count += plan.creationsIn.get(account) ?? 0;
  if (count === 0) return plan;
  const ignored = { ...plan.ignored, 'no-role': (plan.ignored['no-role'] ?? 0) + count };
  return { ...plan, ignored, creationCount: plan.creationCount - count };
}

/** What of a round is of accounts that do not refuse; the observer hears of the rest. */
export function admitted(
  { creations, deletions, makers }: HeldEvents,
  refusals: Refusals,
  onPassedOver?: (record: PassedOver) => void,
): HeldEvents {
  if (refusals.size === 0) return { creations, deletions, makers };
  if (onPassedOver !== undefined) {
    for (const { account, index, eventID, eventSource, eventName } of creations) {
      const why = refusals.get(account);
      if (why === undefined) continue;
      onPassedOver({ index, eventID, eventSource, eventName, reason: 'no-role', detail: printable(why) });
    }
  }
  const isOurs = ({ account }: RecordFacts) => !refusals.has(account);
  return {
    creations: creations.filter(isOurs),
    deletions: deletions.filter(isOurs),
    makers: makers.filter(isOurs),
  };
}
