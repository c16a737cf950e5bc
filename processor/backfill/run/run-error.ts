/** What keeps a run from being begun, read or gone on with, in words for the user, who can mend it by typing something else. */
export class RunError extends Error {
  override readonly name = 'RunError';
}
