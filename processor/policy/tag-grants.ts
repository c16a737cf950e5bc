/**
 * What tagging takes, of the services that are chosen: the actions of their API rows, on the ARNs of their event rows,
 * for the keys of ours alone wherever AWS can tell keys. Reads change nothing, and are granted on everything.
 */
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { type CatalogueRow, servicePrefix } from '../../parser/catalogue/row.ts';
import type { Api } from '../../tag-manager/apis/api.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { LAUNCH_ROWS } from '../../tag-manager/launch/rows.ts';
import type { Services } from '../file/services.ts';
import { arnPatterns, serviceArns, takesIn, type Whose } from './arns.ts';
import type { Condition, Grant } from './document.ts';
import { parentGrants } from './parent-grants.ts';
import { reachesAbroad } from './reach.ts';

export interface Tagging extends Whose {
  readonly services: Services;
  /** Every key that we write. */
  readonly keys: readonly string[];
  /** Optional actions that are wanted too; see `onDemand`. */
  readonly allow: readonly string[];
  /** Whether tags name persons, who are asked for where something is made for another. */
  readonly asksPerson: boolean;
}

/** The grants of one service, by its IAM prefix. */
export interface ServiceGrants {
  readonly service: string;
  readonly grants: readonly Grant[];
}

/** To read and to add tags, and to give members of what is tagged their own back. By service, in the order of names. */
export function tagGrants(tagging: Tagging): readonly ServiceGrants[] {
  const own = forEachService(tagging, (uses) => [
    ...uses.flatMap((use) => changeGrants('Tag', use.api.actions.write, use, tagging)),
    ...uses.flatMap((use) => optionalGrants(use, tagging)),
    ...uses.flatMap((use) => memberGrants(use, tagging)),
    ...uses.flatMap((use) => readGrants(use)),
  ]);
  return tagging.asksPerson ? withParents(own, tagging) : own;
}

