/**
 * Who owns a resource's tags: the one place that decides between writing and leaving alone. Rules are tried in order,
 * and the first that has an answer wins.
 */
import type { TagSet } from '../tags/tag-set.ts';
import { MANAGED_BY } from '../tags/tag-settings.ts';
import type { Claim, Decision, TagEvent } from './claim.ts';
import { compareEvents, presentLife, type ServiceTime, timeOf, winnerOf } from './lives.ts';
import { BY_HAND, type CreationEvent } from './name-event.ts';
import { existingTime, isForged, isKnown, isSetByRequest, looksOurs } from './ours.ts';
import { DELETED } from './standing.ts';

export function decide(claim: Claim): Decision {
  for (const rule of RULES) {
    const decision = rule(claim);
    if (decision !== undefined) return decision;
  }
  return nameTheWinner(claim);
}

type Kept = Extract<Decision, { action: 'keep' }>;

type Rule = (claim: Claim) => Decision | undefined;

const RULES: readonly Rule[] = [ownerSaysSkip, othersAreKept, correctionsAreKept, byHandWhereFree];

function ownerSaysSkip({ existing, skipKey }: Claim): Decision | undefined {
  if (skipKey === undefined || !existing.has(skipKey)) return undefined;
  return leave(`it bears the tag ${skipKey}, by which its owner keeps us off`);
}

/**
 * A `CreatedBy` or `CreatedDate` that is not ours is somebody else's. A foreign `ManagedBy` alone is Terraform's habit:
 * ours goes beside it, under the second key, unless that is taken too.
 */
function othersAreKept(claim: Claim): Decision | undefined {
  const { existing, keys, onExisting } = claim;
  const isForgery = isForged(claim, creationsOf(claim));
  if ((looksOurs(claim) && !isForgery) || onExisting === 'overwrite') return undefined;
  const taken = [keys.createdBy, keys.createdDate].filter((key) => existing.has(key));
  const markers = [keys.managedBy, keys.secondMarker].filter((key) => existing.has(key));
  const areMarkersTaken = markers.length === 2 && markers.every((key) => existing.get(key) !== MANAGED_BY);
  if (taken.length === 0 && !areMarkersTaken) return undefined;
  const foreign = [...taken, ...markers];
  return keep(claim, `${foreign.join(', ')} ${foreign.length > 1 ? 'are' : 'is'} somebody else's`);
}

/** A store knows what we wrote: something else that looks like it is a person's correction, or was copied. */
function correctionsAreKept(claim: Claim): Decision | undefined {
  if (!looksOurs(claim) || isKnown(claim) || isCopied(claim) || claim.onExisting === 'overwrite')
    return undefined;
  const decision = keep(
    claim,
    'it bears tags like ours that we did not write: somebody corrected or forged them',
  );
  return { ...decision, isRemarkable: true };
}

/**
 * A person who names a resource does not know when it was created: tags of ours that are there know better. Where there are
 * none, what the person says goes, whatever is known of its name.
 */
function byHandWhereFree(claim: Claim): Decision | undefined {
  if (claim.byHand === undefined) return undefined;
  return looksOurs(claim) ? keep(claim, 'it bears our tags already') : write(claim, claim.byHand, undefined);
}

/**
 * Tags of ours tell of a creation like a record does. The winner among all is named, whatever the tags say now; its own
 * tags are left as they are, even where a person has corrected `CreatedBy` since.
 */
function nameTheWinner(claim: Claim): Decision {
  const creations = creationsOf(claim);
  const told = toldByTags(claim, creations);
  const candidates =
    told === undefined || creations.includes(told as CreationEvent) ? claim.events : [...claim.events, told];
  const naming = creations[0]?.naming ?? 'unique';
  const { serviceTime } = claim;
  const stated = typeof serviceTime === 'string' ? undefined : serviceTime;
  const winner: CreationEvent | TagEvent | undefined = winnerOf(candidates, naming, stated);
  if (winner === undefined) return leave(whyNone(candidates, stated));
  const isNamed = !isRecorded(winner) || (winner === told && !isToBeCorrected(claim, winner));
  const decision: Decision = isNamed
    ? nameWhoIsBehind(claim, winner)
    : isUndone(claim, winner)
      ? leave(UNDONE)
      : write(claim, winner, told);
  const mayAsk = serviceTime === 'askable' && naming === 'reusable';
  return mayAsk && isWorthAsking(decision, candidates, claim.now) ? { action: 'ask' } : decision;
}

