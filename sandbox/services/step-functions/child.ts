/** A child workflow of a distributed map: one batch of its items. */
import type { Cursor } from './flow.ts';
import type { StatesError } from './states-error.ts';

export interface Child {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  readonly items: number;
  readonly cursor: Cursor;
  status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  output?: unknown;
  failure?: StatesError | undefined;
  redriveCount: number;
}
