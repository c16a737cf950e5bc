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
  access: AccountAccess,
  signal: AbortSignal,
): Promise<BackfillAccounts> {
  const ofAccounts = new Map(
    branches.flatMap((branch) => (branch.account === '' ? [] : [[branch.account, branch]])),
  );
  const answers = await Promise.all(
    Array.from(ofAccounts, async ([account, branch]) => {
      return { account, isLeftOut: (await whyLeftOut(branch, access, signal)) !== undefined };
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
