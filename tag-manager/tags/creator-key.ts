/**
 * One spelling of a creator that every service takes as it is, so that what somebody made can be looked up across all
 * of them: services differ in the characters that a value may have, and `CreatedBy` is changed where it has others.
 */

/** The fewest that a service allows. */
const MAX_CHARACTERS = 255;

/** Of each service's rows, what all of them have; one takes no dot, another no `@`, another no space. */
const REFUSED = /[^a-zA-Z0-9_:+=/-]/gu;

/** Two creators that differ only in these are taken for one: so names stay readable. */
const READABLE = /^[a-zA-Z0-9_:+=/\-.@, ]*$/;

/** A service keeps values for itself that begin so. */
const RESERVED = /^(aws|rds):/i;

const DIGEST_CHARACTERS = 8;

/** Where more than common signs would be lost, a digest of the whole keeps creators apart. */
export function creatorKey(creator: string): string {
  const key = creator.replace(REFUSED, '_').replace(RESERVED, '$1_');
  if (READABLE.test(creator) && key.length <= MAX_CHARACTERS) return key;
  const { createHash } = process.getBuiltinModule('node:crypto'); // few need it, and it takes long to load
  const digest = createHash('sha256').update(creator).digest('hex').slice(0, DIGEST_CHARACTERS);
  return `${key.slice(0, MAX_CHARACTERS - DIGEST_CHARACTERS - 1)}-${digest}`;
}
