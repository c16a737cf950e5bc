/** What the metadata store keeps of resources whose creator is asked for: what its index says of each, as something that was made. */
import { asRecordTells, serviceOf } from '../../parser/catalogue/arn-template.ts';
import { catalogue, DATE_SUFFIX } from '../../parser/catalogue/catalogue.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { matchRow, withAlso } from '../../parser/event/resources.ts';
import { partitionOf } from '../../parser/partition.ts';
import type { KeptState } from '../../tag-manager/store/look-up.ts';
import { creatorOf } from './kept-creator.ts';
import type { Home } from './places.ts';
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

let rowsByCall: ReadonlyMap<string, readonly CatalogueRow[]> | undefined;

/** The row of its call, of the type whose ARNs are such; `undefined` where the catalogue has none. */
function rowOfState({ name, eventName, region }: KeptState, home: Home): CatalogueRow | undefined {
  rowsByCall ??= rowsOfCalls();
  const rows = rowsByCall.get(eventName) ?? rowsByCall.get(eventName.replace(DATE_SUFFIX, '')) ?? [];
  const ofService = rows.filter((row) => serviceOf(row.arn) === serviceOf(name.arn));
  const facts = {
    Partition: name.arn.split(':')[1] ?? '',
    Region: region || home.region,
    Account: name.account,
  };
  const isSuch = (row: CatalogueRow) => matchRow(row, asRecordTells(row.arn, name.arn), facts) !== undefined;
  return ofService.find(isSuch) ?? ofService[0];
}

function rowsOfCalls(): ReadonlyMap<string, readonly CatalogueRow[]> {
  const calls = new Map<string, CatalogueRow[]>();
  for (const row of catalogue().flatMap(withAlso)) {
    for (const call of [row.eventName, ...(row.otherNames ?? [])]) {
      const rows = calls.get(call);
      if (rows === undefined) calls.set(call, [row]);
      else rows.push(row);
    }
  }
  return calls;
}
