/** One creation or deletion of a resource, with what tells who did it and from where: what of a record is kept, and crosses threads. */

import type { Creation } from '../../parser/event/creation.ts';
import { type Creator, readCreator } from '../../parser/event/creator.ts';
import type { Deletion } from '../../parser/event/deletion.ts';
import type { CreatedResource } from '../../parser/event/resources.ts';
import { textAt, valuesAt } from '../../parser/path.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import type { Naming } from '../../tag-manager/ownership/lives.ts';
import type { CreationEvent, Name } from '../../tag-manager/ownership/name-event.ts';

interface Facts {
  readonly eventID: string;
  /** ISO 8601, UTC, to the second. */
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  /** Under which it is known to the rules of ownership. */
  readonly name: Name;
  /** Where the call was made. */
  readonly region: string;
  readonly creator: Creator | undefined;
  readonly sourceIP?: string;
  readonly userAgent?: string;
  /** The call was made in the AWS console. */
  readonly isByConsole?: true;
  /** What told it: a file, a run, a table. */
  readonly toldBy: string;
  /** Place of its record in the file, counted from 0. */
  readonly index?: number;
}

export interface Made extends Facts, Pick<CreationEvent, 'kind' | 'creation' | 'isIndirect'> {
  readonly arn: string;
  /** Service and type: `sns:topic`. */
  readonly type: string;
  /** Where the resource is. */
  readonly resourceRegion: string;
  readonly naming: Naming;
  /** The call may have updated what was there; the record does not tell. */
  readonly mayBeUpdate?: true;
}

export interface Deleted extends Facts {
  readonly kind: 'deletion';
}

export type Sighting = Made | Deleted;

export function sightingOfCreation(
  creation: Creation,
  resource: CreatedResource,
  toldBy: string,
  mayBeUpdate: boolean,
): Made {
  const { row, arn, region: resourceRegion, isIndirect } = resource;
  return {
    kind: 'creation',
    ...factsOf(creation, creation.record, toldBy),
    eventSource: cut(creation.eventSource),
    creator: cutCreator(creation.creator),
    name: { account: creation.account, arn: resource.name ?? arn },
    arn,
    type: row.resourceType,
    resourceRegion,
    naming: row.naming,
    creation: resource.creation,
    ...(isIndirect && { isIndirect }),
    ...(mayBeUpdate && { mayBeUpdate }),
  };
}

export function sightingOfDeletion(deletion: Deletion, arn: string, toldBy: string): Deleted {
  const { account, record } = deletion;
  return {
    kind: 'deletion',
    ...factsOf(deletion, record, toldBy),
    eventSource: cut(textAt(record, 'eventSource') ?? ''),
    creator: cutCreator(readCreator(record)),
    name: { account, arn },
  };
}

function factsOf(
  { eventID, eventTime, eventName, region, index }: Creation | Deletion,
  record: CloudTrailRecord,
  toldBy: string,
) {
  const sourceIP = textAt(record, 'sourceIPAddress');
  const userAgent = textAt(record, 'userAgent');
  return {
    eventID,
    eventTime,
    eventName: cut(eventName),
    region,
    index,
    toldBy,
    ...(sourceIP !== undefined && { sourceIP: cut(sourceIP) }),
    ...(userAgent !== undefined && { userAgent: cut(userAgent) }),
    ...(isByConsole(record, userAgent) && { isByConsole: true as const }),
  };
}

/**
 * CloudTrail User Guide, "CloudTrail record contents", `sessionCredentialFromConsole`, in records from version 1.08 on; before, the
 * agent says it.
 */
function isByConsole(record: CloudTrailRecord, userAgent = ''): boolean {
  const [said] = valuesAt(record, 'sessionCredentialFromConsole');
  return (
    said === true || said === 'true' || /\b(console|signin)\.(amazonaws|aws\.amazon)\.com\b/.test(userAgent)
  );
}

/** ARNs have at most 2,048; the rest is what callers choose, and a record may be 1 MiB. */
const MAX_CHARACTERS = 2_048;

function cut(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS).toWellFormed()}…`;
}

function cutCreator(creator: Creator): Creator;
function cutCreator(creator: Creator | undefined): Creator | undefined;
function cutCreator(creator: Creator | undefined): Creator | undefined {
  if (creator === undefined) return undefined;
  const { arn, name, person, invokedBy } = creator;
  return {
    arn: arn && cut(arn),
    name: cut(name),
    person: cut(person),
    invokedBy: invokedBy && cut(invokedBy),
  };
}
