/**
 * Where buckets really are. A bucket is called in the region that is known of it, else where the caller supposes it; S3
 * answers a call in the wrong region with the right one, which is followed once and remembered.
 */
import { CallError } from './call-failure.ts';
import { keepLeastRecent } from './least-recent.ts';

export interface BucketRegions {
  /** What the call gives in the region of the bucket, or a throw of what it throws there. */
  inRegion<Value>(bucket: Whereabouts, call: (region: string) => Promise<Value>): Promise<Value>;
}

export interface Whereabouts {
  /** Its name or ARN. */
  readonly bucket: string;
  readonly supposedRegion: string;
  /** A region chooses the host, and what S3 says of it is only a hint. */
  readonly mayBeIn: (region: string) => boolean;
}

/** Of more, those are forgotten that were learned of first: they are redirected once more. */
const MAX_BUCKETS = 10_000;

/** Make one for each process. */
export function createBucketRegions(maxBuckets = MAX_BUCKETS): BucketRegions {
  const regions = keepLeastRecent<string, string>(maxBuckets);
  return {
    async inRegion({ bucket, supposedRegion, mayBeIn }, call) {
      const asked = regions.find(bucket) ?? supposedRegion;
      try {
        return await call(asked);
      } catch (error) {
        const region = redirectedTo(error);
        if (region === undefined || region === asked || !mayBeIn(region)) throw error;
        regions.put(bucket, region);
        return await call(region);
      }
    },
  };
}

/** The region that S3 says the bucket is in: in a header, or in the body of the error. */
function redirectedTo(error: unknown): string | undefined {
  const { $response, Region } = ((error instanceof CallError ? error.cause : error) ?? {}) as {
    $response?: { headers?: Record<string, string> };
    Region?: string;
  };
  return $response?.headers?.['x-amz-bucket-region'] ?? Region;
}
