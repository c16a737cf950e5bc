/**
 * The client of S3 as reading very many small objects wants it: of a millisecond of processor time that the SDK takes for each, a
 * tenth goes into what reading has no use for. It is good for reading and listing only.
 */
import { S3Client } from '@aws-sdk/client-s3';
import type { ClientConfig } from '../../tag-manager/calls/clients.ts';

/** What each call would go through in vain. */
const UNUSED = [
  'loggerMiddleware', // nobody hears of it, and all that is asked and answered is copied for it
  'regionRedirectMiddleware', // we follow a bucket ourselves, and only within its partition
  'regionRedirectEndpointMiddleware',
  'contentLengthMiddleware', // nothing is sent that would have one
  'addExpectContinueMiddleware',
  'recursionDetectionMiddleware', // reading invokes no function
] as const;

export class LogBucketClient extends S3Client {
  constructor(config: ClientConfig) {
    super({
      ...config,
      // A log file has a checksum of its own in its last bytes; the SDK's would be computed in JavaScript.
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    for (const name of UNUSED) this.middlewareStack.remove(name);
    this.config.signer = signerOnce(this.config.signer);
  }
}

type MakeSigner = S3Client['config']['signer'];

/** Made anew for each call unless it is kept. Those of directory buckets hold something of their call: they are not kept. */
function signerOnce(make: MakeSigner): MakeSigner {
  const made = new Map<string, ReturnType<MakeSigner>>();
  return (scheme) => {
    const { name, signingName, signingRegion } = scheme ?? {};
    if (name !== 'sigv4' || signingName !== 's3') return make(scheme);
    const kept = made.get(`${signingRegion}`) ?? make(scheme);
    made.set(`${signingRegion}`, kept);
    return kept;
  };
}
