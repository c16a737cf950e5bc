/**
 * A digest file of CloudTrail's: what it says, once its signature holds. Sources: AWS CloudTrail User Guide, "CloudTrail
 * digest file structure" and "Custom implementations of CloudTrail log file integrity validation".
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { jsonIn, narrow } from '../../narrow.ts';

/** As it lies in the bucket. */
export interface DigestObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  /** Metadata of the object, in hexadecimal; absent where somebody put the file there without it. */
  readonly signature: string | undefined;
}

export interface Digest {
  readonly key: string;
  readonly signature: string;
  /** Of its content, in hexadecimal. */
  readonly sha256: string;
  /** Files that were delivered between these, in epoch milliseconds. */
  readonly begin: number;
  readonly end: number;
  /** The digest before it in its chain; none where validation has just been switched on. */
  readonly previous:
    | { readonly key: string; readonly sha256: string; readonly signature: string }
    | undefined;
  /** By the key in the same bucket, in hexadecimal. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** Why nothing that it says counts. */
export interface DigestProblem {
  readonly key: string;
  readonly problem: 'broken' | 'moved' | 'unsigned';
  readonly detail: string;
}

export type ReadDigest = Digest | DigestProblem;

/** Public keys of the region by their fingerprints, in DER. */
export type PublicKeyOf = (fingerprint: string, at: number) => Promise<Uint8Array | undefined>;

/** A digest names the files of one hour, account and region: a thousand take 400 KB. */
const MAX_BYTES = 16 * 1024 * 1024;

const TEXT = z.string().min(1).max(2048);
const TIME = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const NULLABLE = z.nullish(TEXT);
const DIGEST = z.object({
  digestStartTime: TIME,
  digestEndTime: TIME,
  digestS3Bucket: TEXT,
  digestS3Object: TEXT,
  digestPublicKeyFingerprint: TEXT,
  digestSignatureAlgorithm: z.literal('SHA256withRSA'),
  previousDigestS3Object: NULLABLE,
  previousDigestHashValue: NULLABLE,
  previousDigestSignature: NULLABLE,
  logFiles: z.array(
    z.object({ s3Bucket: TEXT, s3Object: TEXT, hashValue: TEXT, hashAlgorithm: z.literal('SHA-256') }),
  ),
});

/** Throws what asking for the public key throws. */
export async function readDigest(object: DigestObject, publicKeyOf: PublicKeyOf): Promise<ReadDigest> {
  const { bucket, key, signature } = object;
  const problem = (what: DigestProblem['problem'], detail: string) =>
    ({ key, problem: what, detail }) as const;
  const content = contentOf(object);
  const said = content && narrow(DIGEST, jsonIn(content.toString()))?.data;
  if (content === undefined || said === undefined)
    return problem('broken', 'it is no digest in gzip and JSON');
  if (said.digestS3Bucket !== bucket || said.digestS3Object !== key) {
    return problem('moved', `it says that it is s3://${said.digestS3Bucket}/${said.digestS3Object}`);
  }
  if (signature === undefined || !/^([0-9a-f]{2})+$/i.test(signature)) {
    return problem('unsigned', 'it has no signature');
  }
  const fingerprint = said.digestPublicKeyFingerprint;
  const publicKey = keyIn(await publicKeyOf(fingerprint, Date.parse(said.digestEndTime)));
  if (publicKey === undefined)
    return problem('unsigned', `there is no public key ${fingerprint} in its region`);
  const sha256 = sha256Of(content);
  const previous = said.previousDigestSignature ?? 'null';
  const signed = `${said.digestEndTime}\n${bucket}/${key}\n${sha256}\n${previous}`;
  if (!verify('RSA-SHA256', Buffer.from(signed), publicKey, Buffer.from(signature, 'hex'))) {
    return problem('unsigned', 'its signature is of another content');
  }
  const ofBucket = said.logFiles.filter(({ s3Bucket }) => s3Bucket === bucket);
  return {
    key,
    signature: signature.toLowerCase(),
    sha256,
    begin: Date.parse(said.digestStartTime),
    end: Date.parse(said.digestEndTime),
    previous: previousOf(said),
    hashes: new Map(ofBucket.map(({ s3Object, hashValue }) => [s3Object, hashValue.toLowerCase()])),
  };
}

function previousOf({
  previousDigestS3Object: key,
  previousDigestHashValue: sha256,
  previousDigestSignature: signature,
}: z.output<typeof DIGEST>): Digest['previous'] {
  if (!key || !sha256 || !signature) return undefined;
  return { key, sha256: sha256.toLowerCase(), signature: signature.toLowerCase() };
}

function contentOf({ body }: DigestObject): Buffer | undefined {
  try {
    return gunzipSync(body, { maxOutputLength: MAX_BYTES });
  } catch {
    return undefined;
  }
}

/** PKCS #1 by the documentation, one of whose samples is SPKI. */
function keyIn(der: Uint8Array | undefined): KeyObject | undefined {
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      if (der !== undefined) return createPublicKey({ key: Buffer.from(der), format: 'der', type });
    } catch {
      // the other form is tried; where it is neither, there is no key
    }
  }
  return undefined;
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
