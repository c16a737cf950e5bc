/**
 * Which scopes S3 can list itself. A manifest that it makes takes one prefix and one part of the key (Amazon S3 API Reference,
 * "KeyNameConstraint": lists of one text), and the time at which the object was made, which says nothing of days of a copied file.
 */
import type { FoundBranch } from '../../scope/find-branches.ts';
import type { Scope } from '../../scope/scope.ts';

export interface GeneratorFilter {
  readonly bucket: string;
  /** Empty: the whole bucket. */
  readonly prefix: string;
  readonly substring: string;
}

/** Digests and Insights lie in folders of other names, and so do logs of other services. */
const OF_CLOUDTRAIL = '/CloudTrail/';

/**
 * `undefined` where the scope leaves out what such a filter would take in: times, several accounts or regions, files that lie in none of
 * CloudTrail's folders.
 */
export function generatorFilter(
  { bucket, prefix, from, to, accounts, regions }: Scope,
  branches: readonly FoundBranch[],
): GeneratorFilter | undefined {
  if (from !== undefined || to !== undefined || branches.some(({ plain }) => plain !== undefined))
    return undefined;
  const [only, ...others] = branches;
  if (only === undefined) return undefined;
  // What was found below the one branch is all that the scope can mean, if it is whole.
  if (others.length === 0 && isNoPattern(accounts) && isNoPattern(regions))
    return {
      bucket,
      prefix: prefix.startsWith(only.prefix) ? prefix : only.prefix,
      substring: OF_CLOUDTRAIL,
    };
  return accounts === undefined && regions === undefined
    ? { bucket, prefix, substring: OF_CLOUDTRAIL }
    : undefined;
}

/** Of a pattern, more may be found before the job begins than there is now. */
function isNoPattern(patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || (patterns.length === 1 && !/[*?]/.test(patterns[0] ?? ''));
}
