/** The tags that a resource bears now, read as whoever tags reads them. */
import { parseArn } from '../../parser/arn.ts';
import { asRecordTells } from '../../parser/catalogue/arn-template.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { matchRow, tagIdInArn } from '../../parser/event/resources.ts';
import { partitionNamed } from '../../parser/partition.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { Attempt, Target } from '../../tag-manager/taggers/tagger.ts';
import type { TaggerFor } from '../../tag-manager/taggers/taggers.ts';
import type { TagSet } from '../../tag-manager/tags/tag-set.ts';
import type { Home } from './places.ts';

/** `undefined` where the ARN does not tell what the tag call wants. */
export function targetOf(arn: string, row: CatalogueRow, home: Home): Target | undefined {
  const parsed = parseArn(arn);
  const partition = partitionNamed(parsed?.partition);
  if (parsed === undefined || partition === undefined) return undefined;
  const [account, named] = [parsed.account || home.account, parsed.region || home.region];
  const facts = { Partition: partition.name, Region: named, Account: account };
  const match = matchRow(row, asRecordTells(row.arn, arn), facts);
  if (match === undefined) return undefined;
  const tagId = tagIdInArn(row, match.arn);
  if (row.tagId !== undefined && tagId === undefined) return undefined;
  const id = Object.values(match.ids).at(-1) ?? match.arn;
  const region = row.regions?.[partition.name] ?? named;
  return { arn: match.arn, id, tagId, type: row.resourceType, partition, account, region };
}

export async function readLiveTags(
  { target, api }: { readonly target: Target; readonly api: string },
  calls: Calls,
  taggerFor: TaggerFor,
  signal: AbortSignal,
): Promise<Attempt<TagSet> | undefined> {
  const [read] = await taggerFor(api).read(calls, [target], signal);
  return read;
}
