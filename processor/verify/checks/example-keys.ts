/** Keys as log files of a bucket have them, to see whether filters and patterns let them through. */
import { foundIn } from '../answer.ts';
import type { Facts, LogBucketFacts } from '../facts/facts.ts';
import { prefixesOf, trailsTo } from '../facts/prefixes.ts';

/** Of each trail one; where none is seen, of our own account. */
export function exampleKeys(bucket: LogBucketFacts, facts: Facts): readonly string[] {
  const { place, trails, members } = facts;
  const prefix = prefixesOf([bucket], trails).get(bucket.name) ?? '';
  const own = trailsTo(bucket.name, trails);
  const organization = members && foundIn(members.organization);
  const folders = own.map(({ isOrganization }) =>
    isOrganization ? (organization ?? organizationTold(bucket)) : undefined,
  );
  const day = '2026/01/31';
  return (folders.length > 0 ? folders : [undefined]).map((folder) => {
    const name = `${place.account}_CloudTrail_${place.region}_20260131T0000Z_example.json.gz`;
    const owner = folder === undefined ? '' : `${folder}/`;
    return `${prefix}AWSLogs/${owner}${place.account}/CloudTrail/${place.region}/${day}/${name}`;
  });
}

function organizationTold({ notification }: LogBucketFacts): string {
  const told = (foundIn(notification)?.targets ?? []).flatMap(
    ({ prefix }) => /AWSLogs\/(o-[a-z0-9]+)\//.exec(prefix)?.[1] ?? [],
  );
  return told[0] ?? 'o-example';
}
