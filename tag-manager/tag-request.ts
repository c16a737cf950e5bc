/** The tags that one creation wants on one of its resources. Made without any call, so a plan shows them too. */
import type { Creation } from '../parser/event/creation.ts';
import type { CreatedResource } from '../parser/event/resources.ts';
import type { Api } from './apis/api.ts';
import { apiNamed } from './apis/apis.ts';
import type { CallFailure } from './calls/call-failure.ts';
import type { Target } from './taggers/tagger.ts';
import { type Adjustment, keyProblem, makeLegal } from './tags/legal-tags.ts';
import type { TagSet } from './tags/tag-set.ts';
import { type TagSettings, tagsFor } from './tags/tag-settings.ts';

export interface TagRequest {
  readonly creation: Creation;
  readonly resource: CreatedResource;
  readonly api: Api;
  readonly target: Target;
  /** Why the API cannot have our tags at all. */
  readonly refusal: CallFailure | undefined;
  /** Legal for the service. */
  readonly tags: TagSet;
  readonly adjustments: readonly Adjustment[];
}

/** One for each resource, in their order. */
export function requestsOf(creation: Creation, settings: TagSettings): TagRequest[] {
  const { account, partition } = creation;
  return creation.resources.map((resource) => {
    const { arn, id, tagId, region, row } = resource;
    const api = apiNamed(row.api);
    const target = { arn, id, tagId, type: row.resourceType, partition, account, region };
    const legal = makeLegal(tagsFor(creation, resource, settings), api);
    return { creation, resource, api, target, refusal: refusalOf(api, settings), ...legal };
  });
}

/** Tags without one of ours say nothing that holds: they are our ledger. */
function refusalOf({ name, keys }: Api, settings: TagSettings): CallFailure | undefined {
  for (const key of Object.values(settings.keys)) {
    const problem = keyProblem(key, keys);
    if (problem === undefined) continue;
    const message = `${name} takes no tag key ${JSON.stringify(key)}: ${problem}`;
    return { class: 'invalid-tags', error: 'TagKeyRefused', message };
  }
  return undefined;
}

/** The same request without the characters that the service may not take after all; `undefined` where it has none. */
export function withoutDoubt(request: TagRequest, writing: TagSet): TagRequest | undefined {
  const { tags, adjustments } = makeLegal(writing, request.api, true);
  if (adjustments.length === 0) return undefined;
  return { ...request, tags, adjustments: [...request.adjustments, ...adjustments] };
}
