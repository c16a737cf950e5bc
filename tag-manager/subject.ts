/** The resource that a name stands for now, and what is known of it before and after its tags are read. */

import type { Api } from './apis/api.ts';
import { apiNamed, NO_API } from './apis/apis.ts';
import { isTransient, readFailure } from './calls/call-failure.ts';
import { isByHand, type NameWork } from './name-work.ts';
import type { Claim } from './ownership/claim.ts';
import {
  isAfter,
  lastDeletionOf,
  presentLife,
  type ServiceTime,
  timeOf,
  winnerOf,
} from './ownership/lives.ts';
import type { CreationEvent, NameEvent } from './ownership/name-event.ts';
import { isWithinGrace } from './request-outcome.ts';
import type { Run } from './run.ts';
import type { Open } from './state.ts';
import type { History } from './store/ledger.ts';
import { keysLookedAt } from './tag-request.ts';
import type { Attempt, Tagger, Target } from './taggers/tagger.ts';
import type { TagSet } from './tags/tag-set.ts';
import { MANAGED_BY } from './tags/tag-settings.ts';
import type { Ended, Written } from './work-outcomes.ts';

export interface Subject {
  readonly work: NameWork;
  readonly history: History;
  /** As the ledger told it. */
  readonly told: History;
  /** The creation that made it, as far as events tell, or what a person says who names it by hand. */
  readonly lead: CreationEvent;
  readonly api: Api;
  readonly tagger: Tagger;
  readonly target: Target;
  /** Whether the service can be asked when it made the resource. */
  readonly canAsk: boolean;
  /** What was written in an earlier round, before more came to be known. */
  readonly wrote?: Written | undefined;
  /** That its tags go on to, with the tags that they bore before. */
  readonly members?: readonly MemberTags[];
}

export interface MemberTags {
  readonly target: Target;
  readonly tags: TagSet;
}

/** How it has ended where nothing need be asked: it was deleted, bears no tags of ours, or settings leave it out by now. */
export function subjectOf(
  { work, history, told, wrote }: Open,
  { taggerFor, isTagged }: Pick<Run, 'taggerFor' | 'isTagged'>,
): Subject | { readonly ended: Extract<Ended, { kind: 'deleted' | 'untagged' }> } {
  const { requests, name, partition } = work;
  const lead = requests.find(isByHand)?.event ?? leadOf(history.events);
  if (lead?.resource.api === NO_API) return { ended: { kind: 'untagged' } };
  if (lead === undefined) {
    return { ended: { kind: 'deleted', deletion: lastDeletionOf(history.events) } };
  }
  const { resource } = lead;
  // Those that bring a creation were let in by its record.
  if (work.isAgain && requests.length === 0 && !isTagged(lead, name)) return { ended: { kind: 'untagged' } };
  const api = apiNamed(resource.api);
  const { arn, id, tagId, type, region } = resource;
  return {
    work,
    history,
    told,
    wrote,
    lead,
    api,
    tagger: taggerFor(api.name),
    target: { arn, id, tagId, type, partition, account: name.account, region },
    canAsk: lead.naming === 'reusable' && api.createdAt[type] !== undefined,
  };
}

function leadOf(events: readonly NameEvent[]): CreationEvent | undefined {
  return winnerOf(events, events.find((event) => event.kind === 'creation')?.naming ?? 'unique');
}

/** What stands for the answer about a target where the tagger gave too few. */
export const NO_ANSWER: Attempt<never> = { failure: readFailure(new Error('the tagger gave no answer')) };

/**
 * Shortly after the event the tags of the creating request may not show yet; later, what does not show was taken away
 * since. What may be of another resource that had the name is waited for.
 */
