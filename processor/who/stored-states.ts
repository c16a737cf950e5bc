/** What the metadata store keeps of resources whose creator is asked for: what its index says of each, as something that was made. */
import { asRecordTells, serviceOf } from '../../parser/catalogue/arn-template.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { matchRow } from '../../parser/event/resources.ts';
import { partitionOf } from '../../parser/partition.ts';
import type { KeptState } from '../../tag-manager/store/look-up.ts';
import { creatorOf } from './kept-creator.ts';
import type { Home } from './places.ts';
import { rowsOfCall } from './rows-of-call.ts';
import type { Made } from './sighting.ts';
import { TOLD_BY_STORE } from './stored.ts';

/** The callers that a pattern may stand for, as the store spells them; none where it leaves open whom it means: the index knows whole names alone. */
export function callersOf(pattern: string, home: Home): readonly string[] {
  if (pattern.includes('*')) return [];
  if (/[:/]/.test(pattern)) return [pattern];
  const partition = partitionOf(home.region)?.name ?? 'aws';
  return [`arn:${partition}:iam::${home.account}:user/${pattern}`, pattern];
}

export function madeByState(state: KeptState, home: Home): Made {
  const { name, eventID, eventTime, eventName, user, region } = state;
  const row = rowOfState(state, home);
  return {
    kind: 'creation',
    eventID,
    eventTime,
    eventName,
    eventSource: row?.eventSource ?? '',
    name,
    region,
    creator: creatorOf(user),
    toldBy: TOLD_BY_STORE,
    arn: name.arn,
    type: row?.resourceType ?? '',
    resourceRegion: region,
    naming: row?.naming ?? 'unique',
    creation: row?.creationIn?.[region] ?? row?.creation ?? 'strict',
  };
}

/** The row of its call, of the type whose ARNs are such; `undefined` where the catalogue has none. */
function rowOfState({ name, eventName, region }: KeptState, home: Home): CatalogueRow | undefined {
  const ofService = rowsOfCall(eventName).filter((row) => serviceOf(row.arn) === serviceOf(name.arn));
  const facts = {
    Partition: name.arn.split(':')[1] ?? '',
    Region: region || home.region,
    Account: name.account,
  };
  const isSuch = (row: CatalogueRow) => matchRow(row, asRecordTells(row.arn, name.arn), facts) !== undefined;
  return ofService.find(isSuch) ?? ofService[0];
}
