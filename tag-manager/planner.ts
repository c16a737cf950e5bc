/**
 * A tag manager that calls nobody: says what would be tagged, knowing nothing of the tags that are there. Of events that it
 * is brought together it tells lives apart as the real one does: what was deleted since is kept, and so is what has lost its
 * name to another creation.
 */
import { eventsOf, type NameWork, worksOf } from './name-work.ts';
import type { Outcome } from './outcome.ts';
import { winnerOf } from './ownership/lives.ts';
import { inOrder, outcomeOf } from './request-outcome.ts';
import type { TagManager } from './tag-manager.ts';
import { requestsOf, type TagRequest } from './tag-request.ts';
import type { TagSettings } from './tags/tag-settings.ts';
import { outcomesOf } from './work-outcomes.ts';

export function createPlanner(settings: TagSettings): TagManager {
  const run = { settings: { ...settings, dryRun: true }, now: Date.now };

  function plannedOf(work: NameWork): readonly (readonly [TagRequest, Outcome])[] {
    const { requests, deletions } = work;
    const [first] = requests;
    if (first === undefined) return [];
    if (requests.length === 1 && deletions.length === 0) return [[first, outcomeOf(first, 'would-tag')]];
    const events = eventsOf(work);
    const event = winnerOf(events, first.event.naming);
    if (event === undefined) return outcomesOf(work, { kind: 'deleted', deletion: undefined }, run);
    const { tags } = event;
    const decision = { action: 'write', event, tags, reason: '', isReplacement: false } as const;
    return outcomesOf(work, { kind: 'written', decision, tags, adjustments: [], events }, run);
  }

  return {
    async tag({ creations, deletions = [] }) {
      const requests = creations.flatMap((creation) => requestsOf(creation, settings));
      const works = worksOf(
        requests.filter(({ refusal }) => refusal === undefined),
        deletions,
        [],
      );
      const outcomes = inOrder(requests, new Map(works.flatMap(plannedOf)));
      return { outcomes, undone: [], namedAnew: 0, undoneNames: [], passedOver: [] };
    },
  };
}
