/** How a parent is tagged, by the catalogue: what a call that reads its tags wants to know of it. */
import { type ArnVariables, matchArn, serviceOf } from '../catalogue/arn-template.ts';
import { rowsOfSource } from '../catalogue/catalogue.ts';
import type { CatalogueRow } from '../catalogue/row.ts';
import type { ParentRow } from './row.ts';

export interface TaggedAs {
  /** The value of the ARN's last variable: of an Auto Scaling group, whose ARN no record tells whole, its name. */
  readonly id: string;
  /** Key of the tagging API. */
  readonly api: string;
}

/** `undefined` where nothing of its type is tagged, and where the call wants what the ARN does not tell. */
export function taggedAs(parent: ParentRow, arn: string, facts: ArnVariables): TaggedAs | undefined {
  const row = rowOf(parent);
  if (row === undefined) return undefined;
  const id = Object.values(matchArn(row.arn, arn, facts)?.ids ?? {}).at(-1);
  return id === undefined ? undefined : { id, api: row.api };
}

const rows = new Map<string, CatalogueRow | undefined>();

/** A service's events have its prefix for their source, as those of all services that make something for others do. */
function rowOf({ resourceType, arn }: ParentRow): CatalogueRow | undefined {
  if (!rows.has(resourceType)) {
    const made = rowsOfSource(`${serviceOf(arn)}.amazonaws.com`);
    rows.set(
      resourceType,
      made.find((row) => row.resourceType === resourceType && row.arn === arn && row.tagId === undefined),
    );
  }
  return rows.get(resourceType);
}
