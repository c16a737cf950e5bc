/**
 * Which tags a created resource gets: the three of ours under keys that the user may rename, and tags of the
 * user's own.
 */
import type { Creation } from '../../parser/event/creation.ts';
import type { CreatedResource } from '../../parser/event/resources.ts';
import { keyProblem } from './legal-tags.ts';
import type { TagSet } from './tag-set.ts';
import { type CreatedBy, compileTemplate, type Template } from './template.ts';

/** The value of `ManagedBy`, which tells our tags from those of others. */
export const MANAGED_BY = 'auto-tagger';

export interface TagKeys {
  readonly createdBy: string;
  readonly createdDate: string;
  readonly managedBy: string;
  /** Marks our tags where `managedBy` is another tool's. */
  readonly secondMarker: string;
}

export interface TagSettings {
  readonly keys: TagKeys;
  /** A resource with a tag of this key is left alone. */
  readonly skipKey: string | undefined;
  /** What to do about tags that others wrote, or corrected, under our keys. */
  readonly onExisting: 'keep' | 'overwrite';
  /** Everything but the writing. */
  readonly dryRun: boolean;
  /** A value for every key, ours first. */
  readonly templates: ReadonlyMap<string, Template>;
}

export interface TagOptions {
  readonly keys: TagKeys;
  readonly createdBy: CreatedBy;
  /** Tags of the user's own: keys and templates. */
  readonly extra: readonly (readonly [key: string, template: string])[];
  readonly skipKey?: string | undefined;
  readonly onExisting: 'keep' | 'overwrite';
  readonly dryRun: boolean;
}

/** A tag key that no service would take, or that is given twice. */
export class TagKeyError extends Error {
  override readonly name = 'TagKeyError';
  readonly key: string;

  constructor(key: string, problem: string) {
    super(`the tag key ${JSON.stringify(key)} ${problem}`);
    this.key = key;
  }
}

/** Throws TagKeyError or TemplateError, so that a wrong setting stops the start and not the first tag call. */
export function compileTagSettings(options: TagOptions, env: NodeJS.ProcessEnv): TagSettings {
  const { keys, createdBy, extra, skipKey, onExisting, dryRun } = options;
  const templates = new Map<string, Template>();
  const texts: TagOptions['extra'] = [
    [keys.createdBy, '{creator}'],
    [keys.createdDate, '{eventTime}'],
    [keys.managedBy, MANAGED_BY],
    ...extra,
  ];
  for (const [key, text] of texts) {
    checkKey(key, templates);
    templates.set(key, compileTemplate(text, createdBy, env));
  }
  checkKey(keys.secondMarker, templates);
  if (skipKey !== undefined && (templates.has(skipKey) || skipKey === keys.secondMarker)) {
    throw new TagKeyError(skipKey, 'cannot keep us off: we write it ourselves');
  }
  return { keys, skipKey, onExisting, dryRun, templates };
}

function checkKey(key: string, given: ReadonlyMap<string, unknown>): void {
  const problem = given.has(key) ? 'it is given twice' : keyProblem(key);
  if (problem !== undefined) throw new TagKeyError(key, `cannot be used: ${problem}`);
}

/** Every key that we may write, which are those that a policy has to name. */
export function keysWritten({ keys, templates }: Pick<TagSettings, 'keys' | 'templates'>): readonly string[] {
  return [...templates.keys(), keys.secondMarker];
}

/** The tags as the settings want them, not yet made legal. A template of the user's that renders empty gives no tag. */
export function tagsFor(creation: Creation, resource: CreatedResource, settings: TagSettings): TagSet {
  const tags = new Map<string, string>();
  for (const [key, template] of settings.templates) {
    const value = template(creation, resource);
    if (value !== '') tags.set(key, value);
  }
  return tags;
}
