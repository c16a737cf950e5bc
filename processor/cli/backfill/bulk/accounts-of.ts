/** In which accounts the deployed function may tag, as far as its settings say: its role is assumed by nobody else. */
import type { FoundBranch } from '../../../backfill/scope/find-branches.ts';
import type { BackfillAccounts } from '../accounts.ts';
import type { OpenedBulk } from './open-bulk.ts';

export function accountsOf(
  branches: readonly FoundBranch[],
  { identity, settings }: Pick<OpenedBulk, 'identity' | 'settings'>,
): BackfillAccounts {
  const found = [...new Set(branches.flatMap(({ account }) => account || []))];
  const isOpen = (account: string) => account === identity.account || settings.memberRole !== undefined;
  return { taggable: found.filter(isOpen), leftOut: found.filter((account) => !isOpen(account)) };
}
