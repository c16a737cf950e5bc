/** The tags that a creating request set, in whatever form its service has them. */
import type { CatalogueRow } from '../catalogue/row.ts';
import { textAt, valuesAt } from '../path.ts';
import { type CloudTrailRecord, isJsonObject } from '../record.ts';

/** On resources of the row's type; empty where the request set none. */
export function readRequestTags(record: CloudTrailRecord, row: CatalogueRow): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const value of requestTagElements(record, row)) {
    if (!isJsonObject(value)) continue;
    const key = textAt(value, 'key');
    const entries =
      key === undefined ? Object.entries(value) : [[key, textAt(value, 'value') ?? ''] as const];
    for (const [name, text] of entries) if (typeof text === 'string') tags[name] = text;
  }
  return tags;
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
