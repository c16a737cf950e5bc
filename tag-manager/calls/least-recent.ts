/** What is kept because making it anew costs something, up to a number: what was used longest ago goes first. */

export interface LeastRecent<Key, Value> {
  /** What is kept under the key; that it was asked for is no use of it. */
  find(key: Key): Value | undefined;
  /** Keeps it under the key from now on. */
  put(key: Key, value: Value): void;
  /** What is kept under the key, else what `make` gives, which is kept from now on. */
  get(key: Key, make: () => Value): Value;
  clear(): void;
}

/** What goes is not closed: whoever uses it may end what was begun. */
export function keepLeastRecent<Key, Value extends NonNullable<unknown>>(
  max: number,
): LeastRecent<Key, Value> {
  const kept = new Map<Key, Value>(); // a Map gives its keys in the order in which they were put in
  const find = (key: Key) => kept.get(key);
  const put = (key: Key, value: Value) => {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > max && oldest !== undefined) kept.delete(oldest);
  };
  return {
    find,
    put,
    get(key, make) {
      const value = find(key) ?? make();
      put(key, value);
      return value;
    },
    clear: () => kept.clear(),
  };
}
