/** Who works on a name, and who waits: in one process one after the other, in the order in which they asked. */

export interface Turn {
  /** Resolves once all that asked for the name before are done with it. */
  readonly begins: Promise<void>;
  /** Lets the next one begin, once this one has or would have. */
  end(): void;
}

export interface Turns {
  ask(name: string): Turn;
}

export function createTurns(): Turns {
  const lasts = new Map<string, Promise<void>>();
  return {
    ask(name) {
      const begins = lasts.get(name) ?? Promise.resolve();
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const last = begins.then(() => ended);
      lasts.set(name, last);
      return {
        begins,
        end() {
          resolve();
          if (lasts.get(name) === last) lasts.delete(name);
        },
      };
    },
  };
}