export function existingTags(
  subject: Subject,
  read: Attempt<TagSet> = NO_ANSWER,
  { settings, now }: Pick<Run, 'settings' | 'now'>,
): Attempt<TagSet> {
  const { lead, api, work } = subject;
  if ('failure' in read) return read;
  const graceSeconds = work.requests[0]?.resource.row.graceSeconds ?? 0;
  const isYoung = isWithinGrace(lead, graceSeconds, now());
  const awaited = isYoung && lead.naming === 'reusable' ? awaitedKeys(subject, settings) : [];
  const absent = awaited.find((key) => !hasKey(read.value, key, api));
  if (absent !== undefined) return notShown(absent);
  // They show together: beside one under our keys, what does not show there is another's, or was taken away.
  const keys = Object.values(settings.keys);
  const isShown = keys.some((key) => hasKey(read.value, key, api));
  const isComing = ([key]: readonly [string, string]) => isYoung && !(isShown && keys.includes(key));
  const existing = new Map([...Object.entries(lead.requestTags).filter(isComing), ...read.value]);
  if (!api.keys.areCaseless) return { value: existing };
  // Where a key is the same in any case, writing ours would change a tag that somebody wrote in another.
  const ours = new Map(
    [...lead.tags.keys(), ...keysLookedAt(settings)].map((key) => [key.toLowerCase(), key]),
  );
  return { value: new Map([...existing].map(([key, value]) => [ours.get(key.toLowerCase()) ?? key, value])) };
}

/**
 * Of the tags of the creating request those that must show. A marker of another tool: where the name has another resource by
 * now, that one may never have had it, and ours would stand under the second key for nothing. And where the creation
 * may have made nothing, or what has been deleted since, all that would keep us off: nobody else would be named.
 */
function awaitedKeys({ lead, history }: Subject, settings: Run['settings']): readonly string[] {
  const { managedBy } = settings.keys;
  const isUnsure = lead.creation !== 'strict' && new Set(presentLife(history.events).map(timeOf)).size > 1;
  return keysLookedAt(settings).filter((key) => {
    const value = lead.requestTags[key];
    if (value === undefined) return false;
    return key === managedBy ? value !== MANAGED_BY : isUnsure;
  });
}

function hasKey(tags: TagSet, key: string, { keys }: Api): boolean {
  if (!keys.areCaseless) return tags.has(key);
  return [...tags.keys()].some((each) => each.toLowerCase() === key.toLowerCase());
}

function notShown(key: string): Attempt<TagSet> {
  const message = `the service does not show yet the tag ${key} that the creating request set`;
  return { failure: { class: 'busy', error: 'TagNotShown', message } };
}

/** What the rules are asked. */
export function claimOf(
  { work, history }: Subject,
  existing: TagSet,
  serviceTime: Claim['serviceTime'],
  { settings, now, tagsUndone = false }: Pick<Run, 'settings' | 'now' | 'tagsUndone'>,
): Claim {
  const { keys, skipKey, onExisting } = settings;
  const byHand = work.requests.find(isByHand)?.event;
  const { events, ours: known, written } = history;
  const undone = tagsUndone ? undefined : history.undone;
  const told = { existing, events, byHand, known, written, undone, serviceTime };
  return { ...told, keys, skipKey, onExisting, now: now() };
}

/**
 * Where we may not ask, or are told nothing, all is decided without. Shortly after a call that proves to have created, a
 * time before it is that of the resource that had the name before: services show what is new with a delay.
 */
export async function serviceTimeOf(
  { api, tagger, target, lead, work }: Subject,
  { calls, signal, now }: Pick<Run, 'calls' | 'signal' | 'now'>,
): Promise<Attempt<ServiceTime | 'unknown'>> {
  const asked = await tagger.createdAt?.(calls, target, signal);
  if (asked === undefined) return { value: 'unknown' };
  if ('failure' in asked) return isTransient(asked.failure) ? asked : { value: 'unknown' };
  if (asked.value === undefined || Number.isNaN(new Date(asked.value).getTime())) return { value: 'unknown' };
  const toleranceSeconds = api.createdAt[target.type]?.toleranceSeconds ?? 0;
  const serviceTime = { at: asked.value, toleranceMs: toleranceSeconds * 1000 };
  const isYoung = isWithinGrace(lead, work.requests[0]?.resource.row.graceSeconds ?? 0, now());
  if (isYoung && lead.creation === 'strict' && isAfter(lead, serviceTime)) return BEHIND;
  return { value: serviceTime };
}

const BEHIND: Attempt<never> = {
  failure: {
    class: 'busy',
    error: 'ResourceNotShown',
    message: 'the service still shows the resource that had this name before',
  },
};
