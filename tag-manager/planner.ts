/** A tag manager that calls nobody: says what would be tagged, knowing nothing of the tags that are there. */
import { outcomeOf, refused } from './request-outcome.ts';
import type { TagManager } from './tag-manager.ts';
import { requestsOf } from './tag-request.ts';
import type { TagSettings } from './tags/tag-settings.ts';

export function createPlanner(settings: TagSettings): TagManager {
  return {
    async tag({ creations }) {
      const requests = creations.flatMap((creation) => requestsOf(creation, settings));
      const outcomes = requests.map((request) =>
        request.refusal === undefined ? outcomeOf(request, 'would-tag') : refused(request, request.refusal),
      );
      return { outcomes, undone: [], passedOver: [] };
    },
  };
}
