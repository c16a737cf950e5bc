/** The tags that one creation wants on one of its resources. Made without any call, so a plan shows them too. */
import type { Creation } from '../parser/event/creation.ts';
import type { CreatedResource } from '../parser/event/resources.ts';
import { APIS } from './apis/apis.ts';
import type { Target } from './taggers/tagger.ts';
import { type Adjustment, makeLegal } from './tags/legal-tags.ts';
import type { TagSet } from './tags/tag-set.ts';
import { type TagSettings, tagsFor } from './tags/tag-settings.ts';

export interface TagRequest {
  readonly creation: Creation;
  readonly resource: CreatedResource;
  readonly target: Target;
  /** Legal for the service. */
  readonly tags: TagSet;
  readonly adjustments: readonly Adjustment[];
}

/** One for each resource, in their order. */
export function requestsOf(creation: Creation, settings: TagSettings): TagRequest[] {
  const { account, partition } = creation;
  return creation.resources.map((resource) => {
    const { arn, id, region, row } = resource;
    const legal = makeLegal(tagsFor(creation, resource, settings), APIS[row.tagger].values);
    return { creation, resource, target: { arn, id, partition, account, region }, ...legal };
  });
}

/** The same request without the characters that the service may not take after all; `undefined` where it has none. */
export function withoutDoubt(request: TagRequest, writing: TagSet): TagRequest | undefined {
  const { tags, adjustments } = makeLegal(writing, APIS[request.resource.row.tagger].values, true);
  if (adjustments.length === 0) return undefined;
  return { ...request, tags, adjustments: [...request.adjustments, ...adjustments] };
}
