/** Accounts and regions that could not be listed to their end. */
import type { FoundBranch } from '../../backfill/scope/find-branches.ts';
import { readFileFailure } from '../../file/file-failure.ts';
import type { Complaint } from '../complaints.ts';

export function complaintOfBranch({ name, prefix }: FoundBranch, error: unknown): Complaint {
  const { code, message } = readFileFailure(error);
  const where = name === '' ? prefix : name;
  return {
    kind: `branch ${code}`,
    problem: `${where}: cannot be listed any further: ${code}: ${message}`,
    name: where,
    more: (count, names) => `${count} more like it (${names}): cannot be listed any further: ${code}`,
  };
}
