/** Where in its bucket a trail writes: what stands before `AWSLogs/`, told by the trail or by those who tell of new files. */
import { type Answer, foundIn } from '../answer.ts';
import type { LogBucketFacts, TrailFacts } from './facts.ts';

/** Those that deliver to the bucket. */
export function trailsTo(bucket: string, trails: Answer<readonly TrailFacts[]>): readonly TrailFacts[] {
  return (foundIn(trails) ?? []).filter((trail) => trail.bucket === bucket);
}

/** By the name of the bucket; empty where nobody tells it. */
export function prefixesOf(
  logs: readonly LogBucketFacts[],
  trails: Answer<readonly TrailFacts[]>,
): ReadonlyMap<string, string> {
  return new Map(
    logs.map((bucket) => {
      const [own] = trailsTo(bucket.name, trails);
      return [bucket.name, own?.prefix ?? prefixTold(bucket)];
    }),
  );
}

function prefixTold({ notification, rules }: LogBucketFacts): string {
  const told = [
    ...(foundIn(notification)?.targets ?? []).map(({ prefix }) => prefix),
    ...(foundIn(rules) ?? []).map(({ pattern }) => /"wildcard":"([^"]*)"/.exec(pattern)?.[1] ?? ''),
  ];
  const [before = ''] = told.flatMap((text) => /^(.*?)AWSLogs\//.exec(text)?.[1] ?? []);
  return before;
}
