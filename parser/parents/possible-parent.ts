/** Whether a record can have named a parent that somebody else describes. */
import { isDeepStrictEqual } from 'node:util';
import { matchArn } from '../catalogue/arn-template.ts';
import { partitionOf } from '../partition.ts';
import type { Parent } from './parent.ts';
import { PROOFS } from './row.ts';
import { parentRows } from './rows.ts';
import { taggedAs } from './tagged-as.ts';

/** All that is said of it must follow from its ARN by one row. */
export function canBeParent({ arn, resourceType, account, region, ...said }: Parent): boolean {
  const partition = partitionOf(region)?.name;
  if (partition === undefined || !Object.hasOwn(PROOFS, said.proof)) return false;
  const facts = { Partition: partition, Region: region, Account: account };
  return parentRows().some(
    (row) =>
      row.resourceType === resourceType &&
      matchArn(row.arn, arn, facts)?.arn === arn &&
      said.graceSeconds <= row.graceSeconds &&
      isDeepStrictEqual(said.resource, taggedAs(row, arn, facts)),
  );
}
