/** EC2 tags: CreateTags for many resources at once, all or none; DescribeTags in pages. */
import { AwsError } from '../../aws-error.ts';
import type { Context, Output } from '../../operation.ts';
import { addedTags, TAG_RULES, type Tag } from '../../rules/tag-rules.ts';
import type { Resource } from '../../world.ts';
import { newTags } from '../common.ts';
import { checkFilters, type Filter, type Paging, pageOf } from './describe.ts';
import { existingEc2, findEc2, idOf } from './resource-types.ts';

const MAX_RESOURCES = 1000; // AWSEC2/latest/APIReference/API_CreateTags

export type TagSpecification = { readonly ResourceType?: string; readonly Tag?: readonly Tag[] };

/** Nothing is tagged unless every resource is there, taggable, and has room for the tags. */
export function createTags(
  context: Context,
  { ResourceId = [], Tag: tags = [] }: { ResourceId?: readonly string[]; Tag?: readonly Tag[] },
): Output {
  checkIds(ResourceId);
  if (tags.length === 0)
    throw new AwsError('MissingParameter', 400, 'The request must contain the parameter Tag');
  // A resource just created may not be known yet (ec2/latest/devguide/eventual-consistency).
  const resources = findEc2(context, ResourceId, context.world.isTaggable);
  const sums = resources.map((resource) => ({
    resource,
    sum: addedTags(TAG_RULES.ec2, resource.tags, tags),
  }));
  for (const { resource, sum } of sums) for (const [key, value] of sum) resource.tags.set(key, value);
  return { return: true };
}

/** Without tags in the request all are deleted; with a value only where the tag has it. */
export function deleteTags(
  context: Context,
  { ResourceId = [], Tag: tags }: { ResourceId?: readonly string[]; Tag?: readonly Tag[] },
): Output {
  checkIds(ResourceId);
  for (const { tags: owned } of findEc2(context, ResourceId)) {
    const wanted = tags ?? [...owned.keys()].filter((key) => !key.startsWith('aws:')).map((Key) => ({ Key }));
    for (const { Key, Value } of wanted as readonly Tag[]) {
      if (Value === undefined || owned.get(Key) === Value) owned.delete(Key);
    }
  }
  return { return: true };
}

export function describeTags(
  context: Context,
  { Filter: filters = [], ...paging }: Paging & { Filter?: readonly Filter[] },
): Output {
  checkFilters(filters, Object.keys(FILTERS));
  const { page, nextToken } = pageOf(rowsOf(context, filters), paging);
  return { tagSet: page, ...(nextToken !== undefined && { nextToken }) };
}

interface Row {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly key: string;
  readonly value: string;
}

const FILTERS: Readonly<Record<string, (row: Row) => string>> = {
  'resource-id': (row) => row.resourceId,
  'resource-type': (row) => row.resourceType,
  key: (row) => row.key,
  value: (row) => row.value,
};

function rowsOf(context: Context, filters: readonly Filter[]): Row[] {
  const { account, region } = context;
  const wanted = filters.map(({ Name, Value = [] }) => ({ read: FILTERS[Name], pattern: patternOf(Value) }));
  const rows: Row[] = [];
  for (const resource of candidates(context, filters)) {
    if (resource.service !== 'ec2' || resource.account !== account || resource.region !== region) continue;
    for (const [key, value] of resource.tags) {
      const row = { resourceId: idOf(resource), resourceType: resource.type, key, value };
      if (wanted.every(({ read, pattern }) => pattern.test(read?.(row) ?? ''))) rows.push(row);
    }
  }
  return rows;
}

/** Ids given in full are looked up; all else is a scan. */
function candidates(context: Context, filters: readonly Filter[]): Iterable<Resource> {
  const ids = filters.find(({ Name }) => Name === 'resource-id')?.Value;
  const isExact = ids?.every((id) => !/[*?]/.test(id)) ?? false;
  return isExact ? existingEc2(context, ids ?? []) : context.world.resources.values();
}

/** Filter values may hold the wildcards * and ? (AWSEC2/latest/UserGuide/Using_Filtering). */
function patternOf(values: readonly string[]): RegExp {
  const alternatives = values.map((value) =>
    value
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.'),
  );
  return new RegExp(`^(?:${alternatives.join('|')})$`, 's');
}

/** The tags that a creating request gives to what it creates. */
export function specifiedTags(
  specifications: readonly TagSpecification[] | undefined,
  resourceType: string,
): ReadonlyMap<string, string> {
  const tags = specifications
    ?.filter(({ ResourceType }) => ResourceType === resourceType)
    .flatMap(({ Tag = [] }) => Tag);
  return newTags(TAG_RULES.ec2, tags);
}

/** Tags as EC2 writes them in answers. */
export function tagSetOf(tags: ReadonlyMap<string, string>): { key: string; value: string }[] {
  return Array.from(tags, ([key, value]) => ({ key, value }));
}

function checkIds(ids: readonly string[]): void {
  if (ids.length === 0)
    throw new AwsError('MissingParameter', 400, 'The request must contain the parameter resourceIdSet');
  if (ids.length <= MAX_RESOURCES) return;
  throw new AwsError('InvalidParameterValue', 400, `The maximum number of resources is ${MAX_RESOURCES}`);
}
