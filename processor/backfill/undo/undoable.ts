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

/** What the journal tells, and what cannot be: a later program has written it, or somebody else. */
export interface NotUndoable {
  readonly last: WriteIntent;
  readonly why: string;
}

/** `keys`: those that the run writes; others are left alone, whoever has put them into the journal. `undefined`: whatever it tells. */
export function undoableOf(
  resource: ResourceWrites,
  taggerFor: TaggerFor,
  keys: ReadonlySet<string> | undefined,
): Undoable | NotUndoable {
  const last = resource.writes.at(-1)?.intent;
  if (last === undefined) throw new RangeError('a resource that was never written');
  const { arn, resourceId: id, tagId, type, account, region, event, creator } = last;
  const partition = partitionOf(region);
  if (partition === undefined || !/^\d{12}$/.test(account))
    return { last, why: `the journal names account ${account} and region ${region}, which there is not` };
  const api = apiOf(last);
  if (api === undefined)
    return { last, why: `the journal tells of a write by ${last.api}, which this auto-tagger does not know` };
  const foreign = keys && foreignKey(resource, keys, api);
  if (foreign !== undefined) {
    const names = [...(keys ?? [])].join(', ');
    return {
      last,
      why: `the journal tells of the tag ${JSON.stringify(foreign)}, and the run writes ${names}: somebody else has written to it. If these keys were others while the run went on, set TAGS and the like to what they were`,
    };
  }
  return {
    resource,
    tagger: taggerFor(last.api),
    last,
    api,
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

function apiOf({ api }: WriteIntent): Api | undefined {
  try {
    return apiNamed(api);
  } catch {
    return undefined;
  }
}

function foreignKey({ writes }: ResourceWrites, keys: ReadonlySet<string>, api: Api): string | undefined {
  const spelled = (key: string) => (api.keys.areCaseless ? key.toLowerCase() : key);
  const ours = new Set([...keys].map(spelled));
  const changed = writes.flatMap(({ intent }) => [...Object.keys(intent.after), ...(intent.removed ?? [])]);
  return changed.find((key) => !ours.has(spelled(key)));
}
