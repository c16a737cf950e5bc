/**
 * The tagger for each tagging API: that of its row, but for those that earn one of their own. EC2 takes many resources
 * in one call; a bucket's tags have two APIs, and its name may be another account's by now.
 */
import { apiNamed } from '../apis/apis.ts';
import { BUCKETS } from './bucket.ts';
import { EC2, ec2Tagger } from './ec2.ts';
import { rowTagger } from './row-tagger.ts';
import { createS3Tagger } from './s3.ts';
import type { Tagger } from './tagger.ts';

/** The tagger of the API with this name, the same one each time. Throws RangeError for a name that has no row. */
export type TaggerFor = (api: string) => Tagger;

/** Make one for each process: what is learned about buckets is kept. */
export function createTaggers(): TaggerFor {
  const taggers = new Map<string, Tagger>([
    [EC2, ec2Tagger],
    [BUCKETS, createS3Tagger()],
  ]);
  return (api) => {
    const known = taggers.get(api);
    if (known !== undefined) return known;
    const made = rowTagger(apiNamed(api));
    taggers.set(api, made);
    return made;
  };
}
