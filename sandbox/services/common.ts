/** What most services share: refusals, spelling rows, and the tagging of resources by ARN. */
import { dnsSuffixOf } from '../arn.ts';
import { AwsError } from '../aws-error.ts';
import type { Call, Context, Service } from '../operation.ts';
import { addedTags, type Tag, type TagRules } from '../rules/tag-rules.ts';
import { lowerFirstOrNull, typedForm } from '../trail/spelling.ts';
import type { Resource } from '../world.ts';

/** The refusals of a query service (AWS query "Common Errors"). */
export const QUERY_REFUSALS: Pick<Service, 'unknownKey' | 'denied' | 'throttled'> = {
  unknownKey: ['InvalidClientTokenId', 403, 'The security token included in the request is invalid.'],
  denied: ['AccessDenied', 403],
  throttled: ['Throttling', 400, 'Rate exceeded'],
};

/** The spelling of services whose records repeat the API's members with a small first letter. */
export function plainSpelling(endpointPrefix: string): Service['spelling'] {
  return {
    request: (input) => lowerFirstOrNull(input),
    response: (output) => lowerFirstOrNull(output),
    host: (_, call) => hostOf(endpointPrefix, call),
  };
}

/** As `plainSpelling`, for services whose requests are forms. */
export function formSpelling(endpointPrefix: string): Service['spelling'] {
  return { ...plainSpelling(endpointPrefix), request: (input) => lowerFirstOrNull(typedForm(input)) };
}

/** A regional endpoint's host name. */
export const hostOf = (endpointPrefix: string, { region }: Call): string =>
  `${endpointPrefix}.${region}.${dnsSuffixOf(region)}`;

/** Makes errors of a query service from the shape's name; `wire` where the code on the wire differs from it. */
export function queryError(trailCode: string, status: number, message: string, wire = trailCode): AwsError {
  return new AwsError(wire, status, message, { trailCode });
}

/** The caller's own resource of that ARN in the caller's region, or undefined. */
export function ownResource<Details>(context: Context, arn: string): Resource<Details> | undefined {
  const resource = context.world.resources.get(arn);
  const isOwn = resource?.account === context.account && [context.region, ''].includes(resource.region);
  return isOwn ? (resource as Resource<Details>) : undefined;
}

/** The resource to tag, or whose tags to read; throws `notFound`, or `notReady` while it is being created. */
export function openForTagging<Details>(
  context: Context,
  arn: string,
  notFound: () => AwsError,
  notReady: (resource: Resource<Details>) => AwsError = notFound,
): Resource<Details> {
  const resource = ownResource<Details>(context, arn);
  if (!resource) throw notFound();
  if (!context.world.isTaggable(resource)) throw notReady(resource);
  return resource;
}

/** All of the caller's resources of a type in the caller's region. */
export function ownResources<Details>(context: Context, service: string, type: string): Resource<Details>[] {
  return [...context.world.resources.values()].filter(
    (resource): resource is Resource<Details> =>
      resource.service === service &&
      resource.type === type &&
      resource.account === context.account &&
      resource.region === context.region,
  );
}

/** Adds tags to a resource, all or none. */
export function tagResource(rules: TagRules, resource: Resource, added: readonly Tag[]): void {
  for (const [key, value] of addedTags(rules, resource.tags, added)) resource.tags.set(key, value);
}

/** Tags of a creating request, checked. */
export function newTags(rules: TagRules, tags: readonly Tag[] = []): ReadonlyMap<string, string> {
  return addedTags(rules, new Map(), tags);
}

/** A map of tags as a list. */
export function toTagList(tags: Iterable<readonly [string, string]>): { Key: string; Value: string }[] {
  return Array.from(tags, ([Key, Value]) => ({ Key, Value }));
}
