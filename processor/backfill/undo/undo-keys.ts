/**
 * What is to be done about the tags of one resource, key by key: where a value of the run still stands, what was there before
 * comes back. What others have changed since stays. Pure.
 */
import type { Api } from '../../../tag-manager/apis/api.ts';
import type { TagSet } from '../../../tag-manager/tags/tag-set.ts';
import type { JournalledWrite } from '../run/journal-file.ts';
import type { KeptKey } from './undo-outcome.ts';

/** A key that the run has written, or taken away. */
export interface KeyState {
  readonly key: string;
  /** The tag from before; undefined where there was none. */
  readonly before: readonly [key: string, value: string] | undefined;
  /** What the run may have left there: several where nobody knows whether a write was carried out; undefined for no tag. */
  readonly ours: ReadonlySet<string | undefined>;
}

export interface KeyChanges {
  readonly restore: TagSet;
  /** Their values do not count. */
  readonly remove: TagSet;
  readonly kept: readonly KeptKey[];
}

type Spell = (key: string) => string;

const spellOf = ({ keys }: Pick<Api, 'keys'>): Spell =>
  keys.areCaseless ? (key) => key.toLowerCase() : (key) => key;

/**
 * By the writes of one resource, in their order. Where somebody else changed a key between two of them, what that left is
 * what was there before.
 */
export function keyStates(writes: readonly JournalledWrite[], api: Pick<Api, 'keys'>): readonly KeyState[] {
  const spell = spellOf(api);
  const states = new Map<string, KeyState>();
  for (const { intent, isWritten } of writes) {
    if (isWritten === 'no') continue;
    const present = new Map(Object.entries(intent.before).map((tag) => [spell(tag[0]), tag] as const));
    const changed = [
      ...Object.entries(intent.after),
      ...(intent.removed ?? []).map((key) => [key, undefined] as const),
    ];
    for (const [key, value] of changed) {
      const before = present.get(spell(key));
      const known = states.get(spell(key));
      const isOurs = known?.ours.has(before?.[1]) ?? false;
      const state = known !== undefined && isOurs ? known : { key, before, ours: new Set([before?.[1]]) };
      const ours = isWritten === 'yes' ? new Set([value]) : new Set([...state.ours, value]);
      states.set(spell(key), { ...state, key, ours });
    }
  }
  return [...states.values()];
}

export function changesFor(states: readonly KeyState[], present: TagSet, api: Pick<Api, 'keys'>): KeyChanges {
  const spell = spellOf(api);
  const there = new Map([...present].map((tag) => [spell(tag[0]), tag] as const));
  const restore = new Map<string, string>();
  const remove = new Map<string, string>();
  const kept: KeptKey[] = [];
  for (const { key, before, ours } of states) {
    const [name, value] = there.get(spell(key)) ?? [key, undefined];
    if (value === before?.[1]) continue; // as it was
    if (!ours.has(value)) kept.push({ key, why: value === undefined ? 'removed' : 'changed' });
    else if (before !== undefined) restore.set(...before);
    else if (value !== undefined) remove.set(name, value);
  }
  return { restore, remove, kept };
}
