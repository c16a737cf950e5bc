/** In which accounts of a backfill's folders we may tag. What a file of no such folder holds is found out when it is read. */
import { partitionOf } from '../../../parser/partition.ts';
import type { FoundBranch } from '../../backfill/scope/find-branches.ts';
import type { AccountAccess } from '../../file/account-access.ts';

export interface BackfillAccounts {
  readonly taggable: readonly string[];
  readonly leftOut: readonly string[];
}

/** Asks for the role of each of them. Places of no account are passed over. */
export async function findAccounts(
  places: readonly Pick<FoundBranch, 'account' | 'region'>[],
  access: AccountAccess,
  signal: AbortSignal,
): Promise<BackfillAccounts> {
  const ofAccounts = new Map(
    places.flatMap((place) => (place.account === '' ? [] : [[place.account, place]])),
  );
  const answers = await Promise.all(
    Array.from(ofAccounts, async ([account, place]) => {
      return { account, isLeftOut: (await whyLeftOut(place, access, signal)) !== undefined };
    }),
  );
  const namesOf = (isLeftOut: boolean) =>
    answers.filter((each) => each.isLeftOut === isLeftOut).map(({ account }) => account);
  return { taggable: namesOf(false), leftOut: namesOf(true) };
}

/** Why nothing can be tagged in the account of a branch. */
export async function whyLeftOut(
  { account, region }: Pick<FoundBranch, 'account' | 'region'>,
  { closed, refused }: AccountAccess,
  signal: AbortSignal,
): Promise<string | undefined> {
  return closed(account, partitionOf(region)?.name ?? '') ?? (await refused(account, signal));
}
