/** Whether a scope takes in an account or a region, by the patterns that filters have. */
import { compileWildcard, type Matches } from '../../file/wildcard.ts';

/** Without patterns everything is wanted. */
export function wanted(patterns: readonly string[] | undefined): Matches {
  if (patterns === undefined) return () => true;
  const matchers = patterns.map(compileWildcard);
  return (text) => matchers.some((isMatch) => isMatch(text));
}