/** Why nothing is tagged by an event, in words. */
export const UNDONE = 'its tags were taken away again, by undoing a run';

/** A later creation of the name is another matter. */
function isUndone({ undone }: Claim, winner: CreationEvent): boolean {
  return (
    undone !== undefined &&
    compareEvents(winner, { kind: 'creation', creation: winner.creation, ...undone }) <= 0
  );
}

function whyNone(candidates: Candidates, stated: ServiceTime | undefined): string {
  if (stated === undefined || presentLife(candidates).length === 0) return DELETED;
  const time = new Date(stated.at).toISOString().replace(/\.\d+Z$/, 'Z');
  return `the service made it at ${time}, and not by any call that we know of`;
}

function isRecorded(event: CreationEvent | TagEvent): event is CreationEvent {
  return 'tags' in event;
}

type Candidates = readonly (Claim['events'][number] | TagEvent)[];

/** Later lives of a name that is not older than that are still to come, in log files of their own. */
const FRESH_MS = 60 * 60_000;

/**
 * It costs a call: where there are several to choose from, and where the only one may have made nothing, or something
 * that has long been deleted.
 */
function isWorthAsking(decision: Decision, candidates: Candidates, now: number): boolean {
  if (new Set(presentLife(candidates).map(timeOf)).size > 1) return true;
  if (decision.action !== 'write') return false;
  return decision.event.creation !== 'strict' || now - timeOf(decision.event) > FRESH_MS;
}

/** The creation that tags of ours name: a known one of that second, else all that is known of it is what they say. */
function toldByTags(claim: Claim, creations: readonly CreationEvent[]): CreationEvent | TagEvent | undefined {
  if (!looksOurs(claim) || isForged(claim, creations) || isCopied(claim) || areByHand(claim))
    return undefined;
  const time = existingTime(claim);
  const known = creations.filter((event) => timeOf(event) === time).toSorted(compareEvents);
  const { existing, keys } = claim;
  const named =
    known.find(({ tags }) => tags.get(keys.createdBy) === existing.get(keys.createdBy)) ?? known[0];
  if (named !== undefined) return named;
  const [like] = creations;
  const creation = like?.creation ?? 'strict';
  return { kind: 'creation', eventID: '', eventTime: existing.get(keys.createdDate) ?? '', creation };
}

/** They tell whom a person named, and when, but of no creation. */
function areByHand({ written, existing, keys }: Claim): boolean {
  const own = [keys.createdBy, keys.createdDate];
  return written?.eventID === BY_HAND && own.every((key) => written.tags.get(key) === existing.get(key));
}

/**
 * A snapshot, an image, a restored database may be born with tags of ours that name the creation of another resource.
 * They are earlier then than any of its own life. So is the first of calls that repeated a client token: where the record
 * says when the service made the resource, that tells which; else the tags are taken for copied.
 */
function isCopied(claim: Claim): boolean {
  const [{ naming = 'unique' } = {}] = creationsOf(claim);
  const first = winnerOf(claim.events, naming); // of an earlier life of its name they may be the later ones
  if (first === undefined || !first.copiesTags) return false;
  if (claim.written?.eventID === first.eventID) return false; // what differs from ours was changed since
  const told = existingTime(claim);
  const event = timeOf(first);
  if (!(told < event)) return false;
  const { createdAt } = first;
  return createdAt === undefined || Math.abs(createdAt - told) >= Math.abs(createdAt - event);
}

/** `ON_EXISTING=overwrite` takes corrections back. */
function isToBeCorrected({ existing, keys, onExisting }: Claim, { tags }: CreationEvent): boolean {
  return onExisting === 'overwrite' && existing.get(keys.createdBy) !== tags.get(keys.createdBy);
}

/**
 * The right creation is named, but perhaps as it was before all of its parents' makers were known: what we wrote then
 * becomes what we know now. Anything else that stands there is a correction, and stays.
 */
