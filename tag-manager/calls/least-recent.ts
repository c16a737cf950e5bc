/** What is kept because making it anew costs something, up to a number: what was asked for longest ago goes first. */

export interface LeastRecent<Key, Value> {
  /** What is kept under the key, else what `make` gives, which is kept from now on. */
  get(key: Key, make: () => Value): Value;
  clear(): void;
}

/** What goes is not closed: whoever uses it may end what was begun. */
export function keepLeastRecent<Key, Value extends object>(max: number): LeastRecent<Key, Value> {
  const kept = new Map<Key, Value>(); // a Map gives its keys in the order in which they were put in
  return {
    get(key, make) {
      const value = kept.get(key) ?? make();
      kept.delete(key);
      kept.set(key, value);
      const [oldest] = kept.keys();
      if (kept.size > max && oldest !== undefined) kept.delete(oldest);
      return value;
    },
    clear: () => kept.clear(),
  };
}
