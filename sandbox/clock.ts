/** The sandbox's time: real until a test sets it. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Stops the clock at a moment. */
  set(at: Date | string | number): void;
  /** Moves the clock on; a running clock stops there. */
  advance(milliseconds: number): void;
  /** Lets the clock follow real time again. */
  run(): void;
}

/** A clock that follows real time. */
export function createClock(): Clock {
  let stoppedAt: number | undefined;
  const now = (): number => stoppedAt ?? Date.now();
  return {
    now,
    set: (at) => {
      stoppedAt = new Date(at).getTime();
    },
    advance: (milliseconds) => {
      stoppedAt = now() + milliseconds;
    },
    run: () => {
      stoppedAt = undefined;
    },
  };
}
