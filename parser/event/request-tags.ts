/** The tags that a creating request set, in whatever form its service has them. */
import type { CatalogueRow } from '../catalogue/row.ts';
import { textAt, valuesAt } from '../path.ts';
import { type CloudTrailRecord, isJsonObject } from '../record.ts';

/** On resources of the row's type; empty where the request set none. */
export function readRequestTags(record: CloudTrailRecord, row: CatalogueRow): Record<string, string> {
  const areListed = row.requestTagsPath?.endsWith('[]') ?? false;
  const tags = requestTagElements(record, row).flatMap((element) =>
    areListed ? listedTag(element) : mappedTags(element),
  );
  return Object.fromEntries(tags);
}

type Tag = readonly [key: string, value: string];

/** `{key, value}`, or with names of its service's own. */
function listedTag(element: unknown): readonly Tag[] {
  for (const [keyName, valueName] of NAMES) {
    const key = textAt(element, keyName);
    if (key !== undefined) return [[key, textAt(element, valueName) ?? '']];
  }
  return [];
}

/** The second is that of KMS, Personalize and Amazon Q Developer in chat applications (service models). */
const NAMES = [
  ['key', 'value'],
  ['tagKey', 'tagValue'],
] as const;

/** A tag may be called `key` here. */
function mappedTags(element: unknown): readonly Tag[] {
  if (!isJsonObject(element)) return [];
  return Object.entries(element).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
}

/** A list of specifications names the type that each is for: an instance does not get the tags of its volumes. */
function requestTagElements(
  record: CloudTrailRecord,
  { requestTagsPath, resourceType }: CatalogueRow,
): readonly unknown[] {
  if (requestTagsPath === undefined) return [];
  const [, specifications = '', rest = ''] = /^(.*\[\])\.(.*)$/.exec(requestTagsPath) ?? [];
  if (specifications === '') return valuesAt(record, requestTagsPath);
  return valuesAt(record, specifications)
    .filter((each) => {
      const type = textAt(each, 'resourceType');
      return type === undefined || resourceType.endsWith(`:${type}`);
    })
    .flatMap((each) => valuesAt(each, rest));
}
