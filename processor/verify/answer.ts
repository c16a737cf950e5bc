/**
 * What AWS answers. That something is not there, and that we may not ask, are answers too: a check says what follows from
 * them.
 */

export type Answer<Value> =
  | { readonly kind: 'found'; readonly value: Value }
  /** AWS says that there is no such thing. */
  | { readonly kind: 'absent' }
  | Unknown;

/** We may not ask, or were not answered. Both texts are for people. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly why: string;
  /** What would help. */
  readonly todo: string;
}

/** The value, where it is known. */
export function foundIn<Value>(answer: Answer<Value> | undefined): Value | undefined {
  return answer?.kind === 'found' ? answer.value : undefined;
}

/** The same answer about something made of the value. */
export function mapAnswer<Value, Made>(answer: Answer<Value>, make: (value: Value) => Made): Answer<Made> {
  return answer.kind === 'found' ? { kind: 'found', value: make(answer.value) } : answer;
}

export const ABSENT: Answer<never> = { kind: 'absent' };