function withParents(own: readonly ServiceGrants[], tagging: Tagging): readonly ServiceGrants[] {
  const ofParents = parentGrants(tagging.services, tagging);
  const known = new Set(own.map(({ service }) => service));
  const others = [...ofParents].flatMap(([service, grants]) =>
    known.has(service) ? [] : { service, grants },
  );
  return [
    ...own.map(({ service, grants }) => ({
      service,
      grants: [...grants, ...(ofParents.get(service) ?? [])],
    })),
    ...others,
  ].sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** To take tags of ours away again, to put back what they had replaced, and to give members their own back. */
export function undoGrants(tagging: Tagging): readonly ServiceGrants[] {
  return forEachService(tagging, (uses) => [
    ...uses.flatMap((use) => retagGrants(use, tagging)),
    ...uses.flatMap((use) => memberGrants(use, tagging)),
    ...uses.flatMap((use) => readGrants(use, 'undo')),
  ]);
}

/** Actions that work is possible without, and that cannot be limited to keys of ours: granted only by their names. */
export function onDemand(): readonly string[] {
  const actions = catalogue().flatMap(({ api }) => optionalChanges(apiNamed(api)));
  return [...new Set(actions)];
}

/** An API, and the ARNs of all that is tagged by it. */
interface Use {
  readonly api: Api;
  /** IAM prefix of its actions. */
  readonly service: string;
  readonly types: ReadonlySet<string>;
  readonly arns: readonly string[];
}

function forEachService(tagging: Tagging, grantsOf: (uses: readonly Use[]) => readonly Grant[]) {
  const byService = Map.groupBy(usesOf(tagging), ({ service }) => service);
  return [...byService]
    .map(([service, uses]): ServiceGrants => ({ service, grants: grantsOf(uses) }))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

function usesOf(tagging: Tagging): readonly Use[] {
  const byService = Map.groupBy(catalogue(), ({ api }) => prefixOf(apiNamed(api).actions.write));
  return [...byService].flatMap(([service, rows]) => {
    const chosen = rows.filter((row) => tagging.services(servicePrefix(row)));
    return [...Map.groupBy(chosen, ({ api }) => api)].map(([name, ofApi]): Use => {
      const api = apiNamed(name);
      const { authorizedAs } = api;
      const isWhole = chosen.length === rows.length;
      const arns =
        authorizedAs === undefined
          ? serviceArns(service, templatesOf(isWhole ? chosen : ofApi), isWhole, tagging)
          : arnPatterns([authorizedAs], tagging);
      return { api, service, types: new Set(ofApi.map(({ resourceType }) => resourceType)), arns };
    });
  });
}

function templatesOf(rows: readonly CatalogueRow[]): readonly string[] {
  return rows.flatMap(({ arn, otherArns = [], also = [] }) => [
    arn,
    ...otherArns,
    ...also.map((beside) => beside.arn),
  ]);
}

type Verb = 'Tag' | 'Untag';

function changeGrants(verb: Verb, action: string, use: Use, tagging: Tagging): readonly Grant[] {
  const { unscoped = [], anyKeys = [], createKey } = use.api.actions;
  const isUnscoped = unscoped.includes(action);
  const takesAnyKeys = anyKeys.includes(action);
  const isCreating = createKey !== undefined && verb === 'Tag';
  const apart = isCreating || reachesAbroad(use.service) ? capitalized(use.service) : '';
  return [
    {
      sid: [verb, apart, isUnscoped ? 'Unscoped' : '', takesAnyKeys ? 'AnyKeys' : ''].join(''),
      actions: [action],
      resources: isUnscoped ? ['*'] : use.arns,
      condition: takesAnyKeys ? undefined : ofOurKeys(tagging.keys, isCreating ? createKey : undefined),
    },
  ];
}

/** To take away and to put back, in one statement where they are limited alike: it takes little more room than one of them. */
function retagGrants(use: Use, tagging: Tagging): readonly Grant[] {
  const { write, remove } = use.api.actions;
  const [untag] = changeGrants('Untag', remove, use, tagging);
  const [tag] = changeGrants('Tag', write, use, tagging);
  if (untag === undefined || tag === undefined) return [];
  const limitsOf = ({ resources, condition }: Grant) => JSON.stringify([resources, condition]);
  if (limitsOf(untag) !== limitsOf(tag)) return [untag, tag];
  return [
    { ...untag, sid: untag.sid.replace('Untag', 'Retag'), actions: [...untag.actions, ...tag.actions] },
  ];
}

/**
 * The key of the tags is missing where a request has none, and then every value of it is one of ours: hence `Null` (IAM User
 * Guide, "Single-valued vs. multivalued condition keys").
 */
function ofOurKeys(keys: readonly string[], createKey: string | undefined): Condition {
  return {
    'ForAllValues:StringEquals': { 'aws:TagKeys': keys },
    Null: { 'aws:TagKeys': 'false', ...(createKey !== undefined && { [createKey]: 'true' }) },
  };
}

function optionalGrants(use: Use, tagging: Tagging): readonly Grant[] {
  return optionalChanges(use.api)
    .filter((action) => tagging.allow.includes(action))
    .flatMap((action) => changeGrants('Tag', action, use, tagging));
}

function optionalChanges({ actions: { optional = [], anyKeys = [] } }: Api): readonly string[] {
  return optional.flatMap(({ action }) => (anyKeys.includes(action) ? [action] : []));
}

/** What their group wrote on members is written over, or taken from them. */
function memberGrants(use: Use, tagging: Tagging): readonly Grant[] {
  return Object.entries(use.api.members)
    .filter(([type]) => use.types.has(type))
    .flatMap(([, { arn }]) => {
      const members = { ...use, arns: arnPatterns([arn], tagging) };
      const { write, remove } = use.api.actions;
      const isGranted = members.arns.every((member) => use.arns.some((granted) => takesIn(granted, member)));
      return [
        ...(isGranted ? [] : changeGrants('Tag', write, members, tagging)),
        ...changeGrants('Untag', remove, members, tagging),
      ];
    });
}

/** Only tagging asks when something was made, and what was made on the way to it. */
function readGrants({ api, types, arns }: Use, purpose: 'tagging' | 'undo' = 'tagging'): readonly Grant[] {
  const { read, optional = [], beyond = [] } = api.actions;
  const isLimited = api.authorizedAs !== undefined || beyond.some(({ action }) => action === read);
  const changes = optionalChanges(api);
  const others = [
    ...optional.flatMap(({ action }) => (changes.includes(action) ? [] : [action])),
    ...[purpose === 'tagging' ? api.createdAt : {}, api.members].flatMap((readings) =>
      Object.entries(readings).flatMap(([type, { action }]) => (types.has(type) ? [action] : [])),
    ),
    ...(purpose === 'tagging' ? LAUNCH_ROWS : []).flatMap(({ api: asked, madeWith, action }) =>
      asked === api.name && types.has(madeWith) ? [action] : [],
    ),
  ];
  const everything = isLimited ? others : [read, ...others];
  return [
    ...(isLimited ? [{ sid: 'ReadTagsOn', actions: [read], resources: arns }] : []),
    ...(everything.length > 0 ? [{ sid: 'ReadTags', actions: everything, resources: ['*'] }] : []),
  ];
}

function prefixOf(action: string): string {
  return action.split(':')[0] ?? '';
}

function capitalized(service: string): string {
  return service
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
