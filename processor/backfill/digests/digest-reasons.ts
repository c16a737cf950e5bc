/** What a digest chain can say against a log file, or against itself: one row each. docs/backfill.md shows them. */

/** The IAM action that it takes beside reading, of which digests are granted what log files are. */
export const DIGEST_ACTION = 'cloudtrail:ListPublicKeys';

interface ReasonRow {
  readonly meaning: string;
  /** A log file is not believed, and tags nothing; otherwise something is told. */
  readonly of: 'file' | 'chain';
}

export const DIGEST_REASONS = {
  'hash-differs': {
    of: 'file',
    meaning: 'its content is not what CloudTrail delivered: the hash in the digest is another',
  },
  'not-in-digest': {
    of: 'file',
    meaning: 'the digests of its day do not name it, so CloudTrail did not deliver it',
  },
  'no-digest': {
    of: 'file',
    meaning: 'no digest covers its time: log file validation was off then, or the digest was taken away',
  },
  'digest-invalid': {
    of: 'file',
    meaning: 'the digest that covers its time cannot be believed: see `broken`, `moved`, `unsigned`',
  },
  'not-yet': { of: 'file', meaning: 'its digest is still to come: CloudTrail writes one an hour' },
  'outside-trail': {
    of: 'file',
    meaning: 'it stands in no folder of CloudTrail’s, and digests name files in these only',
  },
  'missing-file': { of: 'chain', meaning: 'a digest names a log file that is not there' },
  'missing-digest': { of: 'chain', meaning: 'a digest names one before it that is not there, or is another' },
  broken: { of: 'chain', meaning: 'a digest is no digest: not gzip, not JSON, or without what it must say' },
  moved: {
    of: 'chain',
    meaning: 'a digest was written for another place: validation takes files where CloudTrail delivered them',
  },
  unsigned: {
    of: 'chain',
    meaning: 'the signature of a digest is missing, is not CloudTrail’s, or of no public key of the region',
  },
} as const satisfies Readonly<Record<string, ReasonRow>>;

export type DigestReason = keyof typeof DIGEST_REASONS;

/** As docs/backfill.md shows them. */
export function digestReasonsTable(): string {
  const rows = Object.entries(DIGEST_REASONS).map(
    ([reason, { meaning }]) => `| \`${reason}\` | ${meaning} |`,
  );
  return ['| reason | meaning |', '|---|---|', ...rows].join('\n');
}
