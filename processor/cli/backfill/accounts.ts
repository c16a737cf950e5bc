/** In which accounts of a backfill's folders we may tag. What a file of no such folder holds is found out when it is read. */
import { partitionOf } from '../../../parser/partition.ts';
import type { FoundBranch } from '../../backfill/scope/find-branches.ts';
import type { AccountAccess } from '../../file/account-access.ts';

export interface BackfillAccounts {
  readonly taggable: readonly string[];
  readonly leftOut: readonly string[];
}

/** Asks for the role of each of them. */
export async function findAccounts(
  branches: readonly FoundBranch[],
  { closed, refused }: AccountAccess,
  signal: AbortSignal,
): Promise<BackfillAccounts> {
  const regions = new Map(
    branches.flatMap(({ account, region }) => (account === '' ? [] : [[account, region]])),
  );
  const answers = await Promise.all(
    Array.from(regions, async ([account, region]) => {
      const why = closed(account, partitionOf(region)?.name ?? '') ?? (await refused(account, signal));
      return { account, isLeftOut: why !== undefined };
    }),
  );
  const namesOf = (isLeftOut: boolean) =>
    answers.filter((each) => each.isLeftOut === isLeftOut).map(({ account }) => account);
  return { taggable: namesOf(false), leftOut: namesOf(true) };
}
