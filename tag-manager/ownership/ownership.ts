/**
 * Who owns a resource's tags: the one place that decides between writing and leaving alone. The resource's own
 * tags are the ledger; nothing else is asked. Rules are tried in order, and the first that has an answer wins.
 */

import type { Creation } from '../../parser/event/creation.ts';
import type { TagSet } from '../tags/tag-set.ts';
import type { TagKeys } from '../tags/tag-settings.ts';
import { MANAGED_BY } from '../tags/tag-settings.ts';

export interface Claim {
  /** The tags that are on the resource. */
  readonly existing: TagSet;
  /** The tags that this event would write; among them the three of ours. */
  readonly wanted: TagSet;
  readonly keys: TagKeys;
  readonly naming: 'unique' | 'reusable';
  /** What brought the event. */
  readonly origin: Creation['origin'];
  /** When the service says that it made the resource, in epoch milliseconds. */
  readonly createdAt: number | undefined;
  /** Tags that the creating request set. */
  readonly requestTags: Readonly<Record<string, string>>;
  readonly onExisting: 'keep' | 'overwrite';
  /** Epoch milliseconds. */
  readonly now: number;
}

export type Decision =
  | { readonly action: 'write'; readonly tags: TagSet }
  | { readonly action: 'leave'; readonly outcome: 'unchanged' | 'kept'; readonly reason: string };

export function decide(claim: Claim): Decision {
  for (const rule of RULES) {
    const decision = rule(claim);
    if (decision !== undefined) return decision;
  }
  return writeBesideOthers(claim);
}

type Rule = (claim: Claim) => Decision | undefined;

const RULES: readonly Rule[] = [
  othersAreKept,
  ownTimeIsSettled,
  oursAreKeptByHand,
  uniqueEarliestWins,
  reusableIsKept,
];

/**
 * Any of our keys that is not ours is somebody else's: a `CreatedBy` without our `ManagedBy` beside it, a
 * `CreatedDate` that is no time or lies in the future, a `ManagedBy` that names another tool.
 */
function othersAreKept(claim: Claim): Decision | undefined {
  const taken = ourKeys(claim).filter((key) => claim.existing.has(key));
  if (taken.length === 0 || isOurs(claim)) return undefined;
  if (claim.onExisting === 'overwrite') return { action: 'write', tags: claim.wanted };
  return kept(claim, `${taken.join(', ')} is somebody else's`);
}

/** This event's own tags are there: nothing to do, even where a person has corrected `CreatedBy` since. */
function ownTimeIsSettled(claim: Claim): Decision | undefined {
  if (!isOurs(claim) || existingTime(claim) !== eventTime(claim)) return undefined;
  const { existing, wanted, keys, onExisting } = claim;
  const isCorrected = existing.get(keys.createdBy) !== wanted.get(keys.createdBy);
  if (isCorrected && onExisting === 'overwrite') return { action: 'write', tags: wanted };
  if (isCorrected && isSetByRequest(keys.createdBy, claim))
    return kept(claim, 'it bears tags as ours would be');
  return { action: 'leave', outcome: 'unchanged', reason: 'it bears the tags of this event' };
}

/** A person who names a resource does not know when it was created: tags of ours that are there know better. */
function oursAreKeptByHand(claim: Claim): Decision | undefined {
  if (claim.origin !== 'by-hand' || !isOurs(claim)) return undefined;
  return kept(claim, 'it bears our tags already');
}

/**
 * An id is never used again, so tags of ours with another time have one of two causes. A repeated client token
 * returned the same id to a second call: the earliest call made it. Or the tags were copied from another
 * resource (a snapshot, an image): then they mean nothing here. The service's own creation time tells which.
 */
function uniqueEarliestWins(claim: Claim): Decision | undefined {
  if (claim.naming !== 'unique' || !isOurs(claim)) return undefined;
  const existing = existingTime(claim);
  const event = eventTime(claim);
  const { createdAt } = claim;
  const isRepeat =
    existing < event &&
    createdAt !== undefined &&
    Math.abs(createdAt - existing) < Math.abs(createdAt - event);
  if (!isRepeat) return { action: 'write', tags: replacement(claim) };
  return {
    action: 'leave',
    outcome: 'unchanged',
    reason: 'an earlier call created it, and this one repeated it',
  };
}

/**
 * A name may have been deleted and created anew. Which creation the resource comes from is for rules about
 * lives of a name to say; they go here. Until one says so, what is there is kept.
 */
function reusableIsKept(claim: Claim): Decision | undefined {
  if (claim.naming !== 'reusable' || !isOurs(claim)) return undefined;
  return kept(claim, 'it bears our tags of another creation of this name');
}

/** Nothing of ours is there. Tags of the user's own are not written over tags that others wrote. */
function writeBesideOthers(claim: Claim): Decision {
  const { existing, wanted, onExisting } = claim;
  const tags =
    onExisting === 'overwrite' ? wanted : new Map([...wanted].filter(([key]) => !existing.has(key)));
  return { action: 'write', tags };
}

/** Tags of the user's own go with ours, but not over what the request set: that was not copied from anywhere. */
function replacement(claim: Claim): TagSet {
  if (claim.onExisting === 'overwrite') return claim.wanted;
  const ours = ourKeys(claim);
  return new Map([...claim.wanted].filter(([key]) => ours.includes(key) || !isSetByRequest(key, claim)));
}

/** Somebody who wants to hide sets our tags in the request: then the reason says so. */
function kept(claim: Claim, why: string): Decision {
  const own = ourKeys(claim).filter((key) => isSetByRequest(key, claim));
  const byRequest = own.length > 0 ? `; the creating request itself set ${own.join(', ')}` : '';
  return { action: 'leave', outcome: 'kept', reason: why + byRequest };
}

function isSetByRequest(key: string, { existing, requestTags }: Claim): boolean {
  return existing.has(key) && existing.get(key) === requestTags[key];
}

function ourKeys({ keys }: Claim): readonly string[] {
  return [keys.createdBy, keys.createdDate, keys.managedBy];
}

function isOurs(claim: Claim): boolean {
  const { existing, keys, now } = claim;
  const time = existingTime(claim);
  return existing.get(keys.managedBy) === MANAGED_BY && time <= now;
}

/** NaN where the tag is absent or is no time, which compares as false with everything. */
function existingTime({ existing, keys }: Claim): number {
  return Date.parse(existing.get(keys.createdDate) ?? '');
}

function eventTime({ wanted, keys }: Claim): number {
  return Date.parse(wanted.get(keys.createdDate) ?? '');
}
