/** What a user asked of a backfill that cannot be done; the message is for him. */

/** A scope that cannot be used: he can mend it by typing something else. */
export class ScopeError extends Error {
  override readonly name = 'ScopeError';
}
