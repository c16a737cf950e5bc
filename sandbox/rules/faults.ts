/** Faults and denials: rows that a test adds, each naming the calls it applies to. Off unless added. */

export interface CallPattern {
  readonly service?: string;
  readonly operation?: string;
  readonly account?: string;
  readonly region?: string;
}

/** A call as the rows see it. */
export interface ObservedCall {
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** Tells callers of one account apart; empty where the request names none. */
  readonly accessKeyId: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export type FaultEffect =
  /** Answers with this error, spelled by the service's protocol, at once or later; nothing is done. */
  | {
      readonly error: { readonly code: string; readonly status: number; readonly message: string };
      readonly delayMs?: number;
    }
  /** Something between us and AWS answers in its place; nothing is done. */
  | { readonly answer: { readonly status: number; readonly contentType: string; readonly body: string } }
  /** Destroys the socket before an answer. With `applied` the call has taken effect: only its answer is lost. */
  | { readonly reset: true; readonly applied?: true }
  /** Answers, and destroys the socket after this many bytes of the body. */
  | { readonly resetAfterBytes: number }
  /** Waits before the call takes effect. */
  | { readonly delayMs: number }
  /** Never answers; nothing is done. */
  | { readonly stall: true };

export interface Fault extends CallPattern {
  /** How many calls it applies to; every one without it. */
  readonly times?: number;
  match?(call: ObservedCall): boolean;
  readonly effect: FaultEffect;
}

export interface Faults {
  /** Adds a row; the first row that fits a call applies to it. Returns a function that removes the row. */
  add(fault: Fault): () => void;
  clear(): void;
  /** The effect for a call, counted against its row's `times`. */
  take(call: ObservedCall): FaultEffect | undefined;
}

/** No faults. */
export function createFaults(): Faults {
  const rows = new Map<Fault, number>();
  return {
    add: (fault) => {
      const row = { ...fault };
      rows.set(row, fault.times ?? Number.POSITIVE_INFINITY);
      return () => {
        rows.delete(row);
      };
    },
    clear: () => rows.clear(),
    take: (call) => {
      for (const [fault, left] of rows) {
        if (!fits(fault, call) || fault.match?.(call) === false) continue;
        if (left <= 1) rows.delete(fault);
        else rows.set(fault, left - 1);
        return fault.effect;
      }
      return undefined;
    },
  };
}

export interface Denials {
  /** Denies the calls that fit the pattern. Returns a function that removes the row. */
  add(pattern: CallPattern): () => void;
  clear(): void;
  covers(call: ObservedCall): boolean;
}

/** Nothing denied. */
export function createDenials(): Denials {
  const rows = new Set<CallPattern>();
  return {
    add: (pattern) => {
      const row = { ...pattern };
      rows.add(row);
      return () => {
        rows.delete(row);
      };
    },
    clear: () => rows.clear(),
    covers: (call) => [...rows].some((row) => fits(row, call)),
  };
}

function fits(pattern: CallPattern, call: ObservedCall): boolean {
  return (['service', 'operation', 'account', 'region'] as const).every(
    (field) => pattern[field] === undefined || pattern[field] === call[field],
  );
}
