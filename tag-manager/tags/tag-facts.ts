/**
 * What templates and rules look at: all that a creation and its resource tell, as plain data. Whoever keeps it can give
 * the resource its tags anew without the record.
 */
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import type { Creation } from '../../parser/event/creation.ts';
import type { CreatedResource } from '../../parser/event/resources.ts';
import type { Partition } from '../../parser/partition.ts';

export interface CreationFacts
  extends Pick<
    Creation,
    | 'eventID'
    | 'eventTime'
    | 'eventSource'
    | 'eventName'
    | 'account'
    | 'region'
    | 'sourceIP'
    | 'creator'
    | 'parent'
  > {
  readonly partition: Pick<Partition, 'name'>;
}

export interface ResourceFacts extends Pick<CreatedResource, 'arn' | 'id' | 'region'> {
  readonly row: Pick<CatalogueRow, 'resourceType' | 'eventName'>;
}

export interface TagFacts {
  readonly creation: CreationFacts;
  readonly resource: ResourceFacts;
}

/** The facts alone, of what may hold more. */
export function factsOf(creation: CreationFacts, { arn, id, region, row }: ResourceFacts): TagFacts {
  const { eventID, eventTime, eventSource, eventName, account, sourceIP, creator, parent } = creation;
  return {
    creation: {
      eventID,
      eventTime,
      eventSource,
      eventName,
      account,
      region: creation.region,
      partition: { name: creation.partition.name },
      sourceIP,
      creator,
      ...(parent !== undefined && { parent }),
    },
    resource: {
      arn,
      id,
      region,
      row: { resourceType: row.resourceType, eventName: row.eventName },
    },
  };
}
