/** What the catalogue knows of an ARN that somebody types: the rows of the calls that create such a resource. */
import { parseArn } from '../../parser/arn.ts';
import { asRecordTells, serviceOf } from '../../parser/catalogue/arn-template.ts';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { matchRow, withAlso } from '../../parser/event/resources.ts';
import { partitionNamed } from '../../parser/partition.ts';

/** With what they create beside their own type. Empty where nothing that has such an ARN is tagged. */
export function rowsOfArn(arn: string, region: string, account: string): readonly CatalogueRow[] {
  const parsed = parseArn(arn);
  if (parsed === undefined || partitionNamed(parsed.partition) === undefined) return [];
  const facts = {
    Partition: parsed.partition,
    Region: parsed.region || region,
    Account: parsed.account || account,
  };
  return catalogue()
    .filter((row) => serviceOf(row.arn) === parsed.service)
    .flatMap(withAlso)
    .filter((row) => matchRow(row, asRecordTells(row.arn, arn), facts) !== undefined);
}
