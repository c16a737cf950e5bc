/** Which type of resource a state of the metadata store is about, by the call that its tags name, else by its ARN alone. */
import { asRecordTells, serviceOf } from '../../parser/catalogue/arn-template.ts';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { type CatalogueRow, servicePrefix } from '../../parser/catalogue/row.ts';
import { matchRow, withAlso } from '../../parser/event/resources.ts';
import type { KeptState } from '../../tag-manager/store/look-up.ts';
import { rowsOfCall } from '../who/rows-of-call.ts';

export interface ResourceType {
  /** Its IAM prefix; what the ARN has in its place where the catalogue knows no such type. */
  readonly service: string;
  /** Empty where the catalogue knows none. */
  readonly type: string;
}

export function typeOf(state: Pick<KeptState, 'name' | 'eventName' | 'region'>): ResourceType {
  const row = rowOf(state);
  if (row === undefined) return { service: serviceOf(state.name.arn), type: '' };
  return { service: servicePrefix(row), type: row.resourceType };
}

function rowOf({
  name,
  eventName,
  region,
}: Pick<KeptState, 'name' | 'eventName' | 'region'>): CatalogueRow | undefined {
  const { arn, account } = name;
  const facts = { Partition: arn.split(':')[1] ?? '', Region: region, Account: account };
  const isSuch = (row: CatalogueRow) => matchRow(row, asRecordTells(row.arn, arn), facts) !== undefined;
  const ofCall = rowsOfCall(eventName).filter((row) => serviceOf(row.arn) === serviceOf(arn));
  const [only, ...others] = ofCall;
  if (only !== undefined) return others.length === 0 ? only : (ofCall.find(isSuch) ?? only);
  return rowsOfService(serviceOf(arn)).find(isSuch); // a deletion, or tags of somebody else
}

let services: ReadonlyMap<string, readonly CatalogueRow[]> | undefined;

function rowsOfService(service: string): readonly CatalogueRow[] {
  services ??= Map.groupBy(catalogue().flatMap(withAlso), (row) => serviceOf(row.arn));
  return services.get(service) ?? [];
}
