/** What an answer shows by the template of its row: each of what was made, with what it was made with. */
import type { Template, TemplateMembers } from '../apis/api.ts';

export interface Shown {
  readonly id: string;
  /** Id of what it was made with. */
  readonly of: string;
  /** Epoch milliseconds; NaN where the answer does not say. */
  readonly createdAt: number;
  readonly attachedAt: number;
}

export interface Page {
  readonly shown: readonly Shown[];
  readonly next: string | undefined;
}

/** What is missing, or of another type than the template has it, shows nothing. */
export function readPage(template: TemplateMembers, answer: unknown): Page {
  const shown = read(template, answer, {}).flatMap((found): readonly Shown[] => {
    const { $id: id, $of: of, $createdAt: created = '', $attachedAt: attached = '' } = found;
    if (id === undefined || of === undefined) return [];
    return [{ id, of, createdAt: Date.parse(created), attachedAt: Date.parse(attached) }];
  });
  const next = Object.keys(template).find((member) => template[member] === '$next') ?? '';
  const token = isMembers(answer) ? answer[next] : undefined;
  return { shown, next: typeof token === 'string' && token !== '' ? token : undefined };
}

/** Texts by the names that the template has for them. */
type Found = Readonly<Record<string, string>>;

function read(template: Template, value: unknown, around: Found): readonly Found[] {
  if (Array.isArray(template)) {
    const items = Array.isArray(value) ? value : [];
    return items.flatMap((item) => read(template[0] as Template, item, around));
  }
  if (typeof template !== 'object' || !isMembers(value)) return [];
  const members = Object.entries(template as TemplateMembers).map(
    ([name, inner]) => [inner, value[name.replace(/\[.*$/, '')]] as const,
  );
  const own: Record<string, string> = { ...around };
  for (const [inner, text] of members) {
    if (typeof inner === 'string' && typeof text === 'string') own[inner] = text;
  }
  const within = members.filter(([inner]) => typeof inner === 'object');
  return within.length === 0 ? [own] : within.flatMap(([inner, each]) => read(inner, each, own));
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