function nameWhoIsBehind(claim: Claim, winner: CreationEvent | TagEvent): Decision {
  const settled = { action: 'settled', event: winner } as const;
  if (!isRecorded(winner) || winner.behind === undefined || isUndone(claim, winner)) return settled;
  const { existing } = claim;
  const written = claim.written?.eventID === winner.eventID ? [claim.written.tags] : [];
  const earlier = [...written, ...winner.behind.former];
  const known = [...earlier, ...(claim.known ?? [])];
  const isFormer = (key: string, wanted: string) => {
    const value = existing.get(key);
    if (value === undefined) return (written.length > 0 ? written : earlier).some((form) => !form.has(key));
    return value !== wanted && known.some((form) => form.get(key) === value);
  };
  if (![...winner.tags].some(([key, wanted]) => isFormer(key, wanted))) return settled;
  const isOurs = (key: string, wanted: string) => existing.get(key) === wanted || isFormer(key, wanted);
  const tags = new Map([...winner.tags].filter(([key, wanted]) => isOurs(key, wanted)));
  const reason = 'it has come to be known who is behind it';
  return { action: 'write', event: winner, tags, reason, isReplacement: false };
}

/** Tags of the user's own go with ours, but not over what others wrote, nor over what came with the request. */
function write(claim: Claim, event: CreationEvent, told: CreationEvent | TagEvent | undefined): Decision {
  const { existing, keys, onExisting } = claim;
  const wasOurs = looksOurs(claim);
  if (onExisting === 'overwrite') return unlessThere(claim, event, event.tags);
  const own: readonly string[] = [keys.createdBy, keys.createdDate, keys.managedBy];
  const isFree = (key: string) =>
    !existing.has(key) || own.includes(key) || (wasOurs && isOfUs(key, claim, event, told));
  const tags = new Map([...event.tags].filter(([key]) => isFree(key)));
  const marker = existing.get(keys.managedBy);
  const isMarkedByOthers = marker !== undefined && marker !== MANAGED_BY;
  if (isMarkedByOthers) {
    tags.delete(keys.managedBy);
    tags.set(keys.secondMarker, MANAGED_BY);
  }
  const isReplacement = wasOurs && isCopied(claim);
  const reasons = [
    isMarkedByOthers ? `${keys.managedBy} is somebody else's, so ${keys.secondMarker} marks our tags` : '',
    isReplacement ? 'it bore our tags of another creation, as copies do' : '',
  ];
  const reason = reasons.filter((text) => text !== '').join('; ');
  return unlessThere(claim, event, tags, { reason, isReplacement });
}

/** Whether what stands under a key of the user's own may be what we wrote there. */
function isOfUs(
  key: string,
  { existing, events, known }: Claim,
  event: CreationEvent,
  told: CreationEvent | TagEvent | undefined,
): boolean {
  if (isSetByRequest(key, existing, event)) return false;
  // Nobody can tell what was wanted there by the creation of a copy's source, or by one that is known by its tags alone.
  if (told === undefined || (known === undefined && !isRecorded(told))) return true;
  const written = [
    ...(event.behind?.former ?? []),
    ...(known ?? []),
    ...events.flatMap((each) => (each.kind === 'creation' ? [each.tags] : [])),
  ];
  return written.some((tags) => tags.get(key) === existing.get(key));
}

function unlessThere(
  { existing }: Claim,
  event: CreationEvent,
  tags: TagSet,
  why = { reason: '', isReplacement: false },
): Decision {
  const areThere = [...tags].every(([key, value]) => existing.get(key) === value);
  return areThere ? { action: 'settled', event } : { action: 'write', event, tags, ...why };
}

/** Somebody who wants to hide sets our tags in the request: then the reason says so. */
function keep(claim: Claim, why: string): Kept {
  const { existing, keys } = claim;
  const own = [keys.createdBy, keys.createdDate, keys.managedBy, keys.secondMarker].filter((key) =>
    creationsOf(claim).some((event) => isSetByRequest(key, existing, event)),
  );
  const byRequest = own.length > 0 ? `; the creating request itself set ${own.join(', ')}` : '';
  return { action: 'keep', reason: why + byRequest, isRemarkable: own.length > 0 };
}

function leave(reason: string): Kept {
  return { action: 'keep', reason, isRemarkable: false };
}

function creationsOf({ events }: Claim): readonly CreationEvent[] {
  return events.filter((event) => event.kind === 'creation');
}
