/**
 * What a row says about a tagging API: which tags it allows, which IAM actions its calls need, and what its failures
 * mean. Rows are plain data, so that policies and documentation can be made of them.
 */
import type { TaggerName } from '../../parser/catalogue/row.ts';
import type { CallApi } from '../calls/calls.ts';

export interface Api extends CallApi {
  readonly name: TaggerName;
  readonly keys: KeyRules;
  readonly values: ValueRules;
  readonly actions: ApiActions;
}

export interface KeyRules {
  readonly maxCharacters: number;
  /** A character that the service refuses. */
  readonly refused: RegExp;
  /** Beginnings that AWS keeps for itself, in any case of letters. */
  readonly reservedPrefixes: readonly string[];
}

export interface ValueRules {
  readonly maxCharacters: number;
  /** Characters that the service refuses. */
  readonly refused: RegExp;
  /** An empty value is refused. */
  readonly needsValue: boolean;
  /** Beginnings that a value may not have, in any case of letters. */
  readonly reservedPrefixes: readonly string[];
  /** Characters to give up too, once the service has called the value invalid. */
  readonly doubtful?: RegExp;
}

/** IAM actions, as `service:Action`. */
export interface ApiActions {
  readonly read: string;
  readonly write: string;
  /** Without them it works, but for what they are for. */
  readonly optional?: readonly { readonly action: string; readonly purpose: string }[];
}
