/** What `who` or `why` was asked and cannot be: the user can mend it by typing something else. */
export class WhoError extends Error {
  override readonly name = 'WhoError';
}
