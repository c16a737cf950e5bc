/**
 * Digests as CloudTrail writes them, signed with a key pair of their own: an hour each, in a chain. Source: AWS CloudTrail
 * User Guide, "CloudTrail digest file structure".
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const HOUR_MS = 3_600_000;

export interface Signer {
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
  /** As `ListPublicKeys` gives it: PKCS #1 in DER, in base64. */
  readonly value: string;
}

export function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ type: 'pkcs1', format: 'der' });
  const fingerprint = createHash('md5').update(der).digest('hex');
  return { fingerprint, privateKey, value: der.toString('base64') };
}

export function putPublicKey(
  sandbox: Sandbox,
  region: string,
  { fingerprint, value }: Signer,
  [from, to]: readonly [string, string] = ['2013-01-01', '2040-01-01'],
): void {
  sandbox.putResource({
    arn: `arn:aws:cloudtrail:${region}:111122223333:public-key/${fingerprint}`,
    details: {
      Fingerprint: fingerprint,
      Value: value,
      ValidityStartTime: Date.parse(from) / 1000,
      ValidityEndTime: Date.parse(to) / 1000,
    },
  });
}

export interface DigestsOf {
  readonly bucket: string;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly signer: Signer;
  /** Of the first hour, ISO. */
  readonly begin: string;
  readonly hours: number;
  /** Content of log files, not compressed, by key; each is in the digest of the hour that its name tells. */
  readonly files: ReadonlyMap<string, string>;
  /** What each says, before it is signed. @default as it is */
  readonly change?: (said: DigestSaid) => DigestSaid;
}

/** What tests change of it has its type. */
export interface DigestSaid {
  readonly [name: string]: unknown;
  readonly digestS3Object: string;
  readonly previousDigestHashValue: string | null;
  readonly previousDigestSignature: string | null;
  readonly logFiles: readonly { readonly s3Bucket: string; readonly hashValue: string }[];
}

export interface DigestToPut {
  readonly key: string;
  readonly body: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

/** In order; one an hour, also where it names no file. */
export function digestsOf(options: DigestsOf): readonly DigestToPut[] {
  const digests: DigestToPut[] = [];
  let previous: Previous | undefined;
  for (let hour = 0; hour < options.hours; hour++) {
    const begin = Date.parse(options.begin) + hour * HOUR_MS;
    const { digest, next } = digestOf(options, begin, previous);
    digests.push(digest);
    previous = next;
  }
  return digests;
}

interface Previous {
  readonly key: string;
  readonly sha256: string;
  readonly signature: string;
}

function digestOf(options: DigestsOf, begin: number, previous: Previous | undefined) {
  const { bucket, account, region, trail, signer, files, change = (said) => said } = options;
  const end = iso(begin + HOUR_MS);
  const stamp = end.replace(/[-:]/g, '');
  const folder = `AWSLogs/${account}/CloudTrail-Digest/${region}/${end.slice(0, 10).replaceAll('-', '/')}`;
  const key = `${folder}/${account}_CloudTrail-Digest_${region}_${trail}_us-east-1_${stamp}.json.gz`;
  const named = [...files].filter(([file]) => {
    const time = deliveredAt(file);
    return time >= begin && time < begin + HOUR_MS;
  });
  const said = change({
    awsAccountId: account,
    digestStartTime: iso(begin),
    digestEndTime: end,
    digestS3Bucket: bucket,
    digestS3Object: key,
    digestPublicKeyFingerprint: signer.fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: iso(begin),
    oldestEventTime: iso(begin),
    previousDigestS3Bucket: previous ? bucket : null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.sha256 ?? null,
    previousDigestHashAlgorithm: 'SHA-256',
    previousDigestSignature: previous?.signature ?? null,
    logFiles: named.map(([s3Object, text]) => ({
      s3Bucket: bucket,
      s3Object,
      hashValue: sha256(text),
      hashAlgorithm: 'SHA-256',
      newestEventTime: iso(begin),
      oldestEventTime: iso(begin),
    })),
  });
  const content = JSON.stringify(said);
  const signed = `${end}\n${bucket}/${key}\n${sha256(content)}\n${said.previousDigestSignature ?? 'null'}`;
  const signature = sign('RSA-SHA256', Buffer.from(signed), signer.privateKey).toString('hex');
  const metadata = { signature, 'signature-algorithm': 'SHA256withRSA' };
  return {
    digest: { key, body: gzipSync(content), metadata },
    next: { key, sha256: sha256(content), signature },
  };
}

function deliveredAt(key: string): number {
  const [, date = '', hour, minute] = /_(\d{8})T(\d\d)(\d\d)Z/.exec(key) ?? [];
  return Date.parse(`${date.replace(/^(....)(..)(..)$/, '$1-$2-$3')}T${hour}:${minute}:00Z`);
}

function iso(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
