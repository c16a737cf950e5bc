/** A tag manager that calls nobody: says what would be tagged, knowing nothing of the tags that are there. */
import type { Outcome } from './outcome.ts';
import type { TagManager } from './tag-manager.ts';
import { requestsOf } from './tag-request.ts';
import type { TagSettings } from './tags/tag-settings.ts';

export function createPlanner(settings: TagSettings): TagManager {
  return {
    async tag(creations) {
      const requests = creations.flatMap((creation) => requestsOf(creation, settings));
      return requests.map(
        ({ creation, resource, tags, adjustments }): Outcome => ({
          outcome: 'would-tag',
          creation,
          resource,
          tags,
          adjustments,
          reason: '',
          failure: undefined,
        }),
      );
    },
  };
}
