/**
 * Whether a call can have created a resource that somebody else describes. All that is said of it must follow from the
 * ARN by one row of the call, as if the record had been read again; what the ARN does not tell stands in the name.
 */
import { serviceOf } from '../catalogue/arn-template.ts';
import { makersFor, rowsFor } from '../catalogue/catalogue.ts';
import { isId } from '../catalogue/id-forms.ts';
import type { CatalogueRow, EventRow } from '../catalogue/row.ts';
import { partitionOf } from '../partition.ts';
import { matchRow, nameOf, tagIdInArn, withAlso } from './resources.ts';

export interface DescribedResource {
  readonly arn: string;
  readonly id: string;
  readonly tagId?: string | undefined;
  /** Service and type: `sns:topic`. */
  readonly type: string;
  readonly region: string;
  /** Key of the tagging API. */
  readonly api: string;
}

/** `name` is what its creations and deletions are kept under. */
export function canHaveCreated(
  { eventSource, eventName }: Pick<EventRow, 'eventSource' | 'eventName'>,
  { account, arn: name }: { readonly account: string; readonly arn: string },
  resource: DescribedResource,
): boolean {
  const partition = partitionOf(resource.region)?.name;
  if (partition === undefined) return false;
  const rows = [rowsFor, makersFor].flatMap((find) => find(eventSource, eventName)).flatMap(withAlso);
  return rows.some((row) => {
    if (row.resourceType !== resource.type || row.api !== resource.api) return false;
    if ((row.regions?.[partition] ?? resource.region) !== resource.region) return false;
    const { arn, id, tagId } = resource;
    const match = matchRow(row, arn, { Partition: partition, Region: resource.region, Account: account });
    if (match === undefined || match.arn !== arn) return false;
    if (id !== (Object.values(match.ids).at(-1) ?? arn)) return false;
    return isTagIdOf(row, resource) && nameOf(row, arn, tagId) === name;
  });
}

function isTagIdOf(row: CatalogueRow, { arn, id, tagId }: DescribedResource): boolean {
  const [variable] = Object.keys(row.tagId ?? {});
  if (variable === undefined || tagId === undefined) return variable === tagId;
  const told = tagIdInArn(row, arn);
  if (told !== undefined) return tagId === told;
  if (!isId(serviceOf(row.arn), variable, tagId)) return false;
  // Of a name that can be used again the ARN tells the id, but for the slash in front of a parameter's.
  return row.naming === 'unique' || tagId.replace(/^\//, '') === id;
}
