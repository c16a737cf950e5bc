/** A resource of a run that is undone, with all that its calls want; and what they go through. */
import { partitionOf } from '../../../parser/partition.ts';
import type { Api } from '../../../tag-manager/apis/api.ts';
import { apiNamed } from '../../../tag-manager/apis/apis.ts';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import type { Journal, WriteIntent } from '../../../tag-manager/journal.ts';
import type { Undone } from '../../../tag-manager/store/undone.ts';
import type { Tagger } from '../../../tag-manager/taggers/tagger.ts';
import type { TaggerFor } from '../../../tag-manager/taggers/taggers.ts';
import type { Told } from '../../../tag-manager/told-writes.ts';
import { RunError } from '../run/run-error.ts';
import type { ResourceWrites } from './parts.ts';

export interface Undoing {
  readonly calls: Calls;
  readonly signal: AbortSignal;
  readonly taggerFor: TaggerFor;
  /** Of the undo. */
  readonly journal: Journal;
  /** Where it is kept that it was undone. @default nowhere */
  readonly undone: Undone | undefined;
  readonly dryRun: boolean;
}

/** A resource, with all that its calls want. */
export interface Undoable extends Pick<Told, 'target' | 'api' | 'event'> {
  readonly resource: ResourceWrites;
  readonly tagger: Tagger;
  readonly last: WriteIntent;
}

/** How outcomes name it. */
export function placeOf({ target, api }: Pick<Undoable, 'target' | 'api'>) {
  const { account, arn, type, region } = target;
  return { account, arn, type, region, api: api.name };
}

/** Its tags go on to others. */
export function hasMembers({ target, api }: Pick<Undoable, 'target' | 'api'>): boolean {
  return api.members[target.type] !== undefined;
}

/** Throws RunError where the journal tells of something that there is not. */
export function undoableOf(resource: ResourceWrites, taggerFor: TaggerFor): Undoable {
  const last = resource.writes.at(-1)?.intent;
  if (last === undefined) throw new RangeError('a resource that was never written');
  const { arn, resourceId: id, tagId, type, account, region, event, creator } = last;
  const partition = partitionOf(region);
  if (partition === undefined || !/^\d{12}$/.test(account))
    throw new RunError(
      `the journal tells of ${arn} in account ${account} and region ${region}, which there is not`,
    );
  return {
    resource,
    tagger: taggerFor(last.api),
    last,
    api: apiOf(last),
    target: { arn, id, ...(tagId !== undefined && { tagId }), type, partition, account, region },
    event: {
      eventID: event.id,
      eventSource: event.source,
      eventName: event.name,
      eventTime: event.time,
      user: creator,
    },
  };
}

function apiOf({ api, arn }: WriteIntent): Api {
  try {
    return apiNamed(api);
  } catch {
    throw new RunError(
      `the journal tells that ${arn} was tagged by ${api}, which this auto-tagger does not know`,
    );
  }
}
