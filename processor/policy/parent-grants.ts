/**
 * What asking who is behind a creation takes beside tagging: to read the tags of what things of the chosen services may be made for. Nothing
 * is written there. What is chosen itself, its parents may read anyway.
 */
import { catalogue, makers } from '../../parser/catalogue/catalogue.ts';
import { type CatalogueRow, servicePrefix } from '../../parser/catalogue/row.ts';
import { isAbout } from '../../parser/parents/parent.ts';
import type { ParentRow } from '../../parser/parents/row.ts';
import { parentRows } from '../../parser/parents/rows.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import type { Services } from '../file/services.ts';
import { arnPatterns, type Whose } from './arns.ts';
import type { Grant } from './document.ts';

/** By the IAM prefix of what is read. Parents of parents are asked for where these are chosen too, or are only kept. */
export function parentGrants(services: Services, whose: Whose): ReadonlyMap<string, readonly Grant[]> {
  const rows = catalogue();
  const children = [...rows.filter((row) => services(servicePrefix(row))), ...makers()];
  const named = parentRows().filter((parent) => children.some((child) => mayName(child, parent)));
  const types = new Set(named.map(({ resourceType }) => resourceType));
  const parents = rows.filter(({ resourceType }) => types.has(resourceType));
  return Map.groupBy(
    parents.map((row) => readGrant(row, whose)),
    ({ actions: [action = ''] }) => action.split(':')[0] ?? '',
  );
}

/** By a tag only where the request can set any. */
function mayName(child: CatalogueRow, parent: ParentRow): boolean {
  const isByTags = parent.namedBy.every(({ tag }) => tag !== undefined);
  return isAbout(parent, child) && (!isByTags || child.requestTagsPath !== undefined);
}

function readGrant({ api, arn }: CatalogueRow, whose: Whose): Grant {
  const { authorizedAs, actions } = apiNamed(api);
  const { read, beyond = [] } = actions;
  const isLimited = authorizedAs !== undefined || beyond.some(({ action }) => action === read);
  return isLimited
    ? { sid: 'ReadTagsOn', actions: [read], resources: arnPatterns([authorizedAs ?? arn], whose) }
    : { sid: 'ReadTags', actions: [read], resources: ['*'] };
}
